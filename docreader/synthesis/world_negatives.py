"""Fields of the world without a clean amount: nothing, words, dates, numbers, VOID, amounts struck out."""

import cv2
import numpy as np

from docreader.synthesis.fonts import FontBank, built_in
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives.dates import DATES
from docreader.synthesis.negatives.numbers import NUMBERS
from docreader.synthesis.negatives.words import WORDS
from docreader.synthesis.world_amounts import pick
from docreader.synthesis.world_capture import capture, sample_capture
from docreader.synthesis.world_field import (
    Content,
    compose_field,
    sample_currency,
    sample_darkness,
    sample_height,
    working_height,
)
from docreader.synthesis.world_text import draw_amount, draw_words, sample_hand

KINDS = (
    *(("empty", 0.26), ("words", 0.16), ("date", 0.16), ("number", 0.12)),
    *(("void", 0.06), ("struck", 0.18), ("overlaid", 0.06)),
)
"""Kinds of content with their shares."""

_VOID = (
    "VOID",
    "CANCELED",
    "Canceled",
    "VOID",
    "SPECIMEN",
    "SAMPLE",
    "NIL",
    "NULO",
    "ANULADO",
    "XXXXXX",
    "------",
)

Points = list[tuple[float, float]]


def render_world_negative(
    rng: np.random.Generator, digits: DigitBank, fonts: FontBank | None = None, kind: str | None = None
) -> np.ndarray:
    """Render a field without a clean amount, in the styles of `world_field.render_world_field`.

    Args:
        rng: Random generator; the same state gives the same image.
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one.
        kind: Name in `KINDS`; random if None.

    Returns:
        (H, W) uint8, 0 black .. 255 white.

    Raises:
        DigitsError: A digit that is needed has no image with strokes.
    """
    fonts = fonts or built_in()
    kind = kind or pick(rng, KINDS)
    final = sample_height(rng)
    size = working_height(final)
    captured = sample_capture(rng)
    ink, usual = _content(rng, digits, fonts, kind, size)
    content = Content(ink, size, sample_darkness(rng, usual, captured))
    sheet, _ = compose_field(rng, digits, fonts, content, sample_currency(rng))
    return capture(rng, sheet, final / size, captured)


def _content(
    rng: np.random.Generator, digits: DigitBank, fonts: FontBank, kind: str, size: float
) -> tuple[np.ndarray, float]:
    """Draw the ink of a kind, and return it with its usual darkness."""
    if kind == "empty":
        return np.zeros((round(size), round(size * float(rng.uniform(1, 8)))), np.float32), 0.8
    hand = sample_hand(rng, digits, fonts)
    if kind in ("struck", "overlaid"):
        drawn = draw_amount(rng, digits, fonts, sample_currency(rng), size=size, hand=hand)
        if kind == "struck":
            return strike(rng, drawn.ink, size), hand.darkness
        other, _ = draw_words(rng, digits, hand, f"{rng.integers(100, 99999)}", size)
        return _overlay(rng, drawn.ink, other), hand.darkness
    texts = {"words": WORDS, "date": DATES, "number": NUMBERS}.get(kind)
    text = _VOID[int(rng.integers(len(_VOID)))]
    if texts is not None:
        text = list(texts.values())[int(rng.integers(len(texts)))](rng)
    while not hand.has(text):  # without its sign, a percentage would be an amount
        hand = sample_hand(rng, digits, fonts)
    ink, _ = draw_words(rng, digits, hand, text, size * float(rng.uniform(0.7, 1.2)))
    return ink, hand.darkness


def strike(rng: np.random.Generator, ink: np.ndarray, size: float) -> np.ndarray:
    """Strike out a line of ink: by lines, a cross, a scribble or hatching, over all of it.

    Args:
        rng: Random generator.
        ink: (h, w) float32 coverage 0..1.
        size: Height of a digit, pixels.

    Returns:
        (h', w') float32, with room for the strokes.
    """
    room = round(0.3 * size)
    wide = np.pad(ink, room)
    rows, columns = ink.shape
    manner = pick(rng, (("double", 0.3), ("line", 0.15), ("cross", 0.2), ("scribble", 0.2), ("hatch", 0.15)))
    strokes: list[Points]
    if manner in ("line", "double"):
        places = (0.5,) if manner == "line" else (0.36, 0.64)
        strokes = [
            [(-0.03, p + float(rng.normal(0, 0.06))), (1.03, p + float(rng.normal(0, 0.06)))] for p in places
        ]
    elif manner == "cross":
        strokes = [[(0.0, 0.0), (1.0, 1.0)], [(0.0, 1.0), (1.0, 0.0)]]
    elif manner == "scribble":
        count = max(6, round(columns / size * float(rng.uniform(3, 6))))
        strokes = [[(n / count, float(rng.uniform(0, 0.35)) + (n % 2) * 0.6) for n in range(count + 1)]]
    else:
        count = max(3, round(columns / size * float(rng.uniform(1.0, 2.5))))
        strokes = [[(n / count, 1.0), ((n + 0.8) / count, 0.0)] for n in range(count)]
    cover = np.zeros(wide.shape, np.uint8)
    pen = max(1, round(size * float(rng.uniform(0.05, 0.13))))
    for stroke in strokes:
        points = np.array(stroke) * [columns, rows] + rng.normal(0, 0.03 * size, (len(stroke), 2)) + room
        cv2.polylines(cover, [np.round(points * 8).astype(np.int32)], False, 255, pen, cv2.LINE_AA, 3)
    return np.asarray(np.maximum(wide, cover.astype(np.float32) / np.float32(255)))


def _overlay(rng: np.random.Generator, ink: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Write one line over another."""
    scale = min(1.0, ink.shape[1] / other.shape[1])
    shape = max(1, round(other.shape[1] * scale)), ink.shape[0]
    fitted = cv2.resize(other, shape, interpolation=cv2.INTER_AREA)
    x = int(rng.integers(0, ink.shape[1] - shape[0] + 1))
    made = ink.copy()
    np.maximum(made[:, x : x + shape[0]], fitted, out=made[:, x : x + shape[0]])
    return made
