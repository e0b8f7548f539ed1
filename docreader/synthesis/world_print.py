"""Text in a font: laser print, typewriter, dot matrix, check writer, and handwriting fonts with an unsteady hand."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from docreader.synthesis.fonts import MASTER, Font, FontBank, FontGlyph, built_in, shrink
from docreader.synthesis.line import LineCharacter
from docreader.synthesis.paper import mottle

MACHINES = ("laser", "typewriter", "dots", "strips", "hollow")
"""Kinds of machine print; `strips` and `hollow` are of check writers, which cut or emboss the paper."""

_KINDS = {
    "laser": ("print", "print", "typewriter"),
    "typewriter": ("typewriter",),
    "dots": ("dot", "typewriter"),
    "strips": ("print",),
    "hollow": ("print",),
    "hand": ("hand",),
}
_CENTERED = "*=-x#"  # narrow signs keep their distance from digits in every font


@dataclass(frozen=True)
class Typesetting:
    """A font and how its characters are set.

    Lengths are in heights of a digit.

    Attributes:
        manner: `hand`, or one of `MACHINES`.
        font: Font.
        widen: Factor on the width.
        slant: Shift to the right per unit upward.
        spacing: Further distance between characters.
        baseline_sd: Standard deviation of the vertical position.
        size_sd: Standard deviation of the logarithm of the size.
        strike_sd: Standard deviation of the darkness between characters.
        weight: Thickness added to strokes (positive) or taken away.
        grid: Rows of dots to the height of a digit.
    """

    manner: str
    font: Font
    widen: float = 1.0
    slant: float = 0.0
    spacing: float = 0.0
    baseline_sd: float = 0.0
    size_sd: float = 0.0
    strike_sd: float = 0.0
    weight: float = 0.0
    grid: int = 9

    @classmethod
    def sample(
        cls, rng: np.random.Generator, fonts: FontBank, manner: str, text: str = "0123456789,.*-/"
    ) -> "Typesetting":
        """Draw a font and a setting.

        Args:
            rng: Random generator.
            fonts: Fonts; the built-in one stands in for kinds that lack.
            manner: `hand`, or one of `MACHINES`.
            text: Characters that the font needs; without one that has them, digits alone.
        """
        kind = _KINDS[manner][int(rng.integers(len(_KINDS[manner])))]
        font = fonts.pick(rng, (kind,), text) or fonts.pick(rng, (kind,), "0123456789")
        font = font or fonts.pick(rng, ("print",), "0123456789") or built_in().fonts["print"][0]
        widen = float(np.exp(rng.normal(0.0, 0.12)))
        if manner == "hand":
            return cls(
                manner, font, widen, float(rng.normal(0.03, 0.1)), float(rng.normal(0.06, 0.08)),
                float(rng.uniform(0.0, 0.06)), float(rng.uniform(0.0, 0.07)), 0.06, float(rng.normal(0.0, 0.025)),
            )  # fmt: skip
        wide = float(rng.uniform(0.6, 0.85) if rng.random() < 0.5 else rng.uniform(1.2, 1.7))
        widen = wide if rng.random() < 0.25 else widen
        base = cls(
            manner, font, widen,
            slant=float(rng.uniform(0.1, 0.3)) if rng.random() < 0.08 else 0.0,
            spacing=float(rng.uniform(0.0, 0.35)) if rng.random() < 0.3 else 0.0,
            weight=float(np.clip(rng.normal(0.0, 0.03), -0.04, 0.1)),
            grid=int(rng.integers(7, 13)),
        )  # fmt: skip
        if manner == "typewriter":
            return replace(
                base, baseline_sd=float(rng.uniform(0.0, 0.04)), strike_sd=float(rng.uniform(0.05, 0.3))
            )
        if manner == "strips":
            return replace(base, weight=float(rng.uniform(0.03, 0.1)), spacing=float(rng.uniform(0.05, 0.3)))
        return base


def set_line(
    rng: np.random.Generator,
    setting: Typesetting,
    characters: Sequence[LineCharacter],
    size: float,
    pitch: float | None = None,
) -> tuple[np.ndarray, int]:
    """Set a line of characters; those that the font lacks are left out.

    Args:
        rng: Random generator.
        setting: Font and setting.
        characters: Characters of the line.
        size: Height of a digit, pixels.
        pitch: Width of a cell, pixels, for one character in each; None for the font's widths.

    Returns:
        (h, w) float32 coverage 0..1, and the row of the baseline.
    """
    placed = _place(rng, setting, characters, size, pitch)
    if not placed:
        return np.zeros((max(1, round(size)), 1), np.float32), round(size)
    left = min(x for x, _, _ in placed) if pitch is None else 0
    top = min(y for _, y, _ in placed)
    right = max(x + cover.shape[1] for x, _, cover in placed)
    bottom = max(y + cover.shape[0] for _, y, cover in placed)
    ink = np.zeros((bottom - top, right - left), np.float32)
    for x, y, cover in placed:
        x = max(x - left, 0)
        rows = ink[y - top : y - top + cover.shape[0], x : x + cover.shape[1]]
        np.maximum(rows, cover[:, : rows.shape[1]], out=rows)
    return _finish(rng, setting, ink, size), -top


def _place(
    rng: np.random.Generator,
    setting: Typesetting,
    characters: Sequence[LineCharacter],
    size: float,
    pitch: float | None,
) -> list[tuple[int, int, np.ndarray]]:
    """Return x, y from the baseline, and coverage of each character."""
    placed: list[tuple[int, int, np.ndarray]] = []
    x = anchor = widest = 0.0
    row = 0
    drift = 0.0
    for number, character in enumerate(characters):
        if character.stack != row:
            anchor, widest = (x, x) if row == 0 else (anchor, max(widest, x))
            x = anchor if character.stack else widest
            row = character.stack
        if character.char == " ":
            x += (setting.font.glyph("0").advance * 0.7 + setting.spacing) * setting.widen
            continue
        if not setting.font.has(character.char):
            continue
        glyph = setting.font.glyph(character.char)
        drift = 0.6 * drift + float(rng.normal(0.0, 1.0))
        tall = character.scale * float(np.exp(rng.normal(0.0, setting.size_sd)))
        cover = _glyph_cover(rng, setting, glyph, character, tall * size)
        y = (glyph.top * tall - character.lift + setting.baseline_sd * drift) * size
        if pitch is None:
            start = (x + glyph.left * tall * setting.widen) * size
            advance = glyph.advance * tall * setting.widen + setting.spacing
            if character.char in _CENTERED and setting.manner == "hand":
                advance += float(rng.uniform(0.0, 0.1))
            x += max(advance, 0.08)
        else:
            start = (number + 0.5 + float(rng.normal(0.0, 0.04))) * pitch - cover.shape[1] / 2
        if setting.strike_sd:
            cover = cover * float(np.clip(1.0 - abs(rng.normal(0.0, setting.strike_sd)), 0.25, 1.0))
        placed.append((round(start), round(y), cover))
    return placed


def _glyph_cover(
    rng: np.random.Generator,
    setting: Typesetting,
    glyph: FontGlyph,
    character: LineCharacter,
    size: float,
) -> np.ndarray:
    cover = glyph.cover
    widen = setting.widen
    if character.char == "-" and character.scale > 1.5:  # a long dash keeps the thickness of its stroke
        long = cv2.resize(cover, (round(cover.shape[1] * character.scale), cover.shape[0]))
        return shrink(long, size / character.scale, widen)
    if setting.manner == "dots":
        return _dots(rng, cover, size, widen, setting.grid)
    if setting.weight:
        pen = max(1, round(abs(setting.weight) * MASTER))
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (pen + 1, pen + 1))
        change = cv2.dilate if setting.weight > 0 else cv2.erode
        changed = change(cv2.copyMakeBorder(cover, pen, pen, pen, pen, cv2.BORDER_CONSTANT), kernel)
        # thin strokes of a font must not vanish
        cover = changed[pen:-pen, pen:-pen] if changed.sum() > 0.45 * cover.sum() else cover
    slant = setting.slant + (float(rng.normal(0.0, 0.03)) if setting.manner == "hand" else 0.0)
    return shrink(cover, size, widen, slant)


def _dots(rng: np.random.Generator, cover: np.ndarray, size: float, widen: float, grid: int) -> np.ndarray:
    """Print a character as the pins of a matrix printer do."""
    step = MASTER / grid
    coarse = max(1, round(cover.shape[1] * widen / step)), max(1, round(cover.shape[0] / step))
    pins = cv2.resize(cover, coarse, interpolation=cv2.INTER_AREA) > 95
    fine = 6
    radius = float(rng.uniform(0.38, 0.6))
    y, x = np.mgrid[0:fine, 0:fine]
    dot = (np.hypot(x - (fine - 1) / 2, y - (fine - 1) / 2) <= radius * fine).astype(np.float32)
    picture = np.kron(pins.astype(np.float32), dot)
    scale = size / grid / fine
    wide, tall = (max(1, round(n * scale)) for n in picture.shape[::-1])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cv2.resize(picture, (wide, tall), interpolation=how)


def _finish(rng: np.random.Generator, setting: Typesetting, ink: np.ndarray, size: float) -> np.ndarray:
    """Give a line the surface of its print: ribbon, stripes, outline, or the flow of a pen."""
    shape = ink.shape[:2]
    if setting.manner == "strips":
        y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        pitch = max(2.5, size * float(rng.uniform(0.08, 0.2)))
        angle = float(rng.choice((0.0, 0.0, np.pi / 2, 0.7, -0.7)))
        phase = (y * np.cos(angle) + x * np.sin(angle)) / pitch
        open_share = float(rng.uniform(0.2, 0.5))
        strips = np.clip((np.abs((phase % 1.0) - 0.5) - open_share / 2) * pitch + 0.5, 0.0, 1.0)
        return np.asarray(ink * strips.astype(np.float32))
    if setting.manner == "hollow":
        pen = max(2, round(size * float(rng.uniform(0.05, 0.09))))
        padded = cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0.0)
        inner = cv2.erode(padded, np.ones((pen, pen), np.uint8))[1:-1, 1:-1]
        return np.asarray(ink - float(rng.uniform(0.4, 0.9)) * inner)
    if setting.manner in ("typewriter", "hand", "dots"):
        depth = 0.25 if setting.manner == "typewriter" else 0.12
        flow = 1.0 + depth * mottle(rng, (shape[0], shape[1]), max(2.0, 0.12 * size))
        return np.asarray(ink * np.clip(flow, 0.35, 1.0))
    return ink
