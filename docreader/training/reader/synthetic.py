"""Synthesized strings, and images without a clean amount, rendered before training from isolated digits."""

import pickle
import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from docreader.errors import LabelsError
from docreader.synthesis import DigitBank, render_amount
from docreader.synthesis.machine_print import render_printed
from docreader.synthesis.negatives import GROUPS, VALID, clean, negative, transcript
from docreader.training.reader.dataset import Example, OnItem
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.transcription import SPOILED, encode

MAX_WIDTH = 460
"""Largest width of a line image, pixels."""

PRINTED = 0.05
"""Share of machine-printed strings in the styles of handwriting."""

TWINS = 0.3
"""Share of strings drawn as the images without a clean amount are: the fault is to be learned, not who drew it."""

CHUNK_SIZE = 16
"""Strings that a process returns together."""

_STREAM, _NEGATIVE_STREAM = 5, 6

Render = Callable[[DigitBank, ReaderRecipe, int], Example]
"""Renders an example by its number."""


_SPOILED_GROUPS = tuple(tuple(kind for kind in group if kind not in VALID) for group in GROUPS.values())


def synthesize(
    digits: Path, recipe: ReaderRecipe, on_item: OnItem | None = None, *, jobs: int = 1
) -> list[Example]:
    """Render the pool of strings; it depends on digits and seed, not on the number of processes.

    Strings that cannot be trained on are drawn again: amounts with characters of no class, such as a slash, and images
    without ink after cleaning.

    Args:
        digits: Folder with the IDX files of isolated digits.
        recipe: Recipe with number, styles and seed.
        on_item: Callback of strings.
        jobs: Number of processes; 1 renders in this process.

    Raises:
        DocreaderError: The folder has no valid digits.
    """
    return _render(synthesize_one, digits, recipe, on_item, jobs)


def synthesize_negatives(
    digits: Path, recipe: ReaderRecipe, on_item: OnItem | None = None, *, jobs: int = 1
) -> list[Example]:
    """Render the pool of images without a clean amount, see `docreader.synthesis.negatives`.

    Args:
        digits: Folder with the IDX files of isolated digits.
        recipe: Recipe with number and seed.
        on_item: Callback of images.
        jobs: Number of processes; 1 renders in this process.

    Raises:
        DocreaderError: The folder has no valid digits.
    """
    return _render(synthesize_negative, digits, recipe, on_item, jobs)


def _render(
    render: Render, digits: Path, recipe: ReaderRecipe, on_item: OnItem | None, jobs: int
) -> list[Example]:
    """Render a pool of examples in one process or several."""
    _bank(digits)  # errors of the digits are raised before any process starts
    make = partial(_numbered, render, digits, recipe)
    if jobs == 1:
        return _gather(map(make, range(recipe.pool)), recipe, on_item)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as processes:
        made = processes.map(partial(_packed, make), range(recipe.pool), chunksize=CHUNK_SIZE)
        return _gather(map(pickle.loads, made), recipe, on_item)


@cache
def _bank(digits: Path) -> DigitBank:
    return DigitBank.from_directory(digits)


def _numbered(render: Render, digits: Path, recipe: ReaderRecipe, number: int) -> Example:
    return render(_bank(digits), recipe, number)


def _packed(make: Callable[[int], Example], number: int) -> bytes:
    """Pickle an example: torch would send each of its tensors as an open file, and exceed the limit of the OS."""
    return pickle.dumps(make(number))


def _gather(made: Iterable[Example], recipe: ReaderRecipe, on_item: OnItem | None) -> list[Example]:
    pool = []
    for number, line in enumerate(made, start=1):
        pool.append(line)
        if on_item is not None:
            on_item(number, recipe.pool)
    return pool


def synthesize_one(bank: DigitBank, recipe: ReaderRecipe, number: int) -> Example:
    """Render string `number` of the pool, from a random stream of its own."""
    rng = np.random.default_rng([recipe.seed, _STREAM, number])
    names = [name for name, _ in recipe.styles]
    shares = np.array([share for _, share in recipe.styles])
    make, characters = make_task(recipe).example_factory(synthesized=True), recipe.network.labels
    while True:
        style = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        lot = rng.random()
        if lot < PRINTED:
            made = render_printed(rng, style)
        elif lot < PRINTED + TWINS:
            made = clean(rng, bank)
        else:
            made = render_amount(rng, bank, style)
        try:
            target, _ = encode(strip_unknown(made.transcript, characters), "synthesized string", characters)
            example = make(made.image, "synthesized string", target, False)
        except LabelsError:
            continue
        if example is not None and example.size <= MAX_WIDTH:
            found: Example = example
            return found


def synthesize_negative(bank: DigitBank, recipe: ReaderRecipe, number: int) -> Example:
    """Render image `number` without a clean amount, from a random stream of its own; groups of kinds are alike often.

    Malformed amounts are transcribed, since the grammar refuses them as they are written. Images without ink after
    cleaning are drawn again.
    """
    rng = np.random.default_rng([recipe.seed, _NEGATIVE_STREAM, number])
    make = make_task(recipe).example_factory(synthesized=True)
    while True:
        group = _SPOILED_GROUPS[int(rng.integers(len(_SPOILED_GROUPS)))]
        made = negative(rng, bank, group[int(rng.integers(len(group)))])
        text = transcript(made) if made.kind in GROUPS["malformed"] else None
        try:
            target = encode(text, "synthesized negative", recipe.network.labels)[0] if text else SPOILED
            example = make(made.image, "synthesized negative", target, False)
        except LabelsError:  # longer than its line
            continue
        if example is not None and example.size <= MAX_WIDTH:
            found: Example = example
            return found


def strip_unknown(text: str, characters: Sequence[str]) -> str:
    """Remove the characters that have no class, which a network learns as non-characters.

    The slash of 56/100 stays: without it the digits would be of another amount.

    >>> strip_unknown("$*1.500/-", "0123456789.-")
    '1.500-'
    """
    plain = text.replace("#", "")  # a number sign before the amount is a non-character to every network
    for character in "$*":
        plain = plain if character in characters else plain.replace(character, "")
    return plain if "/" in characters else re.sub("/(?=-)", "", plain)
