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
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.machine_print import render_printed
from docreader.synthesis.negatives import GROUPS, VALID, clean, negative, transcript
from docreader.synthesis.world_field import render_world_field
from docreader.synthesis.world_negatives import render_world_negative
from docreader.training.reader.dataset import Example, OnItem
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.transcription import SPOILED, encode

MAX_WIDTH = 460
"""Largest width of a line image, pixels."""

PRINTED = 0.05
"""Share of machine-printed strings in the styles of handwriting."""

WORLD = 0.5
"""Share of fields in the styles of the world, see `docreader.synthesis.world_field`, among the synthesized strings and
among the images without a clean amount, where fonts are given."""

MAX_WORLD_WIDTH = 640
"""Largest width of the line image of a field of the world, pixels: long amounts between fillers."""

MIN_PITCH = 8
"""Fewest pixels of a line image to a character of a field of the world: on narrower lines, cleaning lost the amount."""

TWINS = 0.3
"""Share of strings drawn as the images without a clean amount are: the fault is to be learned, not who drew it."""

CHUNK_SIZE = 16
"""Strings that a process returns together."""

_STREAM, _NEGATIVE_STREAM = 5, 6

Render = Callable[[DigitBank, ReaderRecipe, int, FontBank | None], Example]
"""Renders an example by its number."""


_SPOILED_GROUPS = tuple(tuple(kind for kind in group if kind not in VALID) for group in GROUPS.values())


def synthesize(
    digits: Path,
    recipe: ReaderRecipe,
    on_item: OnItem | None = None,
    *,
    jobs: int = 1,
    fonts: Path | None = None,
) -> list[Example]:
    """Render the pool of strings; it depends on digits and seed, not on the number of processes.

    Strings that cannot be trained on are drawn again: amounts with characters of no class, such as a slash, and images
    without ink after cleaning.

    Args:
        digits: Folder with the IDX files of isolated digits.
        recipe: Recipe with number, styles and seed.
        on_item: Callback of strings.
        jobs: Number of processes; 1 renders in this process.
        fonts: Folder of fonts, see `docreader.synthesis.fonts`, for fields of the world; None for none.

    Raises:
        DocreaderError: A folder has no valid digits, or no fonts.
    """
    return _render(synthesize_one, digits, recipe, on_item, jobs, fonts)


def synthesize_negatives(
    digits: Path,
    recipe: ReaderRecipe,
    on_item: OnItem | None = None,
    *,
    jobs: int = 1,
    fonts: Path | None = None,
) -> list[Example]:
    """Render the pool of images without a clean amount, see `docreader.synthesis.negatives`.

    Args:
        digits: Folder with the IDX files of isolated digits.
        recipe: Recipe with number and seed.
        on_item: Callback of images.
        jobs: Number of processes; 1 renders in this process.
        fonts: Folder of fonts, see `docreader.synthesis.fonts`, for fields of the world; None for none.

    Raises:
        DocreaderError: A folder has no valid digits, or no fonts.
    """
    return _render(synthesize_negative, digits, recipe, on_item, jobs, fonts)


def _render(
    render: Render,
    digits: Path,
    recipe: ReaderRecipe,
    on_item: OnItem | None,
    jobs: int,
    fonts: Path | None,
) -> list[Example]:
    """Render a pool of examples in one process or several."""
    _bank(digits)  # errors of digits and fonts are raised before any process starts
    _fonts(fonts)
    make = partial(_numbered, render, digits, fonts, recipe)
    if jobs == 1:
        return _gather(map(make, range(recipe.pool)), recipe, on_item)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as processes:
        made = processes.map(partial(_packed, make), range(recipe.pool), chunksize=CHUNK_SIZE)
        return _gather(map(pickle.loads, made), recipe, on_item)


@cache
def _bank(digits: Path) -> DigitBank:
    return DigitBank.from_directory(digits)


@cache
def _fonts(folder: Path | None) -> FontBank | None:
    return None if folder is None else FontBank.from_directory(folder)


def _numbered(render: Render, digits: Path, fonts: Path | None, recipe: ReaderRecipe, number: int) -> Example:
    return render(_bank(digits), recipe, number, _fonts(fonts))


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


def synthesize_one(
    bank: DigitBank, recipe: ReaderRecipe, number: int, fonts: FontBank | None = None
) -> Example:
    """Render string `number` of the pool, from a random stream of its own; with fonts, some are fields of the world."""
    rng = np.random.default_rng([recipe.seed, _STREAM, number])
    names = [name for name, _ in recipe.styles]
    shares = np.array([share for _, share in recipe.styles])
    make, characters = make_task(recipe).example_factory(synthesized=True), recipe.network.labels
    while True:
        style = names[int(rng.choice(len(names), p=shares / shares.sum()))]
        world = fonts is not None and rng.random() < WORLD
        lot = rng.random()
        if world:
            made = render_world_field(rng, bank, fonts)
        elif lot < PRINTED:
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
        if example is not None and _fits(example.size, len(target), world):
            found: Example = example
            return found


def synthesize_negative(
    bank: DigitBank, recipe: ReaderRecipe, number: int, fonts: FontBank | None = None
) -> Example:
    """Render image `number` without a clean amount, from a random stream of its own; groups of kinds are alike often.

    Malformed amounts are transcribed, since the grammar refuses them as they are written. Images without ink after
    cleaning are drawn again.
    """
    rng = np.random.default_rng([recipe.seed, _NEGATIVE_STREAM, number])
    make = make_task(recipe).example_factory(synthesized=True)
    while True:
        world = fonts is not None and rng.random() < WORLD
        text = None
        if world:
            image = render_world_negative(rng, bank, fonts)
        else:
            group = _SPOILED_GROUPS[int(rng.integers(len(_SPOILED_GROUPS)))]
            made = negative(rng, bank, group[int(rng.integers(len(group)))])
            image, text = made.image, transcript(made) if made.kind in GROUPS["malformed"] else None
        try:
            target = encode(text, "synthesized negative", recipe.network.labels)[0] if text else SPOILED
            example = make(image, "synthesized negative", target, False)
        except LabelsError:  # longer than its line
            continue
        if example is not None and _fits(example.size, 0, world):
            found: Example = example
            return found


def _fits(width: int, characters: int, world: bool) -> bool:
    """Return whether a line image of a width, pixels, is of use; segments, which have none, always are."""
    if not world:
        return width <= MAX_WIDTH
    return width == 0 or MIN_PITCH * characters <= width <= MAX_WORLD_WIDTH


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
