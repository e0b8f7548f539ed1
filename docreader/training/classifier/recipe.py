"""How a classifier is trained: every number that decides the result, in one frozen record."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from docreader.training.classifier.plateau_check import guessing
from docreader.training.common.errors import RecipeError
from models.alexnet import WEIGHT_INITS

ARCHITECTURES = ("alexnet", "alexnet-owt", "alexnet-bn", "alexnet-pages", "lenet5")
"""AlexNet of 2012; the single column of 2014; the review's with batch norm; the 2014 convolutions, kept as they are,
under a head for whole pages of any shape; LeNet-5 in the review's form."""

SIZES = {"alexnet": 227, "alexnet-owt": 224, "alexnet-bn": 224, "alexnet-pages": 384, "lenet5": 32}


@dataclass(frozen=True)
class ClassifierRecipe:
    """Settings of one training run of a classifier; the defaults are AlexNet12's.

    Attributes:
        arch: One of `ARCHITECTURES`.
        epochs: Passes through the images.
        batch_size: Images for each step.
        optimizer: 'sgd' with momentum, or 'adam'.
        lr: First step size.
        momentum: of SGD.
        weight_decay: Weight decay.
        drops: How often the step is divided by 10 when the held-out error stalls.
        patience: Passes without a better held-out error that are a stall.
        cosine: Instead: the step falls to zero on a cosine.
        size: Side of the views in pixels; of whole pages, their longer side.
        resize: Side of the squares that views are cut from; not used for pages.
        stride: of AlexNet's conv1.
        initial: How the weights of `alexnet` begin: 'own', the paper's; 'uniform'; 'caffe'; 'he' (see
            `models.alexnet`). With 'own' and 'caffe' pictures are centerd alone, as in the paper, else scaled too.
        dropout: Share left out before the full layers.
        mirror: Whether left and right may be swapped.
        color: Strength of the color noise, 0.1 in the paper.
        smoothing: Share of each target that is spread over all classes.
        zoom: Least share of a square's area that a view shows; 1 cuts views of `size`, as in the paper. Below it, views
            are of any share up to 1, up to a third wider or higher than a square, and brought to `size`.
        mix: Two images are mixed in each view, by shares drawn from Beta(mix, mix): half of the batches by their
            pixels (mixup), half by rectangles (CutMix); 0 for none.
        ema: Decay of the running mean of the weights; 0 takes the weights themselves.
        freeze: Whether the convolutions keep the weights that they were given.
        hidden: Units of the head of `alexnet-pages`; 0 for none.
        levels: Grids over which `alexnet-pages` pools.
        bfloat16: Mixed precision, about twice as quick; off unless asked for.
        held_out: Share of the training images kept back, where no validation images are given.
        seed: Start of every source of chance.
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
    initial: str = "own"
    dropout: float = 0.5
    mirror: bool = True
    color: float = 0.1
    smoothing: float = 0.0
    zoom: float = 1.0
    mix: float = 0.0
    ema: float = 0.0
    freeze: bool = False
    hidden: int = 0
    levels: tuple[int, ...] = (1,)
    bfloat16: bool = False
    held_out: float = 0.1
    seed: int = 1

    def __post_init__(self) -> None:
        _check("arch", self.arch, self.arch in ARCHITECTURES, f"one of {', '.join(ARCHITECTURES)}")
        _check("optimizer", self.optimizer, self.optimizer in ("sgd", "adam"), "sgd or adam")
        _check("initial", self.initial, self.initial in WEIGHT_INITS, f"one of {', '.join(WEIGHT_INITS)}")
        if self.initial != "own" and self.arch != "alexnet":
            raise RecipeError("--initial is for the form of 2012: take --arch alexnet")
        for name in ("epochs", "batch_size", "patience"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        _check("lr", self.lr, math.isfinite(self.lr) and self.lr > 0, "a positive number")
        for name in ("momentum", "weight_decay", "dropout", "smoothing", "ema"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) < 1, "in 0 .. 1")
        _check("zoom", self.zoom, 0 < self.zoom <= 1, "above 0, at most 1")
        _check("mix", self.mix, 0 <= self.mix <= 100, "in 0 .. 100")
        _check("color", self.color, 0 <= self.color <= 10, "in 0 .. 10")
        _check("drops", self.drops, 0 <= self.drops <= 10, "in 0 .. 10")
        _check("size", self.size, 8 <= self.size <= 4096, "in 8 .. 4096")
        _check("held_out", self.held_out, 0 <= self.held_out <= 0.5, "in 0 .. 0.5")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in 0 .. 2^32 - 1")
        if not self.pages and self.resize < self.size:
            raise RecipeError(
                f"views of {self.size} pixels cannot be cut from images of {self.resize}: raise --resize"
            )
        if self.arch == "lenet5" and self.size != 32:
            raise RecipeError(f"lenet5 reads pictures of 32x32, not {self.size}")
        if self.pages and not self.freeze:
            raise RecipeError(
                "alexnet-pages trains its head alone: give --weights with the convolutions, and --freeze"
            )

    @property
    def pages(self) -> bool:
        """Whether whole images of any shape are read, and not squares."""
        return self.arch == "alexnet-pages"

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self) | {"levels": list(self.levels)}


def step_size(recipe: ClassifierRecipe, history: Sequence[dict[str, float]]) -> float:
    """The step of the next pass, from the figures of those before it: a resumed run takes the very same.

    Args:
        recipe: The settings.
        history: One row for each finished pass, with `held_out_error` where there is a held-out part, else
            `train_loss`. Passes that only guess are no stall.
    """
    if recipe.cosine:
        return recipe.lr * 0.5 * (1 + math.cos(math.pi * len(history) / recipe.epochs))
    best, stalled, drops = math.inf, 0, 0
    for row in history:
        if guessing([row], int(row.get("classes", 0)), 1):
            continue  # a smaller step would not help it to begin
        figure = row.get("held_out_error", row["train_loss"])
        if figure < best:
            best, stalled = figure, 0
        else:
            stalled += 1
        if stalled >= recipe.patience and drops < recipe.drops:
            drops, stalled = drops + 1, 0
    return float(recipe.lr * 0.1**drops)


def _check(name: str, value: object, fits: bool, wanted: str) -> None:
    if not fits:
        raise RecipeError(f"{name.replace('_', ' ')} must be {wanted}, not {value!r}")
