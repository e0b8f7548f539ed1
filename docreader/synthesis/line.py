"""Handwritten lines: placement of characters and rendering of their ink."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.glyph import Glyph
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.writer import Writer

_BINS = 40  # in the outline of a character
_BIN = 0.075  # height of a bin, in heights of a digit
_TOP = 1.9  # top of the first bin above the baseline
_POINTS = ".,:"  # kept clear of their neighbors, which would cover them
_FINE = 4  # supersampling factor of the ink


@dataclass(frozen=True)
class LineCharacter:
    """Character of a line with its size and position.

    Attributes:
        char: Character; a space is a gap.
        scale: Relative size.
        lift: Height of its baseline above the line's, in heights of a digit.
        stack: Row of a fraction, all of which start at the same x; 0 on the line.
    """

    char: str
    scale: float = 1.0
    lift: float = 0.0
    stack: int = 0


@dataclass(frozen=True)
class Mark:
    """Handwritten character in pixels.

    Attributes:
        char: Character.
        strokes: Arrays (N, 2) of x, y, pixels.
        thickness: Arrays (N - 1,) of the pen's width along each stroke, pixels.
    """

    char: str
    strokes: tuple[np.ndarray, ...]
    thickness: tuple[np.ndarray, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom of the ink, pixels."""
        points = np.concatenate(self.strokes)
        half = max(float(t.max()) for t in self.thickness) / 2
        low, high = points.min(axis=0) - half, points.max(axis=0) + half
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def moved(self, x: float, y: float) -> "Mark":
        """Return the mark shifted by x pixels to the right and y pixels down."""
        by = np.array([x, y], np.float32)
        return Mark(self.char, tuple(s + by for s in self.strokes), self.thickness)


def write(
    rng: np.random.Generator,
    writer: Writer,
    bank: DigitBank,
    characters: Sequence[LineCharacter],
    height: float,
) -> list[Mark]:
    """Write a line of characters.

    Args:
        rng: Random generator.
        writer: Writer of the line.
        bank: Handwritten digits.
        characters: Characters of the line.
        height: Height of a digit, pixels.

    Returns:
        Marks in the order of the characters, without spaces; the baseline is y = 0, the first mark starts
        near x = 0.

    Raises:
        UnwritableTextError: A character has no handwritten form.
    """
    marks: list[Mark] = []
    skyline = np.full(_BINS, -np.inf)
    edge = anchor = 0.0
    row, widest = 0, 0.0
    joined: list[Glyph] = []  # joined zeros not yet placed
    x = y = 0.0
    for number, character in enumerate(characters):
        if character.stack != row:
            if row == 0:
                anchor = widest = edge
            skyline = np.full(_BINS, -np.inf)
            widest = max(widest, edge)
            edge = anchor if character.stack else widest
            row = character.stack
        if character.char == " ":
            edge += max(0.1, float(rng.normal(0.38, 0.08))) * character.scale
            skyline = np.full(_BINS, -np.inf)
            continue
        follows = bool(joined)
        if not joined and character.char == "0" and rng.random() < writer.joins:
            row_of_zeros = _run(characters[number:])
            joined = writer.draw_zeros(rng, row_of_zeros) if row_of_zeros > 1 else []
        drawn = joined.pop(0) if joined else writer.draw(rng, bank, character.char)
        glyph = Glyph(tuple(s * np.float32(character.scale) for s in drawn.strokes))
        if not follows:
            gap = (writer.gap + float(rng.normal(0.0, writer.gap_sd))) * character.scale
            apart = character.char in _POINTS or (bool(marks) and marks[-1].char in _POINTS)
            if apart and rng.random() < 0.9:
                gap = max(gap, 1.25 * writer.pen + 0.04)
            if character.char in "-=" and marks and marks[-1].char == "/":
                gap = min(gap, float(rng.uniform(-0.08, 0.3)))  # the dash of /- touches the slash
            x = _place(glyph, skyline, edge, gap, apart) if marks else edge
            y = (
                writer.slope * x
                - character.lift
                + float(rng.normal(0.0, writer.baseline_sd)) * character.scale
            )
        placed = Glyph(tuple(s + np.array([x, y], np.float32) for s in glyph.strokes))
        _, right = _outline(placed)
        skyline = np.maximum(skyline, right)
        edge = x + max(float(s[:, 0].max()) for s in glyph.strokes)
        heavier = 1.4 if character.char in _POINTS else 1.0
        marks.append(
            Mark(
                character.char,
                tuple(s * height for s in placed.strokes),
                tuple(writer.thickness(s) * height * heavier for s in placed.strokes),
            )
        )
    return marks


def _run(characters: Sequence[LineCharacter]) -> int:
    """Return the number of equal characters at the beginning."""
    return next(
        (number for number, character in enumerate(characters) if character != characters[0]), len(characters)
    )


def _place(glyph: Glyph, skyline: np.ndarray, edge: float, gap: float, apart: bool) -> float:
    """Return the x at which the distance of a glyph to its predecessors is the gap."""
    left, _ = _outline(glyph)
    both = np.isfinite(left) & np.isfinite(skyline)
    # neighbors may overlap, but not change their order
    nearest = edge + (gap if apart else 0.5 * max(gap, 0.0) - min(0.32, 0.5 * glyph.width))
    if not both.any():
        return edge + max(gap, 0.02) * 0.7
    return max(float((skyline[both] - left[both]).max()) + gap, nearest)


def _outline(glyph: Glyph) -> tuple[np.ndarray, np.ndarray]:
    """Return leftmost and rightmost ink in each bin of height, (_BINS,) each; +inf and -inf without ink."""
    left, right = np.full(_BINS, np.inf), np.full(_BINS, -np.inf)
    points = np.concatenate(glyph.strokes)
    rows = np.clip(((points[:, 1] + _TOP) / _BIN).astype(int), 1, _BINS - 2)
    for shift in (-1, 0, 1):  # neighboring bins too, to close gaps between points
        np.minimum.at(left, rows + shift, points[:, 0])
        np.maximum.at(right, rows + shift, points[:, 0])
    return left, right


def draw_ink(marks: Sequence[Mark], shape: tuple[int, int]) -> np.ndarray:
    """Render the ink of marks.

    Args:
        marks: Marks in pixels of the image, clipped to it.
        shape: (H, W) of the image, pixels.

    Returns:
        (H, W) float32 coverage 0..1.
    """
    canvas = np.zeros((shape[0] * _FINE, shape[1] * _FINE), np.uint8)
    for mark in marks:
        for stroke, widths in zip(mark.strokes, mark.thickness, strict=True):
            points = np.round(((stroke + 0.5) * _FINE - 0.5) * 8).astype(int).tolist()
            pens = np.maximum(1, np.round(widths * _FINE)).astype(int).tolist()
            for a, b, pen in zip(points, points[1:], pens, strict=False):
                cv2.line(canvas, a, b, 255, pen, cv2.LINE_8, 3)
    small = cv2.resize(canvas, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return small.astype(np.float32) / 255.0
