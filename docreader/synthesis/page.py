"""A page on which forms are printed and people write, in color."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docreader.synthesis.form_text import print_sign, print_text
from docreader.synthesis.line import Mark, ink
from docreader.synthesis.paper import mottle, pattern, rule

Color = tuple[float, float, float]
"""Blue, green, red, 0..255."""

BLACK: Color = (40.0, 36.0, 36.0)


@dataclass
class Page:
    """A sheet whose layout is given in units that are scaled to its pixels.

    Attributes:
        sheet: (H, W, 3) float32 blue, green, red, 0..255.
        scale: Pixels per unit of the layout.
    """

    sheet: np.ndarray
    scale: float

    @classmethod
    def blank(cls, rng: np.random.Generator, size: tuple[float, float], scale: float, color: Color) -> "Page":
        """Cut a sheet of tinted paper.

        Args:
            rng: The source of chance.
            size: Width and height in units of the layout.
            scale: Pixels per unit.
            color: Of the paper.

        Returns:
            The page.
        """
        shape = (round(size[1] * scale), round(size[0] * scale))
        grain = 1.2 * mottle(rng, shape, 2.5) + 1.5 * mottle(rng, shape, 120.0)
        return cls(np.array(color, np.float32) + grain[..., None], scale)

    def tint(self, cover: np.ndarray, color: Color, x: float = 0.0, y: float = 0.0) -> None:
        """Lay ink over the paper.

        Args:
            cover: (h, w), the share of each pixel that takes the color.
            color: Of the ink.
            x: Left edge in units.
            y: Top edge in units.
        """
        column, row = round(x * self.scale), round(y * self.scale)
        first = (max(0, -row), max(0, -column))
        part = self.sheet[max(0, row) : row + cover.shape[0], max(0, column) : column + cover.shape[1]]
        share = cover[first[0] : first[0] + part.shape[0], first[1] : first[1] + part.shape[1], None]
        # inks are transparent: they take light away and never add any
        part *= 1.0 - share * (1.0 - np.array(color, np.float32) / np.float32(255))

    def pattern(
        self,
        rng: np.random.Generator,
        kind: str,
        color: Color,
        strength: float,
        pitch: float,
        area: tuple[float, float, float, float] | None = None,
    ) -> None:
        """Print a pattern over an area x, y, w, h in units, or over the page; pitch is in units."""
        x, y, width, height = area or (
            0.0,
            0.0,
            self.sheet.shape[1] / self.scale,
            self.sheet.shape[0] / self.scale,
        )
        shape = (max(1, round(height * self.scale)), max(1, round(width * self.scale)))
        self.tint(strength * pattern(rng, kind, shape, pitch * self.scale), color, x, y)

    def text(
        self, text: str, x: float, y: float, height: float, color: Color = BLACK, bold: bool = False
    ) -> float:
        """Print text with its lower left corner at x, y; returns its width in units."""
        drawn = print_text(text, height * self.scale, bold)
        self.tint(drawn, color, x, y - drawn.shape[0] / self.scale)
        return float(drawn.shape[1] / self.scale)

    def sign(self, sign: str, x: float, y: float, height: float, bold: bool = True) -> float:
        """Print a currency sign with its lower left corner at x, y; returns its width in units."""
        drawn = print_sign(sign, height * self.scale, bold)
        self.tint(drawn, BLACK, x, y - drawn.shape[0] / self.scale)
        return float(drawn.shape[1] / self.scale)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, width: float = 1.6, light: float = 0.3
    ) -> None:
        """Print a straight line; width in units, light is what it leaves of the paper's."""
        start, end = (x0 * self.scale, y0 * self.scale), (x1 * self.scale, y1 * self.scale)
        rule(self.sheet, start, end, width * self.scale, light)

    def box(self, x: float, y: float, w: float, h: float, width: float = 1.6, light: float = 0.3) -> None:
        """Print a rectangle."""
        for x0, y0, x1, y1 in (
            (x, y, x + w, y),
            (x, y + h, x + w, y + h),
            (x, y, x, y + h),
            (x + w, y, x + w, y + h),
        ):
            self.line(x0, y0, x1, y1, width, light)

    def write(self, marks: Sequence[Mark], darkness: float, color: Color) -> None:
        """Ink marks that are given in pixels."""
        if not marks:
            return
        bounds = np.array([m.bounds for m in marks])
        x, y = (int(np.floor(v)) - 2 for v in (bounds[:, 0].min(), bounds[:, 1].min()))
        w, h = (int(np.ceil(v)) + 2 for v in (bounds[:, 2].max() - x, bounds[:, 3].max() - y))
        cover = ink([m.moved(-x, -y) for m in marks], (h, w))
        self.tint(np.minimum(cover * (0.25 + darkness), 0.95), color, x / self.scale, y / self.scale)
