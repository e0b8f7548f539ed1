"""Characters set side by side to a handwritten line, and the ink that they leave."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.glyph import Glyph
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.writer import Writer

_BINS = 40  # of a character's outline
_BIN = 0.075  # their height, in heights of a digit
_TOP = 1.9  # how far above the baseline they begin
_POINTS = ".,:"  # too small to be leant over: they would vanish
_FINE = 4  # ink is drawn on a grid this much finer than the image


@dataclass(frozen=True)
class Sign:
    """One character of a line to be written.

    Attributes:
        char: The character; a space leaves room.
        scale: Its size.
        lift: How far its baseline is raised, in heights of a digit.
        stack: 0 on the line; equal numbers above 0 make rows that all begin at the same x (a fraction).
    """

    char: str
    scale: float = 1.0
    lift: float = 0.0
    stack: int = 0


@dataclass(frozen=True)
class Mark:
    """One written character in pixels.

    Attributes:
        char: The character.
        strokes: (N, 2) x, y each.
        thickness: (N - 1,) each, the pen's width along the stroke.
    """

    char: str
    strokes: tuple[np.ndarray, ...]
    thickness: tuple[np.ndarray, ...]

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of the ink, pixels."""
        points = np.concatenate(self.strokes)
        half = max(float(t.max()) for t in self.thickness) / 2
        low, high = points.min(axis=0) - half, points.max(axis=0) + half
        return float(low[0]), float(low[1]), float(high[0]), float(high[1])

    def moved(self, x: float, y: float) -> "Mark":
        """The same mark x pixels to the right and y pixels down."""
        by = np.array([x, y], np.float32)
        return Mark(self.char, tuple(s + by for s in self.strokes), self.thickness)


def write(
    rng: np.random.Generator, writer: Writer, bank: DigitBank, signs: Sequence[Sign], height: float
) -> list[Mark]:
    """Write a line of characters.

    Args:
        rng: The source of chance.
        writer: Who writes.
        bank: The digits that the writer knows.
        signs: What is written.
        height: Of a digit, in pixels.

    Returns:
        The marks, in the order of the signs, spaces left out; the baseline is y = 0 and the first mark starts
        near x = 0.

    Raises:
        UnwritableTextError: A character has no handwritten form.
    """
    marks: list[Mark] = []
    skyline = np.full(_BINS, -np.inf)
    edge = anchor = 0.0
    row, widest = 0, 0.0
    joined: list[Glyph] = []  # the zeros of a row that are still to be placed
    x = y = 0.0
    for number, sign in enumerate(signs):
        if sign.stack != row:
            if row == 0:
                anchor = widest = edge
            skyline = np.full(_BINS, -np.inf)
            widest = max(widest, edge)
            edge = anchor if sign.stack else widest
            row = sign.stack
        if sign.char == " ":
            edge += max(0.1, float(rng.normal(0.38, 0.08))) * sign.scale
            skyline = np.full(_BINS, -np.inf)
            continue
        follows = bool(joined)
        if not joined and sign.char == "0" and rng.random() < writer.joins:
            row_of_zeros = _run(signs[number:])
            joined = writer.draw_zeros(rng, row_of_zeros) if row_of_zeros > 1 else []
        drawn = joined.pop(0) if joined else writer.draw(rng, bank, sign.char)
        glyph = Glyph(tuple(s * np.float32(sign.scale) for s in drawn.strokes))
        if not follows:
            gap = (writer.gap + float(rng.normal(0.0, writer.gap_sd))) * sign.scale
            apart = sign.char in _POINTS or (bool(marks) and marks[-1].char in _POINTS)
            if apart and rng.random() < 0.9:
                gap = max(gap, 1.25 * writer.pen + 0.04)
            if sign.char in "-=" and marks and marks[-1].char == "/":
                gap = min(gap, float(rng.uniform(-0.08, 0.3)))  # the dash of /- grows out of the slash
            x = _place(glyph, skyline, edge, gap, apart) if marks else edge
            y = writer.slope * x - sign.lift + float(rng.normal(0.0, writer.baseline_sd)) * sign.scale
        placed = Glyph(tuple(s + np.array([x, y], np.float32) for s in glyph.strokes))
        _, right = _outline(placed)
        skyline = np.maximum(skyline, right)
        edge = x + max(float(s[:, 0].max()) for s in glyph.strokes)
        heavier = 1.4 if sign.char in _POINTS else 1.0
        marks.append(
            Mark(
                sign.char,
                tuple(s * height for s in placed.strokes),
                tuple(writer.thickness(s) * height * heavier for s in placed.strokes),
            )
        )
    return marks


def _run(signs: Sequence[Sign]) -> int:
    """How many signs at the beginning are the same."""
    return next((number for number, sign in enumerate(signs) if sign != signs[0]), len(signs))


def _place(glyph: Glyph, skyline: np.ndarray, edge: float, gap: float, apart: bool) -> float:
    """The x at which a glyph comes as close to its predecessors as the gap asks."""
    left, _ = _outline(glyph)
    both = np.isfinite(left) & np.isfinite(skyline)
    # neighbors may lean over one another, but not swap places
    nearest = edge + (gap if apart else 0.5 * max(gap, 0.0) - min(0.32, 0.5 * glyph.width))
    if not both.any():
        return edge + max(gap, 0.02) * 0.7
    return max(float((skyline[both] - left[both]).max()) + gap, nearest)


def _outline(glyph: Glyph) -> tuple[np.ndarray, np.ndarray]:
    """Leftmost and rightmost ink in each bin of height; (_BINS,) each, +inf and -inf where there is none."""
    left, right = np.full(_BINS, np.inf), np.full(_BINS, -np.inf)
    points = np.concatenate(glyph.strokes)
    rows = np.clip(((points[:, 1] + _TOP) / _BIN).astype(int), 1, _BINS - 2)
    for shift in (-1, 0, 1):  # neighboring bins too, so that no gap between two points is slipped through
        np.minimum.at(left, rows + shift, points[:, 0])
        np.maximum.at(right, rows + shift, points[:, 0])
    return left, right


def ink(marks: Sequence[Mark], shape: tuple[int, int]) -> np.ndarray:
    """Draw marks.

    Args:
        marks: What is drawn, in pixels of the image; parts outside are cut off.
        shape: (H, W) of the image.

    Returns:
        (H, W) float32, the share of each pixel that is covered, 0..1.
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
