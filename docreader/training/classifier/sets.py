"""What a network is fed with in each pass: views of squares, or features of whole pages, computed once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.classification.preparing import Preparation
from docreader.training.classifier.augment import ColourNoise, Pictures, centre_view, random_views, ten_views
from docreader.training.classifier.recipe import ClassifierRecipe
from models.pyramid import PyramidNet

Batch = tuple[Tensor, Tensor]
"""What the network sees, and the class numbers."""


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
        pictures: (N, C, S, S) uint8.
        targets: (N,) class numbers.
        recipe: Size of the views and strength of the noise.
        prepared: How they were prepared.
        noise: Colour noise of the training set; None for none.
    """

    pictures: Pictures
    targets: NDArray[np.int64]
    recipe: ClassifierRecipe
    prepared: Preparation
    noise: ColourNoise | None = None

    def train(self, epoch: int) -> Iterator[Batch]:
        """Random views in another order in each pass; the last, incomplete batch is left out, save it is all."""
        recipe = self.recipe
        rng = np.random.default_rng([recipe.seed, epoch, 0xA1E])
        for part in _parts(rng.permutation(len(self.targets)), recipe.batch_size):
            views = random_views(self.pictures[part], recipe.size, rng, mirror=recipe.mirror)
            if self.noise is not None and recipe.colour:
                views = views + self.noise.draw(len(part), recipe.colour, rng)
            yield self.prepared.normalise(views), torch.from_numpy(self.targets[part])

    def plain(self) -> Iterator[Batch]:
        """The middle of each square, in order."""
        for start in range(0, len(self.targets), self.recipe.batch_size):
            part = slice(start, start + self.recipe.batch_size)
            views = centre_view(self.pictures[part], self.recipe.size)
            yield self.prepared.normalise(views), torch.from_numpy(self.targets[part])

    def ten(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Ten views of each square: (N, 10, C, size, size) and the class numbers."""
        size = max(1, self.recipe.batch_size // 10)
        for start in range(0, len(self.targets), size):
            part = slice(start, start + size)
            views = ten_views(self.pictures[part], self.recipe.size)
            yield self.prepared.normalise(views), torch.from_numpy(self.targets[part])


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


def page_features(
    module: PyramidNet, pages: Sequence[NDArray[np.uint8]], prepared: Preparation, device: torch.device
) -> NDArray[np.float32]:
    """(N, F) features of pages of any shapes, one by one."""
    module.eval()
    with torch.inference_mode():
        rows = [
            module.pooled(prepared.normalise(torch.from_numpy(page)[None].to(device))).cpu().numpy()
            for page in pages
        ]
    return np.concatenate(rows).astype(np.float32)


def _parts(order: NDArray[np.int64], size: int) -> Iterator[NDArray[np.int64]]:
    whole = max(len(order) // size * size, min(size, len(order)))
    for start in range(0, whole, size):
        yield order[start : start + size]
