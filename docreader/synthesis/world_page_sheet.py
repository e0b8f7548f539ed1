"""Sheet of gray paper: printing in units of a thousandth of its width, and regions of its fields."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np

from docreader.synthesis.paper import draw_line

Area = tuple[float, float, float, float]
"""x, y, w, h in units."""


@dataclass
class Sheet:
    """Sheet with its regions.

    Attributes:
        rng: Random generator.
        gray: (H, W) float32, 0 black .. 255 white.
        scale: Pixels per unit.
        regions: Kinds and areas of the fields drawn.
        taken: Areas that are in use.
    """

    rng: np.random.Generator
    gray: np.ndarray
    scale: float
    regions: list[tuple[str, Area]] = field(default_factory=list)
    taken: list[Area] = field(default_factory=list)

    @classmethod
    def blank(
        cls, rng: np.random.Generator, size: tuple[float, float], scale: float, light: float
    ) -> "Sheet":
        """Create a sheet of a size in units and a lightness."""
        shape = max(8, round(size[1] * scale)), max(8, round(size[0] * scale))
        return cls(rng, np.full(shape, light, np.float32), scale)

    @property
    def width(self) -> float:
        """Width in units."""
        return float(self.gray.shape[1] / self.scale)

    @property
    def height(self) -> float:
        """Height in units."""
        return float(self.gray.shape[0] / self.scale)

    def chance(self, share: float) -> bool:
        """Return whether a random event of this probability happens."""
        return bool(self.rng.random() < share)

    def add(self, kind: str, area: Area, *, take: bool = True) -> None:
        """Add a region; its place is in use if `take`."""
        self.regions.append((kind, area))
        if take:
            self.taken.append(area)

    def free(self, area: Area, margin: float = 4.0) -> bool:
        """Return whether an area is on the sheet and not in use."""
        x, y, w, h = area
        if x < 0 or y < 0 or x + w > self.width or y + h > self.height:
            return False
        return not any(
            x < tx + tw + margin and tx < x + w + margin and y < ty + th + margin and ty < y + h + margin
            for tx, ty, tw, th in self.taken
        )

    def span(self, y: float, h: float, left: float, right: float) -> tuple[float, float]:
        """Return the longest free interval of x within a row, both ends in units; empty where nothing is free."""
        blocked = sorted((tx - 6, tx + tw + 6) for tx, ty, tw, th in self.taken if y < ty + th and ty < y + h)
        best, start = (left, left), left
        for first, last in [*blocked, (right, right)]:
            end = min(first, right)
            if end - start > best[1] - best[0]:
                best = (start, end)
            start = max(start, last)
        return best

    def absorb(self, cover: np.ndarray, x: float, y: float, depth: float = 0.85) -> Area:
        """Print a coverage (h, w), 0..1, with its upper left corner at x, y; return its area."""
        column, row = round(x * self.scale), round(y * self.scale)
        part, share = self._overlap(cover, column, row)
        part *= 1.0 - depth * share
        return self._area(cover, column, row)

    def lighten(self, cover: np.ndarray, x: float, y: float, light: float = 245.0) -> Area:
        """Print a coverage in a light color, as on a dark panel; return its area."""
        column, row = round(x * self.scale), round(y * self.scale)
        part, share = self._overlap(cover, column, row)
        part += share * (light - part)
        return self._area(cover, column, row)

    def _overlap(self, cover: np.ndarray, column: int, row: int) -> tuple[np.ndarray, np.ndarray]:
        down, across = max(0, -row), max(0, -column)
        part = self.gray[
            max(0, row) : max(0, row + cover.shape[0]), max(0, column) : max(0, column + cover.shape[1])
        ]
        return part, cover[down : down + part.shape[0], across : across + part.shape[1]]

    def _area(self, cover: np.ndarray, column: int, row: int) -> Area:
        x, y, w, h = column, row, cover.shape[1], cover.shape[0]
        return x / self.scale, y / self.scale, w / self.scale, h / self.scale

    def line(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        width: float = 1.3,
        light: float = 0.4,
        dots: float = 0.0,
    ) -> None:
        """Print a straight line, of dots this far apart if `dots` > 0."""
        ends = [(x0 * self.scale, y0 * self.scale), (x1 * self.scale, y1 * self.scale)]
        pen = max(width * self.scale, 0.35)
        if not dots:
            draw_line(self.gray, ends[0], ends[1], pen, light)
            return
        cover = np.zeros((max(1, round(pen)), max(1, round((x1 - x0) * self.scale))), np.float32)
        step = max(2, round(dots * self.scale))
        cover[:, ::step] = cover[:, 1::step] = 1.0
        self.absorb(cover, x0, y0, 1.0 - light)

    def box(self, area: Area, width: float = 1.3, light: float = 0.4) -> None:
        """Print a rectangle."""
        x, y, w, h = area
        for ends in ((x, y, x + w, y), (x, y + h, x + w, y + h), (x, y, x, y + h), (x + w, y, x + w, y + h)):
            self.line(*ends, width, light)

    def rounded(self, area: Area, radius: float, width: float = 1.3, light: float = 0.4) -> None:
        """Print a rectangle with round corners."""
        fine = 2
        w, h = (v * self.scale * fine for v in area[2:])
        r = int(min(radius * self.scale * fine, 0.5 * h - 2, 0.5 * w - 2))
        pen = max(1, round(width * self.scale * fine))
        canvas = np.zeros((int(h) + 2 * pen, int(w) + 2 * pen), np.uint8)
        left, top, right, bottom = pen, pen, pen + int(w) - 1, pen + int(h) - 1
        cv2.line(canvas, (left + r, top), (right - r, top), 255, pen)
        cv2.line(canvas, (left + r, bottom), (right - r, bottom), 255, pen)
        cv2.line(canvas, (left, top + r), (left, bottom - r), 255, pen)
        cv2.line(canvas, (right, top + r), (right, bottom - r), 255, pen)
        for cx, cy, start in (
            (left + r, top + r, 180),
            (right - r, top + r, 270),
            (right - r, bottom - r, 0),
            (left + r, bottom - r, 90),
        ):
            cv2.ellipse(canvas, (cx, cy), (r, r), 0, start, start + 90, 255, pen)
        small = cv2.resize(canvas, None, fx=1 / fine, fy=1 / fine, interpolation=cv2.INTER_AREA)
        self.absorb(small.astype(np.float32) / np.float32(255), area[0], area[1], 1.0 - light)

    def fill(self, area: Area, light: float, share: float = 1.0) -> None:
        """Fill a rectangle with a lightness, mixed with what lies below by `share`."""
        x, y, w, h = (round(v * self.scale) for v in area)
        part = self.gray[max(0, y) : max(0, y + h), max(0, x) : max(0, x + w)]
        part += share * (light - part)

    def stroke(self, points: np.ndarray, width: float, depth: float) -> None:
        """Draw a pen stroke through points (N, 2) in units."""
        pixels = points * self.scale
        low = np.floor(pixels.min(axis=0)).astype(int) - 3
        high = np.ceil(pixels.max(axis=0)).astype(int) + 3
        pen = width * self.scale
        canvas = np.zeros((min(high[1] - low[1], 4000), min(high[0] - low[0], 4000)), np.uint8)
        moved = np.round((pixels - low) * 16).astype(np.int32)
        cv2.polylines(canvas, [moved], False, 255, max(1, round(pen)), cv2.LINE_AA, 4)
        cover = canvas.astype(np.float32) * np.float32(min(1.0, max(pen, 0.4)) / 255)
        self.absorb(cover, low[0] / self.scale, low[1] / self.scale, depth)


def union(areas: Iterable[Area]) -> Area:
    """Return the smallest area around some."""
    found = list(areas)
    x, y = min(a[0] for a in found), min(a[1] for a in found)
    return x, y, max(a[0] + a[2] for a in found) - x, max(a[1] + a[3] for a in found) - y
