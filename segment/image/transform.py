"""Transforms from the pixels of an image to those of the image that it was made from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from segment.image.box import Box


@dataclass(frozen=True, eq=False)
class Transform:
    """A projective map from the pixels of an image to those of its source.

    Attributes:
        matrix: (3, 3) float64. Takes homogeneous (x, y, 1); pixels are counted at their centers.
    """

    matrix: NDArray[np.float64]

    @classmethod
    def identity(cls) -> Transform:
        """Return the map of an image that is its own source."""
        return cls(np.eye(3))

    @classmethod
    def translation(cls, x: float, y: float) -> Transform:
        """Return the map of a crop whose first pixel is (x, y) of the source."""
        return cls(np.array([[1.0, 0.0, x], [0.0, 1.0, y], [0.0, 0.0, 1.0]]))

    @classmethod
    def affine(cls, matrix: NDArray[np.float64]) -> Transform:
        """Return the map of a (2, 3) affine matrix."""
        return cls(np.vstack([matrix, [0.0, 0.0, 1.0]]))

    def __matmul__(self, first: Transform) -> Transform:
        """Compose two maps: `first` leads from an image to the image that `self` starts from."""
        return Transform(self.matrix @ first.matrix)

    def box(self, box: tuple[int, int, int, int]) -> Box:
        """Map a box: the smallest box of the source that holds it."""
        return self.boxes([box])[0]

    @cached_property
    def _shift(self) -> tuple[int, int] | None:
        """Columns and rows of a translation by whole pixels, None for other maps."""
        a, b, x, c, d, y, *last = self.matrix.ravel().tolist()
        if (a, b, c, d, *last) == (1, 0, 0, 1, 0, 0, 1) and x.is_integer() and y.is_integer():
            return int(x), int(y)
        return None

    def boxes(self, boxes: Iterable[tuple[int, int, int, int]]) -> list[Box]:
        """Map boxes as `box` does, all of them at once."""
        if self._shift is not None:  # most pages are upright: a twentieth of the time
            left, top = self._shift
            return [Box(x + left, y + top, w, h) for x, y, w, h in boxes]
        x, y, w, h = np.array([*boxes], np.float64).reshape(-1, 4).T
        corners = np.stack([[x, x + w, x, x + w], [y, y, y + h, y + h], np.full((4, x.size), 1.5)]) - 0.5
        found = np.tensordot(self.matrix, corners, 1)
        found = found[:2] / found[2] + 0.5
        low = np.floor(found.min(axis=1) + 1e-6)
        size = np.ceil(found.max(axis=1) - 1e-6) - low
        return [Box(*map(int, column)) for column in np.concatenate([low, size]).T.tolist()]
