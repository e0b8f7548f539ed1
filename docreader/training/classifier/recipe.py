"""Training recipe of the classifier: all hyperparameters in one frozen dataclass."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from docreader.training.common.errors import RecipeError
from docreader.training.common.recipe import check_setting as _check
from models.alexnet import WEIGHT_INITS

ARCHITECTURES = ("alexnet", "alexnet-owt", "alexnet-bn", "alexnet-pages", "lenet5")
"""AlexNet of 2012; single column of 2014; the review's with batch normalization; frozen 2014 convolutions with a head
for pages of any shape; LeNet-5 of the review."""

SIZES = {"alexnet": 227, "alexnet-owt": 224, "alexnet-bn": 224, "alexnet-pages": 384, "lenet5": 32}


@dataclass(frozen=True)
class ClassifierRecipe:
    """Hyperparameters of a training run of a classifier; the defaults are those of AlexNet12.

    Attributes:
        arch: One of `ARCHITECTURES`.
        epochs: Number of epochs.
        batch_size: Images of a step.
        optimizer: 'sgd' with momentum, or 'adam'.
        lr: Initial learning rate.
        momentum: Momentum of SGD.
        weight_decay: Weight decay.
        drops: Number of divisions of the learning rate by 10 when the validation error stalls.
        patience: Epochs without improvement of the validation error before a division.
        cosine: Whether to use a cosine schedule instead.
        size: Side of the crops, pixels; for pages, the longer side.
        resize: Side of the squares that crops are taken from, pixels; not used for pages.
        stride: Stride of AlexNet's conv1.
        weight_init: Weight initialization of `alexnet`: 'own' (the paper's), 'uniform', 'caffe', 'he', see
            `models.alexnet`. With 'own' and 'caffe' images are only centered, as in the paper; otherwise scaled.
        dropout: Dropout rate before the fully connected layers.
        mirror: Whether to mirror images horizontally.
        color: Strength of the color noise, 0.1 in the paper.
        label_smoothing: Label smoothing.
        min_crop_area: Least fraction of the area of a square in a crop. With 1, crops have `size`, as in the paper;
            below, they have an aspect ratio up to 4/3 and are resized to `size`.
        mixup: Parameter of the distribution Beta(mixup, mixup) of the mixing ratio: half of the batches by pixels
            (mixup), half by rectangles (CutMix); 0 for none.
        ema: Decay of the EMA of the weights; 0 for none.
        freeze: Whether to freeze the convolutions.
        hidden: Hidden units of the head of `alexnet-pages`; 0 for none.
        levels: Grids of the pyramid pooling of `alexnet-pages`.
        bfloat16: Whether to use mixed precision, about twice as fast.
        val_fraction: Fraction of the training images held out for validation.
        seed: Random seed.
    """

    arch: str = "alexnet"
    epochs: int = 90
    batch_size: int = 128
    optimizer: str = "sgd"
    lr: float = 0.01
    momentum: float = 0.9
    weight_decay: float = 5e-4
    drops: int = 3
    patience: int = 5
    cosine: bool = False
    size: int = 227
    resize: int = 256
    stride: int = 4
    weight_init: str = "own"
    dropout: float = 0.5
    mirror: bool = True
    color: float = 0.1
    label_smoothing: float = 0.0
    min_crop_area: float = 1.0
    mixup: float = 0.0
    ema: float = 0.0
    freeze: bool = False
    hidden: int = 0
    levels: tuple[int, ...] = (1,)
    bfloat16: bool = False
    val_fraction: float = 0.1
    seed: int = 1

    def __post_init__(self) -> None:
        _check("arch", self.arch, self.arch in ARCHITECTURES, f"one of {', '.join(ARCHITECTURES)}")
        _check("optimizer", self.optimizer, self.optimizer in ("sgd", "adam"), "sgd or adam")
        known = self.weight_init in WEIGHT_INITS
        _check("weight_init", self.weight_init, known, f"one of {', '.join(WEIGHT_INITS)}")
        if self.weight_init != "own" and self.arch != "alexnet":
            raise RecipeError("--weight-init is for the form of 2012: take --arch alexnet")
        for name in ("epochs", "batch_size", "patience"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        _check("lr", self.lr, math.isfinite(self.lr) and self.lr > 0, "a positive number")
        for name in ("momentum", "weight_decay", "dropout", "label_smoothing", "ema"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) < 1, "in 0 .. 1")
        _check("min_crop_area", self.min_crop_area, 0 < self.min_crop_area <= 1, "above 0, at most 1")
        _check("mixup", self.mixup, 0 <= self.mixup <= 100, "in 0 .. 100")
        _check("color", self.color, 0 <= self.color <= 10, "in 0 .. 10")
        _check("drops", self.drops, 0 <= self.drops <= 10, "in 0 .. 10")
        _check("size", self.size, 8 <= self.size <= 4096, "in 8 .. 4096")
        _check("val_fraction", self.val_fraction, 0 <= self.val_fraction <= 0.5, "in 0 .. 0.5")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in 0 .. 2^32 - 1")
        if not self.pages and self.resize < self.size:
            raise RecipeError(
                f"crops of {self.size} pixels do not fit into images of {self.resize}: raise --resize"
            )
        if self.arch == "lenet5" and self.size != 32:
            raise RecipeError(f"lenet5 takes images of 32x32, not {self.size}")
        if self.pages and not self.freeze:
            raise RecipeError(
                "alexnet-pages trains its head alone: give --pretrained with the convolutions, and --freeze"
            )

    @property
    def pages(self) -> bool:
        """Whether the inputs are whole images of any shape instead of squares."""
        return self.arch == "alexnet-pages"

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self) | {"levels": list(self.levels)}
