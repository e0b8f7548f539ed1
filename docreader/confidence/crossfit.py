"""Cross-fitting: every sample is evaluated with the choice of the other folds."""

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FOLDS = 10

Choice = TypeVar("Choice")


def random_folds(samples: int, folds: int = FOLDS) -> NDArray[np.int64]:
    """Return (samples,) fold numbers, assigned at random with a fixed seed."""
    return np.random.default_rng(0).permutation(samples) % folds


def group_folds(groups: Sequence[str], folds: int = FOLDS) -> NDArray[np.int64]:
    """Return fold numbers of samples, one fold for all samples of a group.

    Args:
        groups: (N,) group of each sample.
        folds: Greatest number of folds; one a group where there are fewer groups.

    >>> group_folds(["a", "b", "a"], folds=2).tolist()
    [0, 1, 0]
    """
    names = sorted(set(groups))
    random.Random(0).shuffle(names)
    folds = min(folds, len(names))
    fold_of = {name: number % folds for number, name in enumerate(names)}
    return np.array([fold_of[name] for name in groups], np.int64)


def crossfit(
    folds: NDArray[np.int64], choose: Callable[[NDArray[np.bool_]], Choice]
) -> Iterator[tuple[NDArray[np.bool_], Choice]]:
    """Choose without each fold in turn.

    Args:
        folds: (N,) fold numbers from 0.
        choose: Fit on the samples of a (N,) mask.

    Yields:
        The (N,) mask of a fold, and the choice of all others. A single fold is evaluated with its own choice.
    """
    for number in range(int(folds.max(initial=-1)) + 1):
        held_out = folds == number
        yield held_out, choose(held_out if held_out.all() else ~held_out)
