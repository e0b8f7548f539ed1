"""Training recipe of the field locator: all hyperparameters in one frozen dataclass."""

import math
from dataclasses import asdict, dataclass
from typing import Any

from docreader.training.common.recipe import check_setting as _check


@dataclass(frozen=True)
class LocatorRecipe:
    """Hyperparameters of a training run of the field locator.

    Attributes:
        epochs: Number of epochs.
        batch_size: Pages of a step.
        lr: Peak learning rate of AdamW, with linear warm-up and a cosine schedule.
        weight_decay: Decoupled weight decay.
        ema: Decay of the EMA of the weights; 0 for none.
        max_norm: Largest norm of the gradient.
        edges: Weight of the loss of the field's edges, in units of the loss of its place.
        kinds: Weight of the loss of the cells' kinds.
        page: Weight of the losses of orientation, check and void.
        turned: Share of pages turned by 90, 180 or 270 degrees.
        reduced: Share of pages made smaller on a larger ground.
        refresh: Epochs between refreshes of the candidates that a recognizer reads; without boxes only.
        candidates: Fields of the map that a refresh adds for a page.
        val_fraction: Share of the pages held out to select the best epoch; 0 selects the last.
        seed: Random seed.
    """

    epochs: int = 12
    batch_size: int = 16
    lr: float = 0.004
    weight_decay: float = 0.01
    ema: float = 0.997
    max_norm: float = 5.0
    edges: float = 0.6
    kinds: float = 0.7
    page: float = 1.0
    turned: float = 0.4
    reduced: float = 0.08
    refresh: int = 3
    candidates: int = 4
    val_fraction: float = 0.05
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "refresh", "candidates"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "at least 1")
        _check("batch_size", self.batch_size, self.batch_size >= 2, "at least 2, for batch normalization")
        _check("lr", self.lr, math.isfinite(self.lr) and self.lr > 0, "a positive number")
        _check("max_norm", self.max_norm, self.max_norm > 0, "a positive number")
        for name in ("weight_decay", "ema"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) < 1, "in 0 .. 1")
        for name in ("edges", "kinds", "page"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) <= 100, "in 0 .. 100")
        for name in ("turned", "reduced"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "in 0 .. 1")
        _check("val_fraction", self.val_fraction, 0 <= self.val_fraction <= 0.5, "in 0 .. 0.5")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in 0 .. 2^32 - 1")

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self)
