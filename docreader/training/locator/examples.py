"""Batches of an epoch: pages of similar shape, turned, placed and exposed at random."""

from collections.abc import Iterator, Sequence

import numpy as np

from docreader.recognition.locator import input_size
from docreader.training.locator.augmentation import Placement, draw_ground, draw_placement, expose, place
from docreader.training.locator.pages import LocatorPage
from docreader.training.locator.recipe import LocatorRecipe
from docreader.training.locator.targets import Batch, make_batch

_POOL = 16
"""Batches whose pages are sorted by shape together."""


def training_batches(
    pages: Sequence[LocatorPage], recipe: LocatorRecipe, long_side: int, rng: np.random.Generator
) -> Iterator[Batch]:
    """Yield the augmented batches of an epoch; the last pages that fill none are left out.

    Args:
        pages: Training pages.
        recipe: Hyperparameters.
        long_side: Longer side of the input, pixels.
        rng: Random generator of the epoch.
    """
    order = rng.permutation(len(pages))
    turns = np.where(rng.random(len(pages)) < recipe.turned, rng.integers(1, 4, len(pages)), 0)
    size = recipe.batch_size
    for start in range(0, len(order), _POOL * size):
        pool = order[start : start + _POOL * size]
        shapes = {number: _aspect(pages[number], int(turns[number])) for number in pool.tolist()}
        pool = np.array(sorted(shapes, key=lambda number: shapes[number]))
        batches = [pool[first : first + size] for first in range(0, len(pool) - size + 1, size)]
        for number in rng.permutation(len(batches)):
            chosen = batches[number].tolist()
            aspect = float(np.median([shapes[one] for one in chosen]) + rng.normal(0, 0.03))
            canvas = _canvas(aspect, long_side)
            yield make_batch([_augment(pages[one], int(turns[one]), canvas, recipe, rng) for one in chosen])


def plain_batches(pages: Sequence[LocatorPage], size: int, long_side: int) -> Iterator[Batch]:
    """Yield batches of pages as they are, for validation."""
    order = sorted(range(len(pages)), key=lambda number: _aspect(pages[number], 0))
    for first in range(0, len(order), size):
        chosen = [pages[number] for number in order[first : first + size]]
        canvas = _canvas(float(np.median([_aspect(page, 0) for page in chosen])), long_side)
        yield make_batch([place(page, canvas, Placement(), -1) for page in chosen])


def _augment(
    page: LocatorPage, turns: int, canvas: tuple[int, int], recipe: LocatorRecipe, rng: np.random.Generator
) -> LocatorPage:
    placement = draw_placement(rng, turns, recipe.reduced)
    placed = place(page, canvas, placement, draw_ground(rng))
    return LocatorPage(**(vars(placed) | {"image": expose(rng, placed.image)}))


def _aspect(page: LocatorPage, turns: int) -> float:
    """Return the logarithm of width by height of a page after quarter turns."""
    height, width = page.image.shape
    return float(np.log(width / height)) * (-1 if turns % 2 else 1)


def _canvas(aspect: float, long_side: int) -> tuple[int, int]:
    """Return height and width of the input for a logarithm of width by height."""
    return input_size(1.0, float(np.exp(aspect)), long_side)
