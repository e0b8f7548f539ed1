"""A canvas of arrows, circles and text, written as SVG or rasterized as PNG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TypeAlias

from gtn.errors import DrawError

Point: TypeAlias = tuple[float, float]
INK, MARK, PAPER = "#1a1a2e", "#c81d25", "#ffffff"
MARGIN = 24.0


@dataclass
class Canvas:
    """Shapes in drawing order; units are pixels, y points down."""

    _curves: list[tuple[list[Point], bool]] = field(default_factory=list)
    _heads: list[tuple[Point, float, bool]] = field(default_factory=list)
    _circles: list[tuple[Point, float, float, bool, bool]] = field(default_factory=list)
    _texts: list[tuple[Point, str, float, bool]] = field(default_factory=list)

    def arrow(self, points: Sequence[Point], radii: tuple[float, float], marked: bool) -> None:
        """Draw a smooth arrow through the points, between circles of those radii."""
        line = _smooth(list(points))
        line = _clipped(_clipped(line, radii[0])[::-1], radii[1] + 1)[::-1]
        (x0, y0), (x1, y1) = line[-2], line[-1]
        self._curves.append((line, marked))
        self._heads.append((line[-1], math.atan2(y1 - y0, x1 - x0), marked))

    def loop(self, at: Point, radius: float, marked: bool) -> None:
        """Draw an arrow from a circle to itself, above it."""
        x, y = at
        size = 0.8 * radius
        turn = [math.pi * (0.2 + 1.6 * k / 24) for k in range(25)]
        line = [(x - size * math.sin(t), y - radius - 0.6 * size + size * math.cos(t)) for t in turn]
        self._curves.append((line, marked))
        (x0, y0), (x1, y1) = line[-2], line[-1]
        self._heads.append((line[-1], math.atan2(y1 - y0, x1 - x0), marked))

    def state(self, at: Point, radius: float, name: str, *, start: bool, final: bool, marked: bool) -> None:
        """Draw a circle with a name: thick for a start state, double for a final one."""
        self._circles.append((at, radius, 3.0 if start else 1.3, marked, True))
        if final:
            self._circles.append((at, radius - 4, 1.3, marked, False))
        self._texts.append((at, name, 12.0, marked))

    def label(self, at: Point, text: str, marked: bool) -> None:
        """Write the label of an arrow."""
        self._texts.append((at, text, 12.0, marked))

    def title(self, text: str) -> None:
        """Write a title above the drawing."""
        x0, y0, x1, _ = self._bounds()
        self._texts.append((((x0 + x1) / 2, y0 - 6), text, 15.0, False))

    def _bounds(self) -> tuple[float, float, float, float]:
        xs = [x for line, _ in self._curves for x, _ in line] + [0.0]
        ys = [y for line, _ in self._curves for _, y in line] + [0.0]
        for (x, y), radius, *_ in self._circles:
            xs += [x - radius, x + radius]
            ys += [y - radius, y + radius]
        for (x, y), text, size, _ in self._texts:
            half = len(text) * size * 0.3
            xs += [x - half, x + half]
            ys += [y - size, y + size]
        return min(xs) - MARGIN, min(ys) - MARGIN, max(xs) + MARGIN, max(ys) + MARGIN

    def svg(self) -> str:
        """Return the drawing as SVG text."""
        x0, y0, x1, y1 = self._bounds()
        box = f"{x0:.0f} {y0:.0f} {x1 - x0:.0f} {y1 - y0:.0f}"
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{x1 - x0:.0f}" height="{y1 - y0:.0f}" viewBox="{box}" '
            'font-family="Helvetica, Arial, sans-serif" text-anchor="middle">',
            f'<rect x="{x0:.0f}" y="{y0:.0f}" width="100%" height="100%" fill="{PAPER}"/>',
        ]
        for line, marked in self._curves:
            path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in line)
            parts.append(
                f'<path d="{path}" fill="none" stroke="{_color(marked)}" stroke-width="{_width(marked)}"/>'
            )
        for at, angle, marked in self._heads:
            corners = " ".join(f"{x:.1f},{y:.1f}" for x, y in _head(at, angle))
            parts.append(f'<polygon points="{corners}" fill="{_color(marked)}"/>')
        for (x, y), radius, width, marked, filled in self._circles:
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{PAPER if filled else "none"}" '
                f'stroke="{_color(marked)}" stroke-width="{width}"/>'
            )
        for (x, y), text, size, marked in self._texts:
            parts.append(
                f'<text x="{x:.1f}" y="{y + size * 0.35:.1f}" font-size="{size:.0f}" fill="{_color(marked)}" '
                f'stroke="{PAPER}" stroke-width="3" paint-order="stroke">{escape(text)}</text>'
            )
        return "\n".join([*parts, "</svg>\n"])

    def png(self, path: Path, scale: int = 2) -> None:
        """Rasterize the drawing into a file, ``scale`` pixels a unit.

        Raises:
            DrawError: The picture would be larger than 100 megapixels.
        """
        from PIL import Image, ImageDraw, ImageFont  # deferred: slow to import

        x0, y0, x1, y1 = self._bounds()
        factor = 2 * scale  # supersampled by 2, for smooth lines
        size = (int((x1 - x0) * factor), int((y1 - y0) * factor))
        if size[0] * size[1] > 400_000_000:
            raise DrawError(f"the picture would have {size[0] // 2} x {size[1] // 2} pixels; draw it as SVG")
        image = Image.new("RGB", size, PAPER)
        brush = ImageDraw.Draw(image)

        def at(point: Point) -> Point:
            return ((point[0] - x0) * factor, (point[1] - y0) * factor)

        for line, marked in self._curves:
            brush.line(
                [at(p) for p in line], fill=_color(marked), width=int(_width(marked) * factor), joint="curve"
            )
        for tip, angle, marked in self._heads:
            brush.polygon([at(p) for p in _head(tip, angle)], fill=_color(marked))
        for center, radius, width, marked, filled in self._circles:
            (x, y), r = at(center), radius * factor
            brush.ellipse(
                (x - r, y - r, x + r, y + r),
                fill=PAPER if filled else None,
                outline=_color(marked),
                width=int(width * factor),
            )
        for center, text, points, marked in self._texts:
            # Pillow's own font lacks these letters
            text = text.replace("ε", "eps").replace("∞", "inf")
            font = ImageFont.load_default(points * factor)
            brush.text(
                at(center),
                text,
                fill=_color(marked),
                font=font,
                anchor="mm",
                stroke_width=factor,
                stroke_fill=PAPER,
            )
        image.resize((size[0] // 2, size[1] // 2), Image.Resampling.LANCZOS).save(path)


def _color(marked: bool) -> str:
    return MARK if marked else INK


def _width(marked: bool) -> float:
    return 2.4 if marked else 1.2


def _head(tip: Point, angle: float) -> list[Point]:
    return [
        tip,
        (tip[0] - 9 * math.cos(angle - 0.4), tip[1] - 9 * math.sin(angle - 0.4)),
        (tip[0] - 9 * math.cos(angle + 0.4), tip[1] - 9 * math.sin(angle + 0.4)),
    ]


def _clipped(line: list[Point], radius: float) -> list[Point]:
    """Clip the line to the part outside the circle around its first point."""
    center, k = line[0], 0
    while k + 2 < len(line) and math.dist(line[k + 1], center) < radius:
        k += 1
    near, far = math.dist(line[k], center), math.dist(line[k + 1], center)
    t = min(max((radius - near) / max(far - near, 1e-9), 0.0), 1.0)
    (x0, y0), (x1, y1) = line[k], line[k + 1]
    return [(x0 + t * (x1 - x0), y0 + t * (y1 - y0)), *line[k + 1 :]]


def _smooth(points: list[Point], steps: int = 12) -> list[Point]:
    """Interpolate a Catmull-Rom spline through the points, as short straight lines."""
    ends = [points[0], *points, points[-1]]
    line = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for k in range(steps):
            t = k / steps
            line.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    return [*line, points[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
