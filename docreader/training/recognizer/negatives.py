"""Pictures of no character, made from digits: what over-segmentation offers a recognizer beside the digits.

Three families: pieces of a digit, digits joined to (pieces of) their neighbors, and marks that are none
(dots, dashes, rules, dirt). Each ends as a segment of a real check does: cut tight and normalized.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from docreader.training.recognizer.clutter import Picture, mark

STROKES = "1.,-/|lI'"
"""Characters that are one stroke or less, so that their pieces may be characters too."""

LIGATURES = 0.35
"""Share of neighbors that a stroke binds together."""

INK = 0.2
"""Gray above which a pixel counts as ink, as in `segment.oversegmentation.normalize`."""


@dataclass(frozen=True)
class Mixture:
    """Relative frequency of each kind of negative.

    Attributes:
        piece: A digit with a part cut off, or the part.
        pair: Two whole digits.
        triple: Three whole digits.
        overhang: A digit and a piece of a neighbor.
        pieces: The end of one digit and the beginning of the next.
        window: What lies between two cuts through three digits and is not nearly one of them.
        mark: A dot, comma, dash, rule, corner or speck.
    """

    piece: float = 0.25
    pair: float = 0.13
    triple: float = 0.03
    overhang: float = 0.12
    pieces: float = 0.07
    window: float = 0.3
    mark: float = 0.1


def make_negatives(
    digits: Picture, characters: NDArray[np.str_], count: int, mixture: Mixture, rng: np.random.Generator
) -> list[Picture]:
    """Make pictures of no character.

    Args:
        digits: (N, H, W) float32 drawn digits, 0 paper .. 1 ink.
        characters: (N,) what they show; strokes give no pieces, since a piece of a stroke is a stroke.
        count: How many.
        mixture: How many of each kind.
        rng: Source of chance.

    Returns:
        `count` pictures of various sizes, none of them blank, not yet normalized.
    """
    weights = np.array([getattr(mixture, kind) for kind in _MAKERS], float)
    kinds = rng.choice(len(weights), size=count, p=weights / weights.sum())
    makers = list(_MAKERS.values())
    cuttable = np.flatnonzero(~np.isin(characters, list(STROKES)))
    # Amounts are full of zeros, and the two parts of a cut one pass for other digits.
    cuttable = np.concatenate([cuttable, np.repeat(np.flatnonzero(characters == "0"), 2)])
    source = _Source(digits, cuttable if len(cuttable) else np.arange(len(digits)), rng)
    pictures = []
    for kind in kinds:
        picture = makers[kind](source)
        while (picture > INK).sum() < 4:
            picture = mark(source.rng)
        pictures.append(picture)
    return pictures


@dataclass(frozen=True)
class _Source:
    """Where negatives take digits and chance from."""

    digits: Picture
    cuttable: NDArray[np.int64]
    rng: np.random.Generator

    def any_digit(self) -> Picture:
        """A digit, cut tight left and right."""
        return tight(self.digits[self.rng.integers(len(self.digits))])

    def cut_digit(self) -> Picture:
        """A digit that is no one, cut tight left and right."""
        return tight(self.digits[self.cuttable[self.rng.integers(len(self.cuttable))]])


def tight(picture: Picture) -> Picture:
    """The picture without blank columns at its sides."""
    columns = np.flatnonzero((picture > INK).any(0))
    return picture[:, columns[0] : columns[-1] + 1] if len(columns) else picture


def cut(picture: Picture, rng: np.random.Generator, low: float, high: float) -> tuple[Picture, Picture]:
    """Cut a picture by a slanted, slightly bent line.

    Args:
        picture: (H, W).
        rng: Source of chance.
        low: Smallest share of the width where the line may cross half the height.
        high: Greatest share.

    Returns:
        Left part and right part, each of the picture's size.
    """
    height, width = picture.shape
    row = (np.arange(height, dtype=np.float32) - height / 2) / height
    middle = rng.uniform(low, high) * width
    line = (
        middle
        - row * rng.normal(0, 0.3) * height * 0.5
        + rng.normal(0, 1.5) * np.sin(row * 6 + rng.uniform(0, 6))
    )
    side = np.clip(line[:, None] - np.arange(width, dtype=np.float32)[None] + 0.5, 0, 1).astype(np.float32)
    return picture * side, picture * (1 - side)


def join(parts: list[Picture], rng: np.random.Generator) -> Picture:
    """Put pictures side by side as neighbors in a string stand: near, touching, overlapping or bound together.

    Args:
        parts: Pictures of one height, cut tight.
        rng: Source of chance.

    Returns:
        One picture.
    """
    return lay(parts, rng)[0]


def lay(parts: list[Picture], rng: np.random.Generator) -> tuple[Picture, list[tuple[int, int]]]:
    """Like `join`, and tells the first column of each part and the column behind its last."""
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
            _bind(wide, spans[-1], part, x, y, rng)
        field = wide[y : y + height, x : x + part.shape[1]]
        np.maximum(field, part, out=field)
        spans.append((x, x + part.shape[1]))
        x = max(x + part.shape[1] + gap, 0)
    return wide, spans


def _bind(
    wide: Picture, before: tuple[int, int], part: Picture, x: int, y: int, rng: np.random.Generator
) -> None:
    """Draw a stroke from the upper right of the digit before to the left of the one that comes to (x, y)."""
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


def window(source: _Source) -> Picture:
    """What lies between two cuts through three digits, unless that is nearly one of them."""
    rng = source.rng
    parts = [source.cut_digit() for _ in range(3)]
    wide, spans = lay(parts, rng)
    width = wide.shape[1]
    for _ in range(8):
        left = rng.uniform(-0.1, 0.9) * width
        right = left + rng.uniform(0.2, 1.4) * width / 3
        if not _is_digit(left, right, parts, spans):
            rest = cut(wide, rng, left / width, left / width)[1]
            return cut(rest, rng, right / width, right / width)[0]
    return mark(source.rng)


def _is_digit(left: float, right: float, parts: list[Picture], spans: list[tuple[int, int]]) -> bool:
    """Whether most of one digit, and little else, lies between two columns."""
    ink = []
    for part, (start, _) in zip(parts, spans, strict=True):
        first, last = (max(round(column) - start, 0) for column in (left, right))
        ink.append(float(part[:, first:last].sum()))
    most = int(np.argmax(ink))
    return ink[most] > 0.75 * float(parts[most].sum()) and sum(ink) < 1.25 * ink[most]


def piece(source: _Source) -> Picture:
    """What is left of a digit after one cut or two."""
    rng = source.rng
    for _ in range(8):
        digit = source.cut_digit()
        left, right = cut(digit, rng, 0.2, 0.8)
        part = left if rng.random() < 0.5 else right
        if rng.random() < 0.3:
            part = tight(part)
            part = cut(part, rng, 0.2, 0.8)[int(rng.integers(2))]
        if 0.06 < part.sum() / max(digit.sum(), 1e-6) < 0.72:
            return part
    return mark(source.rng)


def overhang(source: _Source) -> Picture:
    """A whole digit with a piece of its neighbor on the left, the right, or of both."""
    rng = source.rng
    digit = source.any_digit()
    parts = [digit]
    sides = rng.choice(3, p=[0.42, 0.42, 0.16])
    if sides != 1:
        parts.append(tight(cut(source.cut_digit(), rng, 0.3, 0.8)[0]))
    if sides != 0:
        parts.insert(0, tight(cut(source.cut_digit(), rng, 0.2, 0.7)[1]))
    return join(parts, rng)


def pieces(source: _Source) -> Picture:
    """The right part of one digit and the left part of the next."""
    rng = source.rng
    left = tight(cut(source.cut_digit(), rng, 0.25, 0.75)[1])
    right = tight(cut(source.cut_digit(), rng, 0.25, 0.75)[0])
    return join([left, right], rng)


def pair(source: _Source) -> Picture:
    """Two digits."""
    return join([source.any_digit(), source.any_digit()], source.rng)


def triple(source: _Source) -> Picture:
    """Three digits."""
    return join([source.any_digit(), source.any_digit(), source.any_digit()], source.rng)


_MAKERS = {
    "piece": piece,
    "pair": pair,
    "triple": triple,
    "overhang": overhang,
    "pieces": pieces,
    "window": window,
    "mark": lambda source: mark(source.rng),
}
