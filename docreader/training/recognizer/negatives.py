"""Synthesis of negatives: candidate segments of over-segmentation that are no characters.

Three families: parts of a digit, digits joined with (parts of) their neighbors, and clutter. All are cropped like
segments of a check.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.training.recognizer.clutter import Image, draw_clutter

STROKES = "1.,-/|lI'"
"""Characters of one stroke or less, whose parts may be characters themselves."""

LIGATURES = 0.35
"""Fraction of neighbors joined by a ligature."""

INK = 0.2
"""Ink threshold, as in `segment.oversegmentation.normalize`."""


@dataclass(frozen=True)
class Mixture:
    """Relative frequency of each kind of negative.

    Attributes:
        fragment: Digit with a part cut off, or the part.
        pair: Two whole digits.
        triple: Three whole digits.
        overhang: Digit with a part of a neighbor.
        junction: End of one digit and start of the next.
        window: Crop between two cuts through three digits that contains more or less than one digit.
        clutter: Dot, comma, dash, ruled line, box corner or specks.
    """

    fragment: float = 0.25
    pair: float = 0.13
    triple: float = 0.03
    overhang: float = 0.12
    junction: float = 0.07
    window: float = 0.3
    clutter: float = 0.1


def make_negatives(
    digits: Image, characters: NDArray[np.str_], count: int, mixture: Mixture, rng: np.random.Generator
) -> list[Image]:
    """Synthesize negatives.

    Args:
        digits: (N, H, W) float32 drawn digits, 0 paper to 1 ink.
        characters: (N,) classes of the digits. Those of `STROKES` give no fragments.
        count: Number of negatives.
        mixture: Relative frequency of each kind.
        rng: Random generator.

    Returns:
        `count` images of various sizes, not blank, not normalized.
    """
    weights = np.array([getattr(mixture, kind) for kind in _MAKERS], float)
    kinds = rng.choice(len(weights), size=count, p=weights / weights.sum())
    makers = list(_MAKERS.values())
    cuttable = np.flatnonzero(~np.isin(characters, list(STROKES)))
    # Zeros are frequent in amounts, and the parts of a cut zero resemble other digits.
    cuttable = np.concatenate([cuttable, np.repeat(np.flatnonzero(characters == "0"), 2)])
    source = _Source(digits, cuttable if len(cuttable) else np.arange(len(digits)), rng)
    images = []
    for kind in kinds:
        image = makers[kind](source)
        while (image > INK).sum() < 4:
            image = draw_clutter(source.rng)
        images.append(image)
    return images


@dataclass(frozen=True)
class _Source:
    """Digits and random generator of negatives."""

    digits: Image
    cuttable: NDArray[np.int64]
    rng: np.random.Generator

    def any_digit(self) -> Image:
        """Draw a digit, cropped left and right."""
        return crop(self.digits[self.rng.integers(len(self.digits))])

    def cut_digit(self) -> Image:
        """Draw a digit that gives fragments, cropped left and right."""
        return crop(self.digits[self.cuttable[self.rng.integers(len(self.cuttable))]])


def crop(image: Image) -> Image:
    """Crop blank columns at both sides."""
    columns = np.flatnonzero((image > INK).any(0))
    return image[:, columns[0] : columns[-1] + 1] if len(columns) else image


def cut(image: Image, rng: np.random.Generator, low: float, high: float) -> tuple[Image, Image]:
    """Cut an image along a slanted, slightly bent line.

    Args:
        image: (H, W), 0 paper to 1 ink.
        rng: Random generator.
        low: Leftmost crossing of half the height, as a fraction of the width.
        high: Rightmost crossing.

    Returns:
        Left part and right part, each of the size of the image.
    """
    height, width = image.shape
    row = (np.arange(height, dtype=np.float32) - height / 2) / height
    middle = rng.uniform(low, high) * width
    line = (
        middle
        - row * rng.normal(0, 0.3) * height * 0.5
        + rng.normal(0, 1.5) * np.sin(row * 6 + rng.uniform(0, 6))
    )
    side = np.clip(line[:, None] - np.arange(width, dtype=np.float32)[None] + 0.5, 0, 1).astype(np.float32)
    return image * side, image * (1 - side)


def join(parts: list[Image], rng: np.random.Generator) -> Image:
    """Join images like neighbors in a string: near, touching, overlapping or with a ligature.

    Args:
        parts: Cropped images of equal height.
        rng: Random generator.
    """
    return join_with_spans(parts, rng)[0]


def join_with_spans(parts: list[Image], rng: np.random.Generator) -> tuple[Image, list[tuple[int, int]]]:
    """Join images like `join`; return the first column and the end column of each part as well."""
    height = parts[0].shape[0]
    lift = height // 6
    gaps = [int(rng.normal(1, 3)) for _ in parts[1:]]
    width = sum(p.shape[1] for p in parts) + sum(max(g, 0) for g in gaps)
    wide = np.zeros((height + 2 * lift, width), np.float32)
    x = 0
    spans: list[tuple[int, int]] = []
    for part, gap in zip(parts, [*gaps, 0], strict=True):
        y = lift + int(np.clip(rng.normal(0, lift / 2), -lift, lift))
        if spans and rng.random() < LIGATURES:
            _draw_ligature(wide, spans[-1], part, x, y, rng)
        field = wide[y : y + height, x : x + part.shape[1]]
        np.maximum(field, part, out=field)
        spans.append((x, x + part.shape[1]))
        x = max(x + part.shape[1] + gap, 0)
    return wide, spans


def _draw_ligature(
    wide: Image, before: tuple[int, int], part: Image, x: int, y: int, rng: np.random.Generator
) -> None:
    """Draw a stroke from the upper right of the previous digit to the left of the digit at (x, y)."""
    columns = wide[:, max(before[1] - 4, before[0]) : before[1]]
    ends = np.flatnonzero((columns > INK).any(1))
    starts = np.flatnonzero((part[:, :4] > INK).any(1))
    if not len(ends) or not len(starts):
        return
    start = (before[1] - 3, int(ends[int(rng.integers(1 + len(ends) // 2))]))
    end = (x + 2, y + int(starts[int(rng.integers(len(starts)))]))
    line = np.zeros(wide.shape, np.uint8)
    cv2.line(line, start, end, 255, int(rng.integers(2, 5)), cv2.LINE_AA)
    np.maximum(wide, np.float32(1 / 255) * line.astype(np.float32), out=wide)


def window(source: _Source) -> Image:
    """Crop three digits between two cuts, unless the crop is nearly one digit."""
    rng = source.rng
    parts = [source.cut_digit() for _ in range(3)]
    wide, spans = join_with_spans(parts, rng)
    width = wide.shape[1]
    for _ in range(8):
        left = rng.uniform(-0.1, 0.9) * width
        right = left + rng.uniform(0.2, 1.4) * width / 3
        if not _is_digit(left, right, parts, spans):
            rest = cut(wide, rng, left / width, left / width)[1]
            return cut(rest, rng, right / width, right / width)[0]
    return draw_clutter(source.rng)


def _is_digit(left: float, right: float, parts: list[Image], spans: list[tuple[int, int]]) -> bool:
    """Return whether the ink between two columns is mostly that of one digit."""
    ink = []
    for part, (start, _) in zip(parts, spans, strict=True):
        first, last = (max(round(column) - start, 0) for column in (left, right))
        ink.append(float(part[:, first:last].sum()))
    most = int(np.argmax(ink))
    return ink[most] > 0.75 * float(parts[most].sum()) and sum(ink) < 1.25 * ink[most]


def fragment(source: _Source) -> Image:
    """Cut a digit once or twice and return one part."""
    rng = source.rng
    for _ in range(8):
        digit = source.cut_digit()
        left, right = cut(digit, rng, 0.2, 0.8)
        part = left if rng.random() < 0.5 else right
        if rng.random() < 0.3:
            part = crop(part)
            part = cut(part, rng, 0.2, 0.8)[int(rng.integers(2))]
        if 0.06 < part.sum() / max(digit.sum(), 1e-6) < 0.72:
            return part
    return draw_clutter(source.rng)


def overhang(source: _Source) -> Image:
    """Join a digit with a part of its left neighbor, its right neighbor or both."""
    rng = source.rng
    digit = source.any_digit()
    parts = [digit]
    sides = rng.choice(3, p=[0.42, 0.42, 0.16])
    if sides != 1:
        parts.append(crop(cut(source.cut_digit(), rng, 0.3, 0.8)[0]))
    if sides != 0:
        parts.insert(0, crop(cut(source.cut_digit(), rng, 0.2, 0.7)[1]))
    return join(parts, rng)


def junction(source: _Source) -> Image:
    """Join the right part of a digit with the left part of another."""
    rng = source.rng
    left = crop(cut(source.cut_digit(), rng, 0.25, 0.75)[1])
    right = crop(cut(source.cut_digit(), rng, 0.25, 0.75)[0])
    return join([left, right], rng)


def pair(source: _Source) -> Image:
    """Join two digits."""
    return join([source.any_digit(), source.any_digit()], source.rng)


def triple(source: _Source) -> Image:
    """Join three digits."""
    return join([source.any_digit(), source.any_digit(), source.any_digit()], source.rng)


_MAKERS = {
    "fragment": fragment,
    "pair": pair,
    "triple": triple,
    "overhang": overhang,
    "junction": junction,
    "window": window,
    "clutter": lambda source: draw_clutter(source.rng),
}
