"""Augmentation of images: random crops, mirroring and color noise (AlexNet12 sec. 4.1), ten-crop, mixup, CutMix."""

import math
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from models.transfer import to_device

Images = NDArray[np.uint8]
"""(N, channels, side, side), 0 to 255."""

MAX_ASPECT = 4 / 3
"""Greatest aspect ratio of a random resized crop, width over height or its inverse."""


@dataclass(frozen=True)
class ColorNoise:
    """PCA color noise: principal components of the colors of a training set, values 0 to 255.

    The paper scales the components by the eigenvalues of the covariance, which has no visible effect for colors of 0 to
    1; its code used the standard deviations, as this does.

    Attributes:
        vectors: (C, C) components in columns.
        values: (C,) standard deviations along the components.
    """

    vectors: NDArray[np.float32]
    values: NDArray[np.float32]

    @classmethod
    def fit(cls, images: Images) -> "ColorNoise":
        """Fit the components to all pixels of images (N, C, H, W)."""
        sums = np.zeros(images.shape[1])
        squares = np.zeros((images.shape[1],) * 2)
        count = 0
        for start in range(0, len(images), 256):
            part = images[start : start + 256].astype(np.float32).transpose(1, 0, 2, 3)
            pixels = part.reshape(images.shape[1], -1)
            sums += pixels.sum(1, dtype=np.float64)
            squares += (pixels @ pixels.T).astype(np.float64)
            count += pixels.shape[1]
        mean = sums / count
        values, vectors = np.linalg.eigh(squares / count - np.outer(mean, mean))
        return cls(vectors.astype(np.float32), np.sqrt(values.clip(0)).astype(np.float32))

    def draw(self, count: int, strength: float, rng: np.random.Generator) -> Tensor:
        """Draw noise (count, C, 1, 1) for images of 0 to 255; `strength` is 0.1 in the paper."""
        alphas = rng.normal(0, strength, (count, len(self.values))).astype(np.float32)
        noise = (alphas * self.values) @ self.vectors.T
        return torch.from_numpy(noise)[..., None, None]


def random_crops(images: Tensor, size: int, rng: np.random.Generator, *, mirror: bool = True) -> Tensor:
    """Crop a random square of each image, mirrored half of the time.

    Args:
        images: (N, C, S, S) uint8, on any device.
        size: Side of the squares, at most S.
        rng: Random generator.
        mirror: Whether to mirror horizontally.

    Returns:
        (N, C, size, size) float32, 0 to 255.
    """
    count, channels, side, _ = images.shape
    tops, lefts = rng.integers(0, side - size + 1, (2, count))
    flips = np.asarray(rng.random(count) < 0.5)
    steps = np.arange(size)
    rows = tops[:, None] + steps
    columns = lefts[:, None] + (np.where(flips[:, None], steps[::-1], steps) if mirror else steps)
    every = (torch.arange(count)[:, None, None, None], torch.arange(channels)[None, :, None, None])
    places = (*every, torch.from_numpy(rows)[:, None, :, None], torch.from_numpy(columns)[:, None, None, :])
    return images[tuple(to_device(place, images.device) for place in places)].float()


def random_resized_crops(
    images: Tensor, size: int, min_area: float, rng: np.random.Generator, *, mirror: bool = True
) -> Tensor:
    """Crop a random rectangle of each image, resized to a square, mirrored half of the time.

    Args:
        images: (N, C, S, S) uint8, on any device.
        size: Side of the squares.
        min_area: Least fraction of the area of the image.
        rng: Random generator.
        mirror: Whether to mirror horizontally.

    Returns:
        (N, C, size, size) float32, 0 to 255.
    """
    count = len(images)
    area = rng.uniform(min_area, 1, count)
    ratio = np.exp(rng.uniform(-math.log(MAX_ASPECT), math.log(MAX_ASPECT), count))
    width, height = np.sqrt(area * ratio).clip(max=1), np.sqrt(area / ratio).clip(max=1)
    x, y = (1 - width) * rng.uniform(-1, 1, count), (1 - height) * rng.uniform(-1, 1, count)
    swapped = np.where(rng.random(count) < 0.5, -width, width) if mirror else width
    none = np.zeros(count)
    move = np.stack([swapped, none, x, none, height, y], 1).reshape(count, 2, 3).astype(np.float32)
    moves = to_device(torch.from_numpy(move), images.device)
    grid = F.affine_grid(moves, [count, 1, size, size], align_corners=False)
    return F.grid_sample(images.float(), grid, padding_mode="border", align_corners=False)


def mixup(
    images: Tensor, targets: Tensor, classes: int, strength: float, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Mix each image of a batch with its neighbor, by pixels (mixup) or by a rectangle (CutMix).

    Args:
        images: (N, C, H, W); CutMix changes them in place.
        targets: (N,) class numbers.
        classes: Number of classes.
        strength: Parameter of the distribution Beta(strength, strength) of the mixing ratio.
        rng: Random generator.

    Returns:
        Images, and (N, classes) soft targets.
    """
    share = float(rng.beta(strength, strength))
    height, width = images.shape[2:]
    if rng.random() < 0.5:
        images = torch.lerp(images.roll(1, 0), images, share)
    else:
        half = math.sqrt(1 - share) / 2
        (top, bottom), (left, right) = (
            (round(max(0.0, middle - half) * side), round(min(1.0, middle + half) * side))
            for side, middle in ((height, rng.random()), (width, rng.random()))
        )
        images[:, :, top:bottom, left:right] = images[:, :, top:bottom, left:right].roll(1, 0)
        share = 1 - (bottom - top) * (right - left) / (height * width)
    own = F.one_hot(targets, classes).float()
    return images, torch.lerp(own.roll(1, 0), own, share)


def center_crops(images: Tensor, size: int) -> Tensor:
    """Crop the central square of each image, (N, C, size, size) float32."""
    start = (images.shape[2] - size) // 2
    return images[:, :, start : start + size, start : start + size].float()


def ten_crops(images: Tensor, size: int) -> Tensor:
    """Crop the four corners, the center, and the mirror images of these five (AlexNet12 sec. 4.1).

    Returns:
        (N, 10, C, size, size) float32, 0 to 255.
    """
    end = images.shape[2] - size
    middle = end // 2
    places = ((0, 0), (0, end), (end, 0), (end, end), (middle, middle))
    crops = torch.stack([images[:, :, y : y + size, x : x + size] for y, x in places], 1)
    return torch.cat([crops, crops.flip(-1)], 1).float()
