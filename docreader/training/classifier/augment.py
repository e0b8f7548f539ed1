"""Random crops, mirror images and colour noise of AlexNet12 sec. 4.1, and its ten views for testing."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Pictures = NDArray[np.uint8]
"""(N, channels, side, side), 0 to 255."""


@dataclass(frozen=True)
class ColourNoise:
    """Principal components of the colours of a training set, values 0 to 255.

    Attributes:
        vectors: (C, C), a component in each column.
        values: (C,) standard deviation along each: the paper adds `vectors @ (alpha * eigenvalue)` and calls
            the eigenvalues of the covariance; on colours of 0 to 1 that is too small to see, and its own code used
            the standard deviations, as this does.
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float32]

    @classmethod
    def fit(cls, pictures: Pictures) -> "ColourNoise":
        """The components of all pixels of (N, C, H, W)."""
        sums = np.zeros(pictures.shape[1])
        squares = np.zeros((pictures.shape[1],) * 2)
        count = 0
        for start in range(0, len(pictures), 256):
            part = pictures[start : start + 256].astype(np.float32).transpose(1, 0, 2, 3)
            pixels = part.reshape(pictures.shape[1], -1)
            sums += pixels.sum(1, dtype=np.float64)
            squares += (pixels @ pixels.T).astype(np.float64)
            count += pixels.shape[1]
        mean = sums / count
        values, vectors = np.linalg.eigh(squares / count - np.outer(mean, mean))
        return cls(vectors.astype(np.float32), np.sqrt(values.clip(0)).astype(np.float32))

    def draw(self, count: int, strength: float, rng: np.random.Generator) -> Tensor:
        """(count, C, 1, 1) to add to pictures of 0 to 255; `strength` is 0.1 in the paper."""
        alphas = rng.normal(0, strength, (count, len(self.values))).astype(np.float32)
        noise = (alphas * self.values) @ self.vectors.T
        return torch.from_numpy(noise)[..., None, None]


def random_views(pictures: Pictures, size: int, rng: np.random.Generator, *, mirror: bool = True) -> Tensor:
    """A random square of each picture, mirrored half of the time.

    Args:
        pictures: (N, C, S, S).
        size: Side of the squares, at most S.
        rng: Source of chance.
        mirror: Whether left and right may be swapped.

    Returns:
        (N, C, size, size) float32, 0 to 255.
    """
    count, channels, side, _ = pictures.shape
    tops, lefts = rng.integers(0, side - size + 1, (2, count))
    flips = np.asarray(rng.random(count) < 0.5)
    views = np.empty((count, channels, size, size), np.uint8)
    for i in range(count):
        view = pictures[i, :, tops[i] : tops[i] + size, lefts[i] : lefts[i] + size]
        views[i] = view[:, :, ::-1] if mirror and flips[i] else view
    return torch.from_numpy(views).float()


def centre_view(pictures: Pictures, size: int) -> Tensor:
    """The square in the middle of each picture, (N, C, size, size) float32."""
    start = (pictures.shape[2] - size) // 2
    view = pictures[:, :, start : start + size, start : start + size]
    return torch.from_numpy(np.ascontiguousarray(view)).float()


def ten_views(pictures: Pictures, size: int) -> Tensor:
    """The four corners, the middle, and the mirror images of these five (AlexNet12 sec. 4.1).

    Returns:
        (N, 10, C, size, size) float32, 0 to 255.
    """
    end = pictures.shape[2] - size
    middle = end // 2
    places = ((0, 0), (0, end), (end, 0), (end, end), (middle, middle))
    views = np.stack([pictures[:, :, y : y + size, x : x + size] for y, x in places], 1)
    return torch.from_numpy(np.concatenate([views, views[..., ::-1]], 1)).float()
