"""Synthesized strings to mix in: made once before training, from isolated digits."""

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
from docreader.training.reader.dataset import Example, OnItem, encode
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.base import maker

MAX_WIDTH = 460
"""Wider lines are left out: they cost much and teach little."""

PRINTED = 0.05
"""Share of the strings that are printed by a machine."""

CHUNK = 16
"""Strings that a process makes before it hands them over."""

_STREAM = 5


def synthesize(
    digits: Path, recipe: ReaderRecipe, on_item: OnItem | None = None, *, jobs: int = 1
) -> list[Example]:
    """Make the pool of strings; the same digits and seed make the same strings, whatever the number of processes.

    What cannot be learned from is drawn anew: amounts with characters that are not read, such as a slash, and fields
    of which cleaning leaves nothing.

    Args:
        digits: Folder with the IDX files of isolated digits.
        recipe: Says how many, in which styles, and the seed.
        on_item: Told of each.
        jobs: Processes; 1 makes them in this one.

    Raises:
        DocreaderError: The folder holds no digits that can be used.
    """
    _bank(digits)  # what is wrong with the digits is told before any process starts
    make = partial(_numbered, digits, recipe)
    if jobs == 1:
        return _gather(map(make, range(recipe.pool)), recipe, on_item)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as processes:
        made = processes.map(partial(_packed, make), range(recipe.pool), chunksize=CHUNK)
        return _gather(map(pickle.loads, made), recipe, on_item)


@cache
def _bank(digits: Path) -> DigitBank:
    return DigitBank.from_directory(digits)


def _numbered(digits: Path, recipe: ReaderRecipe, number: int) -> Example:
    return synthesize_one(_bank(digits), recipe, number)


def _packed(make: Callable[[int], Example], number: int) -> bytes:
    """An example as bytes: torch would hand over each of its tensors as an open file, and they are too many."""
    return pickle.dumps(make(number))


def _gather(made: Iterable[Example], recipe: ReaderRecipe, on_item: OnItem | None) -> list[Example]:
    pool = []
    for number, line in enumerate(made, start=1):
        pool.append(line)
        if on_item is not None:
            on_item(number, recipe.pool)
    return pool


def synthesize_one(bank: DigitBank, recipe: ReaderRecipe, number: int) -> Example:
    """String `number` of the pool; each has its own stream of chance, so that they can be made in any order."""
    rng = np.random.default_rng([recipe.seed, _STREAM, number])
    names = [name for name, _ in recipe.styles]
    shares = np.array([share for _, share in recipe.styles])
    make, characters = maker(recipe, synthesized=True), recipe.network.labels
    while True:
        style = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        made = render_printed(rng, style) if rng.random() < PRINTED else render_amount(rng, bank, style)
        try:
            target, _ = encode(pared(made.read, characters), "synthesized string", characters)
            example = make(made.image, "synthesized string", target, False)
        except LabelsError:
            continue
        if example is not None and example.size <= MAX_WIDTH:
            found: Example = example
            return found


def pared(text: str, characters: Sequence[str]) -> str:
    """What is written, without what a network cannot say and learns as no character.

    The slash of 56/100 stays: without it the digits would be of another amount, and the string cannot be learned from.

    >>> pared("$*1.500/-", "0123456789.-")
    '1.500-'
    """
    plain = text.replace("#", "")  # a number sign before the amount is dirt to every network
    for character in "$*":
        plain = plain if character in characters else plain.replace(character, "")
    return plain if "/" in characters else re.sub("/(?=-)", "", plain)
