"""Color page: printing of forms and handwriting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from docreader.synthesis.form_text import print_symbol, print_text
from docreader.synthesis.line import Mark, draw_ink
from docreader.synthesis.paper import draw_line, mottle, pattern

Color = tuple[float, float, float]
"""Blue, green, red, 0..255."""

BLACK: Color = (40.0, 36.0, 36.0)


@dataclass
class Page:
    """Sheet with a layout in units that scale to its pixels.

    Attributes:
        sheet: (H, W, 3) float32 BGR, 0..255.
        scale: Pixels per unit of the layout.
    """

    sheet: np.ndarray
    scale: float

    @classmethod
    def blank(cls, rng: np.random.Generator, size: tuple[float, float], scale: float, color: Color) -> "Page":
        """Create a sheet of tinted paper.

        Args:
            rng: Random generator.
            size: Width and height in units of the layout.
            scale: Pixels per unit.
            color: Color of the paper.

        Returns:
            Page.
        """
        shape = (round(size[1] * scale), round(size[0] * scale))
        grain = 1.2 * mottle(rng, shape, 2.5) + 1.5 * mottle(rng, shape, 120.0)
        return cls(np.array(color, np.float32) + grain[..., None], scale)

    def tint(self, cover: np.ndarray, color: Color, x: float = 0.0, y: float = 0.0) -> None:
        """Apply ink to the paper.

        Args:
            cover: (h, w) coverage 0..1.
            color: Color of the ink.
            x: Left edge in units.
            y: Top edge in units.
        """
        column, row = round(x * self.scale), round(y * self.scale)
        first = (max(0, -row), max(0, -column))
        part = self.sheet[max(0, row) : row + cover.shape[0], max(0, column) : column + cover.shape[1]]
        share = cover[first[0] : first[0] + part.shape[0], first[1] : first[1] + part.shape[1], None]
        # ink absorbs light and never adds any
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
        """Print a pattern over an area (x, y, w, h), or over the page; area and pitch in units."""
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
        """Print text with its lower left corner at x, y; return its width in units."""
        drawn = print_text(text, height * self.scale, bold)
        self.tint(drawn, color, x, y - drawn.shape[0] / self.scale)
        return float(drawn.shape[1] / self.scale)

    def currency_symbol(self, symbol: str, x: float, y: float, height: float, bold: bool = True) -> float:
        """Print a currency symbol with its lower left corner at x, y; return its width in units."""
        drawn = print_symbol(symbol, height * self.scale, bold)
        self.tint(drawn, BLACK, x, y - drawn.shape[0] / self.scale)
        return float(drawn.shape[1] / self.scale)

    def line(
        self, x0: float, y0: float, x1: float, y1: float, width: float = 1.6, light: float = 0.3
    ) -> None:
        """Print a straight line; width in units, light is the factor on the paper's."""
        start, end = (x0 * self.scale, y0 * self.scale), (x1 * self.scale, y1 * self.scale)
        draw_line(self.sheet, start, end, width * self.scale, light)

    def labeled_line(
        self,
        text: str,
        corner: tuple[float, float],
        height: float,
        line: tuple[float, float, float],
        light: float = 0.3,
    ) -> None:
        """Print a caption and the ruled line of its field.

        Args:
            text: Caption.
            corner: Lower left corner x, y of the caption.
            height: Height of the caption.
            line: Both ends x and the y of the line.
            light: Factor on the paper's light under the line, 0..1.
        """
        self.text(text, *corner, height)
        self.line(line[0], line[2], line[1], line[2], light=light)

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
        """Write marks, which are in pixels."""
        if not marks:
            return
        bounds = np.array([m.bounds for m in marks])
        x, y = (int(np.floor(v)) - 2 for v in (bounds[:, 0].min(), bounds[:, 1].min()))
        w, h = (int(np.ceil(v)) + 2 for v in (bounds[:, 2].max() - x, bounds[:, 3].max() - y))
        cover = draw_ink([m.moved(-x, -y) for m in marks], (h, w))
        self.tint(np.minimum(cover * (0.25 + darkness), 0.95), color, x / self.scale, y / self.scale)
