"""Recombination of two line images, a CutMix for strings: characters in other company prevent memorization."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docreader.decoding import alphabet
from docreader.recognition.sdnn import time_steps
from docreader.training.reader.examples_sdnn import LabeledLineImage
from docreader.training.reader.transcription import min_time_steps
from models.sdnn import STRIDE

MAX_GAP_INK = 0.5
"""Largest ink of a column in which a line may be cut, in pixels of full ink."""

MAX_WIDTH = 460
"""Largest width of a recombined line, pixels."""

CharacterRun = tuple[str, int, int]
"""Decoded character, its first and its last time step."""


@dataclass(frozen=True)
class CutPoint:
    """Position at which a line may be cut.

    Attributes:
        before: Number of characters before the cut.
        column: First pixel column after the cut.
    """

    before: int
    column: int


def find_cut_points(line: LabeledLineImage, runs: Sequence[CharacterRun]) -> list[CutPoint]:
    """Find cuts in the middle of the widest gap between neighboring characters.

    A line is not cut after a currency symbol: a network may report it at its left edge.

    Args:
        line: Line of K characters.
        runs: The K characters as decoded by a network.
    """
    ink = line.image[0].sum(axis=0) / 255
    found = []
    for before in range(1, len(runs)):
        left, right = STRIDE * runs[before - 1][2] + STRIDE // 2, STRIDE * runs[before][1] + STRIDE // 2
        first, end = _widest(ink[left : right + 1] <= MAX_GAP_INK)
        if end > first and runs[before - 1][0] != alphabet.CURRENCY:
            found.append(CutPoint(before, left + (first + end) // 2))
    return found


def _widest(white: NDArray[np.bool_]) -> tuple[int, int]:
    """Return begin and end of the longest run of true values, (0, 0) without any."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], white, [False]]).astype(np.int8)))
    runs = edges.reshape(-1, 2)
    if not len(runs):
        return 0, 0
    first, end = runs[int((runs[:, 1] - runs[:, 0]).argmax())]
    return int(first), int(end)


def recombine(
    lines: Sequence[LabeledLineImage],
    runs: Sequence[Sequence[CharacterRun] | None],
    share: float,
    rng: np.random.Generator,
) -> list[LabeledLineImage]:
    """Join the beginnings of some lines with the ends of others.

    Args:
        lines: N lines.
        runs: Decoded characters of each; None if they differ from the label, and the line stays whole.
        share: Share of the lines that get another end.
        rng: Random generator.

    Returns:
        N lines in the same order; lines without cut points are unchanged.
    """
    cuts = [
        [] if read is None else find_cut_points(line, read) for line, read in zip(lines, runs, strict=True)
    ]
    ends = {
        digits_only: [n for n, line in enumerate(lines) if cuts[n] and line.digits_only == digits_only]
        for digits_only in (True, False)
    }
    found = list(lines)
    for number in np.nonzero(rng.random(len(lines)) < share)[0].tolist():
        line = lines[number]
        if not cuts[number]:
            continue
        other = int(rng.choice(ends[line.digits_only]))
        first, second = (some[int(rng.integers(len(some)))] for some in (cuts[number], cuts[other]))
        target = line.target[: first.before] + lines[other].target[second.before :]
        image = np.concatenate(
            [line.image[..., : first.column], lines[other].image[..., second.column :]], axis=-1
        )
        if min_time_steps(target) <= time_steps(image.shape[-1]) and image.shape[-1] <= MAX_WIDTH:
            where = f"{line.where} and {lines[other].where}"
            found[number] = LabeledLineImage(where, image, target, line.digits_only)
    return found
