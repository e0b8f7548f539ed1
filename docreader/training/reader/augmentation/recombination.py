"""Lines made of the parts of two, lest strings be learned by heart: the same characters in other company."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docreader.recognition.sdnn import time_steps
from docreader.training.reader.dataset import LabeledLine, needed_frames
from models.sdnn import STRIDE

SEAM = 0.5
"""Ink of a column in which a line may be cut, in pixels of full ink: strokes are not cut through."""

MAX_WIDTH = 460
"""A wider line is not made, pixels: it would cost much and teach little."""

SIGN = "$"

Run = tuple[str, int, int]
"""A character that was read, and its first and last frame."""


@dataclass(frozen=True)
class Place:
    """Where a line may be cut.

    Attributes:
        before: characters of the label that stand before it.
        column: the first pixel column behind it.
    """

    before: int
    column: int


def places(line: LabeledLine, runs: Sequence[Run]) -> list[Place]:
    """Where a line may be cut between its characters: in the middle of the widest gap between two of them.

    Not behind a currency sign: a network may name it at its left edge, and half of it would stay.

    Args:
        line: A line of K characters, those of its label.
        runs: The K characters as a network reads them.
    """
    ink = line.picture[0].sum(axis=0) / 255
    found = []
    for before in range(1, len(runs)):
        left, right = STRIDE * runs[before - 1][2] + STRIDE // 2, STRIDE * runs[before][1] + STRIDE // 2
        first, end = _widest(ink[left : right + 1] <= SEAM)
        if end > first and runs[before - 1][0] != SIGN:
            found.append(Place(before, left + (first + end) // 2))
    return found


def _widest(white: NDArray[np.bool_]) -> tuple[int, int]:
    """Begin and end of the longest run of true values, (0, 0) where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], white, [False]]).astype(np.int8)))
    runs = edges.reshape(-1, 2)
    if not len(runs):
        return 0, 0
    first, end = runs[int((runs[:, 1] - runs[:, 0]).argmax())]
    return int(first), int(end)


def spliced(
    lines: Sequence[LabeledLine],
    runs: Sequence[Sequence[Run] | None],
    share: float,
    rng: np.random.Generator,
) -> list[LabeledLine]:
    """Put the beginnings of some lines before the ends of others.

    Args:
        lines: N lines.
        runs: What a network reads of each; None where that is not its label, and the line stays whole.
        share: How many lines get another end.
        rng: Source of all chance.

    Returns:
        N lines in the same order; those that cannot be cut are as they were.
    """
    cuts = [[] if read is None else places(line, read) for line, read in zip(lines, runs, strict=True)]
    ends = {
        latent: [n for n, line in enumerate(lines) if cuts[n] and line.latent == latent]
        for latent in (True, False)
    }
    found = list(lines)
    for number in np.nonzero(rng.random(len(lines)) < share)[0].tolist():
        line = lines[number]
        if not cuts[number]:
            continue
        other = int(rng.choice(ends[line.latent]))
        first, second = (some[int(rng.integers(len(some)))] for some in (cuts[number], cuts[other]))
        target = line.target[: first.before] + lines[other].target[second.before :]
        picture = np.concatenate(
            [line.picture[..., : first.column], lines[other].picture[..., second.column :]], axis=-1
        )
        if needed_frames(target) <= time_steps(picture.shape[-1]) and picture.shape[-1] <= MAX_WIDTH:
            where = f"{line.where} and {lines[other].where}"
            found[number] = LabeledLine(where, picture, target, line.latent)
    return found
