"""Batches of an epoch: crops of square images, or cached features of whole pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.classification.preprocessing import Preprocessing
from docreader.training.classifier.augmentation import (
    ColorNoise,
    Images,
    center_crops,
    mixup,
    random_crops,
    random_resized_crops,
    ten_crops,
)
from docreader.training.classifier.recipe import ClassifierRecipe
from models.pyramid import PyramidNet
from models.transfer import to_device

CPU = torch.device("cpu")

Batch = tuple[Tensor, Tensor]
"""Network inputs, and class numbers (N,) or soft targets (N, classes)."""


class Batches(Protocol):
    """Images of a part as batches."""

    @property
    def targets(self) -> NDArray[np.int64]:
        """(N,) class numbers."""

    def train(self, epoch: int) -> Iterator[Batch]:
        """Yield augmented batches in the random order of an epoch."""

    def plain(self) -> Iterator[Batch]:
        """Yield batches in order, without augmentation."""


@dataclass(frozen=True)
class Squares:
    """Square images from which crops are taken.

    Attributes:
        images: (N, C, S, S) uint8, on `device` or in host memory (see `place_images`).
        targets: (N,) class numbers.
        recipe: Recipe with the size of the crops and the augmentation.
        preprocessing: Preprocessing of the images.
        classes: Number of classes.
        noise: Color noise of the training set; None for none.
        device: Device of the crops.
    """

    images: Tensor
    targets: NDArray[np.int64]
    recipe: ClassifierRecipe
    preprocessing: Preprocessing
    classes: int
    noise: ColorNoise | None = None
    device: torch.device = CPU

    def train(self, epoch: int) -> Iterator[Batch]:
        """Yield random crops in random order; an incomplete last batch is dropped unless it is the only one."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, epoch, 0xA1E])
        for part in _parts(rng.permutation(len(self.targets)), recipe.batch_size):
            images, targets = self._part(part)
            if recipe.min_crop_area < 1:
                crops = random_resized_crops(
                    images, recipe.size, recipe.min_crop_area, rng, mirror=recipe.mirror
                )
            else:
                crops = random_crops(images, recipe.size, rng, mirror=recipe.mirror)
            if self.noise is not None and recipe.color:
                crops = crops + to_device(self.noise.draw(len(part), recipe.color, rng), self.device)
            if recipe.mixup:
                crops, targets = mixup(crops, targets, self.classes, recipe.mixup, rng)
            yield self.preprocessing.normalize(crops), targets

    def plain(self) -> Iterator[Batch]:
        """Yield the central crops in order."""
        for start in range(0, len(self.targets), self.recipe.batch_size):
            images, targets = self._part(slice(start, start + self.recipe.batch_size))
            yield self.preprocessing.normalize(center_crops(images, self.recipe.size)), targets

    def ten(self) -> Iterator[Batch]:
        """Yield ten crops of each image, (N, 10, C, size, size), in order."""
        size = max(1, self.recipe.batch_size // 10)
        for start in range(0, len(self.targets), size):
            images, targets = self._part(slice(start, start + size))
            yield self.preprocessing.normalize(ten_crops(images, self.recipe.size)), targets

    def _part(self, part: slice | NDArray[np.int64]) -> Batch:
        """Return squares and class numbers of some images, on the device."""
        chosen = part if isinstance(part, slice) else to_device(torch.from_numpy(part), self.images.device)
        targets = torch.from_numpy(self.targets[part])
        return to_device(self.images[chosen], self.device), to_device(targets, self.device)


@dataclass(frozen=True)
class Features:
    """Features of whole pages, constant while the head is trained.

    Attributes:
        values: (N, F) float32.
        targets: (N,) class numbers.
        recipe: Recipe with the batch size.
    """

    values: NDArray[np.float32]
    targets: NDArray[np.int64]
    recipe: ClassifierRecipe

    def train(self, epoch: int) -> Iterator[Batch]:
        """Yield batches in the random order of an epoch."""
        rng = np.random.default_rng([self.recipe.seed, epoch, 0xA1E])
        for part in _parts(rng.permutation(len(self.targets)), self.recipe.batch_size):
            yield torch.from_numpy(self.values[part]), torch.from_numpy(self.targets[part])

    def plain(self) -> Iterator[Batch]:
        """Yield batches in order."""
        for start in range(0, len(self.targets), 512):
            part = slice(start, start + 512)
            yield torch.from_numpy(self.values[part]), torch.from_numpy(self.targets[part])


def place_images(images: Images, device: torch.device) -> Tensor:
    """Convert images to a tensor, on the GPU if they take less than half of its free memory."""
    tensor = torch.from_numpy(images)
    if device.type == "cuda" and 2 * tensor.nbytes < torch.cuda.mem_get_info(device)[0]:
        return tensor.to(device)
    return tensor


def page_features(
    module: PyramidNet, pages: Sequence[NDArray[np.uint8]], preprocessing: Preprocessing, device: torch.device
) -> NDArray[np.float32]:
    """Compute the features (N, F) of pages of any shapes, one by one."""
    module.eval()
    with torch.inference_mode():
        rows = [
            module.pooled(preprocessing.normalize(torch.from_numpy(page)[None].to(device))).cpu().numpy()
            for page in pages
        ]
    return np.concatenate(rows).astype(np.float32)


def _parts(order: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    whole = max(len(order) // size * size, min(size, len(order)))
    for start in range(0, whole, size):
        yield order[start : start + size]
