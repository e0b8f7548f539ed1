"""Training recipe of the recognizer: all hyperparameters in one frozen dataclass."""

import math
from dataclasses import asdict, dataclass, field
from typing import Any

from docreader.training.common.errors import RecipeError
from docreader.training.common.recipe import check_setting as _check
from docreader.training.recognizer.distortions import Distortion
from docreader.training.recognizer.negatives import Mixture

ARCHITECTURES = ("lenet5", "lenet5-review", "lenet1", "lenet")
"""LeNet-5 of the paper; that of the review; LeNet-1; a wider LeNet-5 with batch normalization, dropout and ReLU."""

CRITERIA = ("map", "ml")
OPTIMIZERS = ("adam", "sdlm")


@dataclass(frozen=True)
class Recipe:
    """Hyperparameters of a training run of the recognizer.

    Attributes:
        arch: One of `ARCHITECTURES`.
        maps: Maps of C1, C3 and C5, and units of F6; `lenet` only.
        dropout: Dropout rate of the units of C5 and F6; `lenet` only.
        epochs: Number of epochs.
        batch_size: Images of a step.
        optimizer: 'adam' (AdamW), or 'sdlm', stochastic diagonal Levenberg-Marquardt (GBL98 appendix C).
        lr: Peak learning rate of AdamW, with linear warm-up and a cosine schedule. With 'sdlm' the learning rate of the
            first epochs, lowered as in the paper.
        ema: Decay of the EMA of the weights; 0 for none.
        weight_decay: Decoupled weight decay.
        criterion: 'map' (GBL98 eq. 9) or 'ml' (eq. 8).
        negatives_per_digit: Negatives for each training digit, targets of the rubbish class; 0 for none.
        rubbish_constant: Constant j of GBL98 eq. 9, in units of penalty.
        scale: Nats for one unit of penalty in training. With the paper's 1, misclassified digits dominate the gradient;
            a smaller scale needs fewer epochs. Scale and j are fitted to the held-out digits at the end.
        distort: Whether digits are distorted.
        clean_fraction: Fraction of undistorted digits if `distort` is set.
        trim: Quantile of the digits' distance to their code. After the first quarter of the run, negatives nearer to
            the code of a character than this are dropped, because they most likely show that character. 0 keeps all.
        val_fraction: Fraction of the training digits held out to select the best epoch; 0 selects the last.
        labels: Classes, characters in the order of the class numbers.
        seed: Random seed.
        distortion: Strength of the distortions.
        mixture: Relative frequency of the kinds of negatives.
    """

    arch: str = "lenet5"
    maps: tuple[int, int, int, int] = (24, 64, 192, 128)
    dropout: float = 0.2
    epochs: int = 24
    batch_size: int = 128
    optimizer: str = "adam"
    lr: float = 0.005
    ema: float = 0.0
    weight_decay: float = 0.0
    criterion: str = "map"
    negatives_per_digit: float = 1.0
    rubbish_constant: float = 50.0
    scale: float = 0.03
    distort: bool = True
    clean_fraction: float = 0.2
    trim: float = 0.5
    val_fraction: float = 0.05
    labels: tuple[str, ...] = tuple("0123456789")
    seed: int = 1
    distortion: Distortion = field(default_factory=Distortion)
    mixture: Mixture = field(default_factory=Mixture)

    def __post_init__(self) -> None:
        _check("arch", self.arch, self.arch in ARCHITECTURES, f"one of {', '.join(ARCHITECTURES)}")
        _check("optimizer", self.optimizer, self.optimizer in OPTIMIZERS, f"one of {', '.join(OPTIMIZERS)}")
        _check("maps", self.maps, len(self.maps) == 4 and min(self.maps) >= 1, "four numbers above 0")
        for name in ("ema", "dropout"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) < 1, "in 0 .. 1")
        _check("epochs", self.epochs, self.epochs >= 1, "at least 1")
        _check("batch_size", self.batch_size, self.batch_size >= 1, "at least 1")
        _check("lr", self.lr, math.isfinite(self.lr) and self.lr > 0, "a positive number")
        _check("weight_decay", self.weight_decay, 0 <= self.weight_decay < 1, "in 0 .. 1")
        _check("criterion", self.criterion, self.criterion in CRITERIA, f"one of {', '.join(CRITERIA)}")
        negatives = self.negatives_per_digit
        _check("negatives_per_digit", negatives, 0 <= negatives <= 10, "in 0 .. 10")
        _check("rubbish_constant", self.rubbish_constant, 0 < self.rubbish_constant < 1000, "above 0")
        _check("scale", self.scale, 0 < self.scale < 1000, "above 0")
        for name in ("clean_fraction", "trim"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "in 0 .. 1")
        _check("val_fraction", self.val_fraction, 0 <= self.val_fraction <= 0.5, "in 0 .. 0.5")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in 0 .. 2^32 - 1")
        without = "take --negatives-per-digit 0"
        if self.criterion == "ml" and negatives > 0:
            raise RecipeError(
                f"the criterion 'ml' cannot learn from negatives: take --criterion map, or {without}"
            )
        if self.arch != "lenet5" and (self.criterion, self.optimizer) != ("map", "adam"):
            raise RecipeError(
                "the criterion 'ml' and the optimizer 'sdlm' are for LeNet-5 alone: take --arch lenet5"
            )
        if self.arch in ("lenet5-review", "lenet1") and negatives > 0:
            raise RecipeError(f"{self.arch} has no output for the rubbish class: {without}")
        if negatives > 0 and self.distort and not self.distortion.segmented:
            raise RecipeError(f"negatives require digits normalized like segments: {without}")

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values."""
        return asdict(self) | {"labels": list(self.labels), "maps": list(self.maps)}
