"""Random crops, mirror images and color noise of AlexNet12 sec. 4.1, its ten views for testing; zoom and mixing."""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from models.transfer import to_device

Pictures = NDArray[np.uint8]
"""(N, channels, side, side), 0 to 255."""

WIDEST = 4 / 3
"""Greatest width over height, and height over width, of what a zoomed view shows."""


@dataclass(frozen=True)
class ColorNoise:
    """Principal components of the colors of a training set, values 0 to 255.

    Attributes:
        vectors: (C, C), a component in each column.
        values: (C,) standard deviation along each: the paper adds `vectors @ (alpha * eigenvalue)` and calls
            the eigenvalues of the covariance; on colors of 0 to 1 that is too small to see, and its own code used
            the standard deviations, as this does.
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float32]

    @classmethod
    def fit(cls, pictures: Pictures) -> "ColorNoise":
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


def random_views(pictures: Tensor, size: int, rng: np.random.Generator, *, mirror: bool = True) -> Tensor:
    """A random square of each picture, mirrored half of the time.

    Args:
        pictures: (N, C, S, S) uint8, on any device.
        size: Side of the squares, at most S.
        rng: Source of chance.
        mirror: Whether left and right may be swapped.

    Returns:
        (N, C, size, size) float32, 0 to 255.
    """
    count, channels, side, _ = pictures.shape
    tops, lefts = rng.integers(0, side - size + 1, (2, count))
    flips = np.asarray(rng.random(count) < 0.5)
    steps = np.arange(size)
    rows = tops[:, None] + steps
    columns = lefts[:, None] + (np.where(flips[:, None], steps[::-1], steps) if mirror else steps)
    every = (torch.arange(count)[:, None, None, None], torch.arange(channels)[None, :, None, None])
    places = (*every, torch.from_numpy(rows)[:, None, :, None], torch.from_numpy(columns)[:, None, None, :])
    return pictures[tuple(to_device(place, pictures.device) for place in places)].float()


def zoomed_views(
    pictures: Tensor, size: int, least: float, rng: np.random.Generator, *, mirror: bool = True
) -> Tensor:
    """A random rectangle of each picture, brought to a square, mirrored half of the time.

    Args:
        pictures: (N, C, S, S) uint8, on any device.
        size: Side of the squares.
        least: Least share of the picture's area.
        rng: Source of chance.
        mirror: Whether left and right may be swapped.

    Returns:
        (N, C, size, size) float32, 0 to 255.
    """
    count = len(pictures)
    area = rng.uniform(least, 1, count)
    ratio = np.exp(rng.uniform(-math.log(WIDEST), math.log(WIDEST), count))
    width, height = np.sqrt(area * ratio).clip(max=1), np.sqrt(area / ratio).clip(max=1)
    x, y = (1 - width) * rng.uniform(-1, 1, count), (1 - height) * rng.uniform(-1, 1, count)
    swapped = np.where(rng.random(count) < 0.5, -width, width) if mirror else width
    none = np.zeros(count)
    move = np.stack([swapped, none, x, none, height, y], 1).reshape(count, 2, 3).astype(np.float32)
    moves = to_device(torch.from_numpy(move), pictures.device)
    grid = F.affine_grid(moves, [count, 1, size, size], align_corners=False)
    return F.grid_sample(pictures.float(), grid, padding_mode="border", align_corners=False)


def mixed(
    pictures: Tensor, targets: Tensor, classes: int, strength: float, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Each picture of a batch mixed with its neighbor, by pixels (mixup) or by a rectangle (CutMix).

    Args:
        pictures: (N, C, H, W); changed where rectangles are put in.
        targets: (N,) class numbers.
        classes: Number of classes.
        strength: The shares come from Beta(strength, strength).
        rng: Source of chance.

    Returns:
        The pictures, and (N, classes) the share of each class.
    """
    share = float(rng.beta(strength, strength))
    height, width = pictures.shape[2:]
    if rng.random() < 0.5:
        pictures = torch.lerp(pictures.roll(1, 0), pictures, share)
    else:
        half = math.sqrt(1 - share) / 2
        (top, bottom), (left, right) = (
            (round(max(0.0, middle - half) * side), round(min(1.0, middle + half) * side))
            for side, middle in ((height, rng.random()), (width, rng.random()))
        )
        pictures[:, :, top:bottom, left:right] = pictures[:, :, top:bottom, left:right].roll(1, 0)
        share = 1 - (bottom - top) * (right - left) / (height * width)
    own = F.one_hot(targets, classes).float()
    return pictures, torch.lerp(own.roll(1, 0), own, share)


def center_view(pictures: Tensor, size: int) -> Tensor:
    """The square in the middle of each picture, (N, C, size, size) float32."""
    start = (pictures.shape[2] - size) // 2
    return pictures[:, :, start : start + size, start : start + size].float()


def ten_views(pictures: Tensor, size: int) -> Tensor:
    """The four corners, the middle, and the mirror images of these five (AlexNet12 sec. 4.1).

    Returns:
        (N, 10, C, size, size) float32, 0 to 255.
    """
    end = pictures.shape[2] - size
    middle = end // 2
    places = ((0, 0), (0, end), (end, 0), (end, end), (middle, middle))
    views = torch.stack([pictures[:, :, y : y + size, x : x + size] for y, x in places], 1)
    return torch.cat([views, views.flip(-1)], 1).float()
