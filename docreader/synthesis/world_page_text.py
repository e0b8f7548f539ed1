"""Text of pages: print in the fonts of a bank, hands, and characters of scripts that no font has to have."""

import dataclasses
from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.fonts import MASTER, Font, FontBank, built_in, shrink
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter, draw_ink, write
from docreader.synthesis.writer import Writer

SCRIPTS = ("hanging", "square", "flowing", "round")
"""Imitated scripts, in the manner of Devanagari, Chinese, Arabic, and Sinhala or Tamil."""


@dataclass(frozen=True)
class Face:
    """Font with the width and slant of its characters.

    Attributes:
        font: Font.
        widen: Factor on the width.
        slant: Shift to the right per pixel upward.
        space: Further distance of characters, in heights of a digit.
    """

    font: Font
    widen: float = 1.0
    slant: float = 0.0
    space: float = 0.0

    @classmethod
    def sample(cls, rng: np.random.Generator, fonts: FontBank, kinds: tuple[str, ...]) -> "Face":
        """Draw a face among the fonts of some kinds; the built-in font where there are none."""
        font = fonts.pick(rng, kinds) or built_in().pick(rng, ("print",))
        assert font is not None  # the built-in font is always there
        return cls(
            font,
            float(np.clip(rng.lognormal(0.0, 0.14), 0.7, 1.5)),
            float(rng.uniform(0.1, 0.3)) if rng.random() < 0.15 else 0.0,
            float(rng.uniform(0.02, 0.3)) if rng.random() < 0.15 else 0.0,
        )

    def render(self, text: str, height: float) -> np.ndarray:
        """Render a line of text.

        Args:
            text: Single line; characters that the font lacks are left out.
            height: Height of a digit, pixels.

        Returns:
            (h, w) float32 coverage 0..1; the upper edge is above the capitals, the baseline at three quarters.
        """
        step = 1 if height > 28 else 2 if height > 14 else 3  # small text is set from thinned pictures
        unit = MASTER / step
        rows, base = round(2 * unit), 1.5 * unit
        pen = 0.0
        placed: list[tuple[int, int, np.ndarray]] = []
        for char in text:
            if char != " " and not self.font.has(char):
                continue
            glyph = self.font.glyph(char)
            cover = glyph.cover[::step, ::step]
            placed.append((round((pen + glyph.left) * unit), round(base + glyph.top * unit), cover))
            pen += glyph.advance + self.space
        left = min((x for x, _, _ in placed), default=0)
        columns = max((x + cover.shape[1] for x, _, cover in placed), default=left + 1) - left
        line = np.zeros((rows, max(1, columns)), np.uint8)
        for x, y, cover in placed:
            top = max(0, y)
            part = line[top : y + cover.shape[0], x - left : x - left + cover.shape[1]]
            np.maximum(part, cover[top - y : top - y + part.shape[0]], out=part)
        return _cropped(shrink(line, height * step, self.widen, self.slant))


@dataclass(frozen=True)
class Hand:
    """Handwriting of a page.

    Attributes:
        bank: Handwritten digits.
        writer: Writer of separate letters.
        face: Font of handwriting; None where the writer draws.
        cursive: Whether words are joined wavy strokes, which imitate writing and cannot be read.
        pen: Width of the pen, in heights of a digit.
    """

    bank: DigitBank
    writer: Writer
    face: Face | None
    cursive: bool
    pen: float

    @classmethod
    def sample(cls, rng: np.random.Generator, bank: DigitBank, fonts: FontBank) -> "Hand":
        """Draw a hand."""
        writer = Writer.sample(rng, bank, bool(rng.random() < 0.5))
        writer = dataclasses.replace(writer, gap=min(writer.gap, 0.16), gap_sd=0.04)
        font = fonts.pick(rng, ("hand",))
        kind = rng.random()
        face = None if font is None or kind > 0.4 else Face(font, float(rng.uniform(0.8, 1.3)))
        return cls(bank, writer, face, bool(kind < 0.8), float(np.clip(rng.lognormal(-2.4, 0.3), 0.05, 0.2)))

    def render(self, rng: np.random.Generator, text: str, height: float) -> np.ndarray:
        """Write a line.

        Args:
            rng: Random generator.
            text: Single line.
            height: Height of a capital, pixels.

        Returns:
            (h, w) float32 coverage 0..1, cropped to the ink.
        """
        if self.face is not None:
            return self.face.render(text, height)
        if self.cursive and any(c.isalpha() for c in text):
            return scribble(rng, text, height, self.pen * height, 0.8 * self.writer.slant)
        known = [c if c in self.writer.forms or (c.isascii() and c.isalpha()) else " " for c in text]
        marks = write(rng, self.writer, self.bank, [LineCharacter(c) for c in known], height)
        if not marks:
            return np.zeros((1, 1), np.float32)
        bounds = np.array([mark.bounds for mark in marks])
        left, top = np.floor(bounds[:, :2].min(axis=0)) - 1
        right, bottom = np.ceil(bounds[:, 2:].max(axis=0)) + 1
        return draw_ink([m.moved(-left, -top) for m in marks], (int(bottom - top), int(right - left)))


_JOINED = (
    ((0, 5), (30, 25), (38, 42), (22, 50), (12, 25), (25, 2), (50, 8)),
    ((0, 10), (10, 48), (14, 8), (30, 2), (42, 45), (46, 8), (60, 8)),
    ((0, 5), (8, 45), (12, 2), (24, 46), (34, 40), (36, 5), (52, 8)),
    ((0, 5), (30, 60), (34, 100), (20, 95), (14, 20), (26, 0), (44, 10)),
    ((0, 20), (34, 46), (10, 40), (12, 10), (36, 40), (32, -40), (10, -45), (30, -5), (54, 12)),
    ((0, 8), (20, 46), (4, 40), (6, 6), (28, 8), (26, 42), (48, 38)),
    ((0, 8), (22, 46), (24, 6), (34, 2), (46, 10)),
    ((0, 5), (22, 90), (20, 20), (30, 0), (42, 10)),
    ((0, 6), (16, 46), (22, 8), (32, 46), (40, 10), (54, 46), (60, 6), (72, 10)),
)


def scribble(rng: np.random.Generator, text: str, height: float, pen: float, slant: float) -> np.ndarray:
    """Imitate joined handwriting: each word of the text is one stroke of random letters.

    Args:
        rng: Random generator.
        text: Words, of which only the lengths count.
        height: Height of a capital, pixels.
        pen: Width of the pen, pixels.
        slant: Shift to the right per pixel upward.

    Returns:
        (h, w) float32 coverage 0..1, cropped to the ink.
    """
    strokes, x = [], 0.0
    wide, tall = float(rng.uniform(0.7, 1.4)), float(rng.uniform(0.7, 1.1))
    for word in text.split():
        points: list[np.ndarray] = []
        for number in range(len(word)):
            shape = np.array(_JOINED[int(rng.integers(len(_JOINED)))], float)
            shape += rng.normal(0.0, 3.0, shape.shape)
            if number == 0 and rng.random() < 0.4:
                shape *= [1.3, 1.8]
            shape[:, 0] = shape[:, 0] * wide + x
            x = float(shape[-1, 0])
            points.append(shape)
        path = np.concatenate(points)
        path[:, 1] *= tall
        strokes.append(_smooth(path) * [0.01, -0.01])
        x += float(rng.uniform(25, 60)) * wide
    if not strokes:
        return np.zeros((1, 1), np.float32)
    return _strokes([(s + np.outer(s[:, 1], [-slant, 0.0])) * height for s in strokes], pen)


def imitate(rng: np.random.Generator, script: str, count: int, height: float, pen: float = 0.1) -> np.ndarray:
    """Imitate a word of another script.

    Args:
        rng: Random generator.
        script: Name in SCRIPTS.
        count: Number of characters.
        height: Height of a character, pixels.
        pen: Width of the strokes, in heights.

    Returns:
        (h, w) float32 coverage 0..1, cropped to the ink.
    """
    strokes: list[np.ndarray] = []
    x = 0.0
    for _ in range(count):
        w = float(rng.uniform(0.5, 0.9))
        if script == "hanging":
            strokes.append(np.array([[x, 0.0], [x + w, 0.0]]))
            if rng.random() < 0.7:
                strokes.append(np.array([[x + 0.8 * w, 0.0], [x + 0.8 * w, 1.0]]))
            inner = rng.uniform([0.05, 0.1], [0.8, 0.9], (3, 2)) * [w, 1.0] + [x, 0.0]
            strokes.append(_smooth(inner * 100) / 100)
            if rng.random() < 0.3:
                strokes.append(
                    _smooth(np.array([[x, -10], [x + 30 * w, -35], [x + 80 * w, 0]])) * [1.0, 0.01]
                )
        elif script == "square":
            w = 0.95
            for _ in range(int(rng.integers(4, 8))):
                a, b = rng.uniform(0.05, 0.9, 2)
                level = rng.random() < 0.5
                ends = (
                    [[a, b], [min(a + rng.uniform(0.3, 0.8), 0.95), b]]
                    if level
                    else [[a, b * 0.4], [a, 0.95]]
                )
                strokes.append(np.array(ends) * [w, 1.0] + [x, 0.0])
            w += 0.12
        elif script == "flowing":
            strokes.append(
                _smooth(np.array([[0, 70], [40, 78], [70, 60 * rng.random()], [100, 70]]) * [w, 1]) / 100
                + [x, 0]
            )
            for _ in range(int(rng.integers(0, 3))):
                at = np.array([x + w * rng.random(), rng.choice([0.2, 1.0])])
                strokes.append(np.stack([at, at + np.array([0.06, 0.0])]))
        else:
            turn = np.linspace(rng.uniform(0, 6), rng.uniform(8, 14), 16)
            radius = 0.45 * np.linspace(rng.uniform(0.3, 0.9), 1.0, 16)
            loop = np.stack([0.5 * w + radius * np.cos(turn), 0.5 + radius * np.sin(turn)], axis=1)
            strokes.append(loop + np.array([x, 0.0]))
        x += w
    return _strokes([s * height for s in strokes], pen * height)


def _smooth(points: np.ndarray) -> np.ndarray:
    """Return points (N, 2) with four more between each two, by a uniform Catmull-Rom spline."""
    padded = np.concatenate([points[:1], points, points[-1:]])
    p0, p1, p2, p3 = (padded[i : len(padded) - 3 + i, None] for i in range(4))
    t = np.linspace(0, 1, 6)[None, :-1, None]
    spline = p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
    return np.concatenate([spline.reshape(-1, 2), points[-1:]])


def _strokes(strokes: list[np.ndarray], pen: float) -> np.ndarray:
    """Draw strokes (N, 2) in pixels with a pen, cropped to the ink."""
    points = np.concatenate(strokes)
    low, high = np.floor(points.min(axis=0) - pen) - 1, np.ceil(points.max(axis=0) + pen) + 1
    fine = 2
    size = ((high - low) * fine).astype(int)
    canvas = np.zeros((int(np.clip(size[1], 2, 3000)), int(np.clip(size[0], 2, 6000))), np.uint8)
    width = max(1, round(pen * fine))
    moved = [np.round((s - low) * fine * 16).astype(np.int32) for s in strokes]
    cv2.polylines(canvas, moved, False, 255, width, cv2.LINE_AA, 4)
    small = cv2.resize(
        canvas, (canvas.shape[1] // fine, canvas.shape[0] // fine), interpolation=cv2.INTER_AREA
    )
    return small.astype(np.float32) * np.float32(min(1.0, pen * fine / width) / 255)


def _cropped(cover: np.ndarray) -> np.ndarray:
    """Crop a coverage to its ink."""
    rows, columns = np.nonzero(cover.max(axis=1) > 0.1)[0], np.nonzero(cover.max(axis=0) > 0.1)[0]
    if not len(rows) or not len(columns):
        return np.zeros((1, 1), np.float32)
    return cover[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
