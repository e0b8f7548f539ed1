"""Classifier of images of any shape: AlexNet's 2014 convolutions, spatial pyramid pooling and a small head."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.alexnet import AlexNetConfig, convolutions
from models.errors import ModelNotFoundError, WeightsError
from models.settings import check_labels, check_setting

MAPS = {"conv3": 384, "conv4": 256, "conv5": 256}


@dataclass(frozen=True)
class PyramidConfig:
    """Configuration of a `PyramidNet`, saved with its weights.

    Attributes:
        labels: Class names in the order of the output units.
        levels: Sides of the grids of average and max pooling of conv5.
        hidden: Units of the hidden layer of the head; 0 for none.
        dropout: Dropout rate of the features.
    """

    labels: tuple[str, ...]
    levels: tuple[int, ...] = (1,)
    hidden: int = 0
    dropout: float = 0.5

    def __post_init__(self) -> None:
        check_labels(self.labels, 2)
        grids = bool(self.levels) and all(isinstance(n, int) and 1 <= n <= 8 for n in self.levels)
        check_setting("levels", self.levels, grids, "numbers from 1 to 8")
        check_setting(
            "hidden", self.hidden, isinstance(self.hidden, int) and 0 <= self.hidden <= 4096, "0 to 4096"
        )
        check_setting("dropout", self.dropout, 0 <= self.dropout < 1, "in 0 .. 1")

    @property
    def features(self) -> int:
        """Number of features, the inputs of the head."""
        return MAPS["conv3"] + MAPS["conv4"] + 2 * MAPS["conv5"] * sum(n * n for n in self.levels)


class PyramidNet(nn.Module):
    """Classifier of images of any shape of at least 63 pixels in height and width.

    Args:
        config: Classes and head.
    """

    def __init__(self, config: PyramidConfig) -> None:
        super().__init__()
        self.config = config
        self.stack = convolutions(AlexNetConfig(labels=("a", "b"), form="2014", size=224))
        self.norm = nn.BatchNorm1d(config.features, affine=False)
        self.dropout = nn.Dropout(config.dropout)
        self.hidden = nn.Linear(config.features, config.hidden) if config.hidden else None
        self.out = nn.Linear(config.hidden or config.features, len(config.labels))

    def pooled(self, images: Tensor) -> Tensor:
        """Compute the features (N, `config.features`) of images (N, 3, H, W)."""
        parts = []
        maps = images
        for name, layer in self.stack.named_children():
            if name == "pool5":
                break
            maps = layer(maps)
            if name in ("relu3", "relu4"):
                parts.append(maps.mean((2, 3)))
        for side in self.config.levels:
            parts.append(F.adaptive_avg_pool2d(maps, side).flatten(1))
            parts.append(F.adaptive_max_pool2d(maps, side).flatten(1))
        return torch.cat(parts, 1)

    def head(self, pooled: Tensor) -> Tensor:
        """Compute the scores (N, classes) of the features of `pooled`."""
        hidden = self.dropout(self.norm(pooled))
        if self.hidden is not None:
            hidden = F.relu(self.hidden(hidden))
        scores: Tensor = self.out(hidden)
        return scores

    def forward(self, images: Tensor) -> Tensor:
        """Compute the scores (N, classes) of normalized images (N, 3, H, W)."""
        return self.head(self.pooled(images))


def load_stack(module: nn.Module, path: str | os.PathLike[str]) -> None:
    """Load the convolutions of torchvision's AlexNet (the form 2014) into a network.

    Args:
        module: An `AlexNet` of the form 2014, or a `PyramidNet`.
        path: An .npz file with `features.N.weight` and `features.N.bias`, N = 0, 3, 6, 8, 10.

    Raises:
        ModelNotFoundError: The file does not exist.
        WeightsError: The file has other contents, or the network another form.
    """
    if not Path(path).is_file():
        raise ModelNotFoundError(f"there is no file of weights {path}: check the path")
    stack = module.stack if isinstance(module, PyramidNet) else getattr(module, "features", None)
    try:
        with np.load(path, allow_pickle=False) as arrays, torch.no_grad():
            for number, place in enumerate((0, 3, 6, 8, 10), 1):
                layer = stack.get_submodule(f"conv{number}")  # type: ignore[union-attr]
                for kind in ("weight", "bias"):
                    value = torch.from_numpy(arrays[f"features.{place}.{kind}"].astype(np.float32))
                    target = getattr(layer, kind)
                    if value.shape != target.shape or not bool(torch.isfinite(value).all()):
                        raise WeightsError(f"{path}: features.{place}.{kind} does not fit conv{number}")
                    target.copy_(value)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise WeightsError(
            f"{path} is no .npz with the convolutions of a 2014 AlexNet: {error!s:.120}"
        ) from error
