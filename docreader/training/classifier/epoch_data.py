"""What a network is fed with in each pass: views of squares, or features of whole pages, computed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.classification.preprocessing import Preparation
from docreader.training.classifier.augmentation import (
    ColorNoise,
    Pictures,
    center_view,
    mixed,
    random_views,
    ten_views,
    zoomed_views,
)
from docreader.training.classifier.recipe import ClassifierRecipe
from models.pyramid import PyramidNet
from models.transfer import to_device

CPU = torch.device("cpu")

Batch = tuple[Tensor, Tensor]
"""What the network sees, and the class numbers, (N,), or the share of each class, (N, classes)."""


class Batches(Protocol):
    """A set of images as batches."""

    def train(self, epoch: int) -> Iterator[Batch]:
        """In another order in each pass, augmented."""

    def plain(self) -> Iterator[Batch]:
        """In order, as they are."""


@dataclass(frozen=True)
class Squares:
    """Squares that views are cut from.

    Attributes:
        pictures: (N, C, S, S) uint8, on `device` or in memory (see `held`).
        targets: (N,) class numbers.
        recipe: Size of the views and strength of the noise.
        prepared: How they were prepared.
        classes: Number of classes.
        noise: Color noise of the training set; None for none.
        device: Where views are made.
    """

    pictures: Tensor
    targets: NDArray[np.int64]
    recipe: ClassifierRecipe
    prepared: Preparation
    classes: int
    noise: ColorNoise | None = None
    device: torch.device = CPU

    def train(self, epoch: int) -> Iterator[Batch]:
        """Random views in another order in each pass; the last, incomplete batch is left out, save it is all."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, epoch, 0xA1E])
        for part in _parts(rng.permutation(len(self.targets)), recipe.batch_size):
            pictures, targets = self._part(part)
            if recipe.zoom < 1:
                views = zoomed_views(pictures, recipe.size, recipe.zoom, rng, mirror=recipe.mirror)
            else:
                views = random_views(pictures, recipe.size, rng, mirror=recipe.mirror)
            if self.noise is not None and recipe.color:
                views = views + to_device(self.noise.draw(len(part), recipe.color, rng), self.device)
            if recipe.mix:
                views, targets = mixed(views, targets, self.classes, recipe.mix, rng)
            yield self.prepared.normalize(views), targets

    def plain(self) -> Iterator[Batch]:
        """The middle of each square, in order."""
        for start in range(0, len(self.targets), self.recipe.batch_size):
            pictures, targets = self._part(slice(start, start + self.recipe.batch_size))
            yield self.prepared.normalize(center_view(pictures, self.recipe.size)), targets

    def ten(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Ten views of each square: (N, 10, C, size, size) and the class numbers."""
        size = max(1, self.recipe.batch_size // 10)
        for start in range(0, len(self.targets), size):
            pictures, targets = self._part(slice(start, start + size))
            yield self.prepared.normalize(ten_views(pictures, self.recipe.size)), targets

    def _part(self, part: slice | NDArray[np.int64]) -> Batch:
        """Whole squares and class numbers of some images, on the device."""
        chosen = part if isinstance(part, slice) else to_device(torch.from_numpy(part), self.pictures.device)
        targets = torch.from_numpy(self.targets[part])
        return to_device(self.pictures[chosen], self.device), to_device(targets, self.device)


@dataclass(frozen=True)
class Features:
    """Features of whole pages, which stay as they are while the head is trained.

    Attributes:
        values: (N, F) float32; with mirror images (N, 2, F), of which training draws one.
        targets: (N,) class numbers.
        recipe: Size of the batches.
    """

    values: NDArray[np.float32]
    targets: NDArray[np.int64]
    recipe: ClassifierRecipe

    def train(self, epoch: int) -> Iterator[Batch]:
        """In another order in each pass."""
        rng = np.random.default_rng([self.recipe.seed, epoch, 0xA1E])
        for part in _parts(rng.permutation(len(self.targets)), self.recipe.batch_size):
            yield torch.from_numpy(self.values[part]), torch.from_numpy(self.targets[part])

    def plain(self) -> Iterator[Batch]:
        """In order."""
        for start in range(0, len(self.targets), 512):
            part = slice(start, start + 512)
            yield torch.from_numpy(self.values[part]), torch.from_numpy(self.targets[part])


def held(pictures: Pictures, device: torch.device) -> Tensor:
    """The squares as a tensor: on a GPU that has twice the room, else where they are."""
    tensor = torch.from_numpy(pictures)
    if device.type == "cuda" and 2 * tensor.nbytes < torch.cuda.mem_get_info(device)[0]:
        return tensor.to(device)
    return tensor


def page_features(
    module: PyramidNet, pages: Sequence[NDArray[np.uint8]], prepared: Preparation, device: torch.device
) -> NDArray[np.float32]:
    """(N, F) features of pages of any shapes, one by one."""
    module.eval()
    with torch.inference_mode():
        rows = [
            module.pooled(prepared.normalize(torch.from_numpy(page)[None].to(device))).cpu().numpy()
            for page in pages
        ]
    return np.concatenate(rows).astype(np.float32)


def _parts(order: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    whole = max(len(order) // size * size, min(size, len(order)))
    for start in range(0, whole, size):
        yield order[start : start + size]
