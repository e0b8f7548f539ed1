"""Synthesised strings to mix in: made once before training, from isolated digits."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from docreader.errors import LabelsError
from docreader.sdnn import frames
from docreader.synthesis import DigitBank, render_amount
from docreader.synthesis.printed import render_printed
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.strings import (
    LabelledLine,
    OnItem,
    check_reachable,
    encode,
)
from segment.lines import find_line

MAX_WIDTH = 400
"""Wider lines are left out: they cost much and teach little."""

PRINTED = 0.05
"""Share of the strings that are printed by a machine."""

_STREAM = 5


def synthesise(digits: Path, recipe: ReaderRecipe, on_item: OnItem | None = None) -> list[LabelledLine]:
    """Make the pool of strings; the same digits and seed make the same strings.

    What cannot be learned from is drawn anew: amounts with characters that are not read, such as a slash, and fields
    of which cleaning leaves nothing.

    Args:
        digits: Folder with the IDX files of isolated digits.
        recipe: Says how many, in which styles, and the seed.
        on_item: Told of each.

    Raises:
        DocreaderError: The folder holds no digits that can be used.
    """
    bank = DigitBank.from_directory(digits)
    pool = []
    for number in range(recipe.pool):
        pool.append(synthesise_one(bank, recipe, number))
        if on_item is not None:
            on_item(number + 1, recipe.pool)
    return pool


def synthesise_one(bank: DigitBank, recipe: ReaderRecipe, number: int) -> LabelledLine:
    """String `number` of the pool; each has its own stream of chance, so that they can be made in any order."""
    rng = np.random.default_rng([recipe.seed, _STREAM, number])
    names = [name for name, _ in recipe.styles]
    shares = np.array([share for _, share in recipe.styles])
    while True:
        style = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        made = render_printed(rng, style) if rng.random() < PRINTED else render_amount(rng, bank, style)
        text = pared(made.read, recipe.network.labels)
        line = find_line(made.image)
        if line.empty or line.picture.shape[2] > MAX_WIDTH:
            continue
        try:
            target, _ = encode(text, "synthesised string", recipe.network.labels)
            check_reachable(target, frames(line.picture.shape[2]), "synthesised string")
        except LabelsError:
            continue
        return LabelledLine("synthesised string", line.picture, target, latent=False)


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
