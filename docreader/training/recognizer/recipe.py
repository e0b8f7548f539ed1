"""How a recognizer is trained: every number that decides the result, in one frozen record."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from docreader.training.common.errors import RecipeError
from docreader.training.recognizer.distortions import Distortion
from docreader.training.recognizer.negatives import Mixture

ARCHITECTURES = ("lenet5", "lenet5-review", "lenet1", "lenet")
"""LeNet-5 to the letter; the review's form of it; its forerunner; a wider one with batch norm, dropout and ReLU."""

CRITERIA = ("map", "ml")
OPTIMIZERS = ("adam", "sdlm")


@dataclass(frozen=True)
class Recipe:
    """Settings of one training run of the recognizer.

    Attributes:
        arch: One of `ARCHITECTURES`.
        maps: Maps of C1, C3 and C5, and units of F6, of `lenet`.
        dropout: Share of the units of C5 and F6 that `lenet` leaves out.
        epochs: Passes through the training digits.
        batch_size: Pictures for each step of the optimizer.
        optimizer: 'adam', or 'sdlm', the stochastic diagonal Levenberg-Marquardt of GBL98 appendix C.
        lr: Greatest step size of Adam; it rises through the first pass and falls to zero on a cosine. With 'sdlm' the
            step of the first passes, which falls as in the paper; there each step sees one picture.
        ema: Decay of the running mean of the weights; 0 takes the weights themselves.
        weight_decay: Decoupled weight decay.
        criterion: 'map' (GBL98 eq. 9) or 'ml' (eq. 8).
        rubbish: Negatives for each training digit; 0 trains on digits alone.
        rubbish_constant: The constant j of GBL98 eq. 9, in units of penalty.
        scale: Nats for one unit of penalty while training. The paper's 1 makes the criterion so sharp that only
            the mistakes pull; with a smaller one all digits do, and far fewer passes are needed. Scale and j are
            fitted to the held-out digits at the end.
        distort: Whether digits are distorted.
        plain: With `distort`, the share of digits shown as they are.
        trim: From the second quarter of the run on, a negative that lies as near to a character's code as this
            share of the digits do is left out: it most likely shows that character. 0 keeps all.
        held_out: Share of the training digits kept back for choosing the best pass; 0 takes the last.
        labels: The characters that class numbers 0, 1, ... stand for.
        seed: Start of every source of chance.
        distortion: How far digits are distorted.
        mixture: How many negatives of each kind.
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
    rubbish: float = 1.0
    rubbish_constant: float = 50.0
    scale: float = 0.03
    distort: bool = True
    plain: float = 0.2
    trim: float = 0.5
    held_out: float = 0.05
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
        _check("batch size", self.batch_size, self.batch_size >= 1, "at least 1")
        _check("lr", self.lr, math.isfinite(self.lr) and self.lr > 0, "a positive number")
        _check("weight decay", self.weight_decay, 0 <= self.weight_decay < 1, "in 0 .. 1")
        _check("criterion", self.criterion, self.criterion in CRITERIA, f"one of {', '.join(CRITERIA)}")
        _check("rubbish", self.rubbish, 0 <= self.rubbish <= 10, "in 0 .. 10 negatives for each digit")
        _check("rubbish constant", self.rubbish_constant, 0 < self.rubbish_constant < 1000, "above 0")
        _check("scale", self.scale, 0 < self.scale < 1000, "above 0")
        for name in ("plain", "trim"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) <= 1, "in 0 .. 1")
        _check("held out", self.held_out, 0 <= self.held_out <= 0.5, "in 0 .. 0.5")
        _check("seed", self.seed, 0 <= self.seed < 2**32, "in 0 .. 2^32 - 1")
        if self.criterion == "ml" and self.rubbish > 0:
            raise RecipeError(
                "the criterion 'ml' cannot learn from pictures of no character: take --criterion map or --rubbish 0"
            )
        if self.arch != "lenet5" and (self.criterion, self.optimizer) != ("map", "adam"):
            raise RecipeError("the criterion 'ml' and the optimizer 'sdlm' are LeNet-5's: take --arch lenet5")
        if self.arch in ("lenet5-review", "lenet1") and self.rubbish > 0:
            raise RecipeError(f"{self.arch} has no unit for pictures of no character: take --rubbish 0")
        if self.rubbish > 0 and self.distort and not self.distortion.segmented:
            raise RecipeError(
                "pictures of no character are made for digits that are normalized as segments are: take --rubbish 0"
            )

    def to_json(self) -> dict[str, Any]:
        """The settings as JSON values."""
        return asdict(self) | {"labels": list(self.labels), "maps": list(self.maps)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Recipe":
        """The recipe of `to_json`'s values.

        Raises:
            RecipeError: A name is unknown or missing, or a value makes no sense.
        """
        known = {f.name for f in fields(cls)}
        if set(values) != known:
            raise RecipeError(f"a recipe has the settings {sorted(known)}, not {sorted(values)}")
        try:
            return cls(
                **{
                    **values,
                    "labels": tuple(values["labels"]),
                    "maps": tuple(values["maps"]),
                    "distortion": Distortion(**values["distortion"]),
                    "mixture": Mixture(**values["mixture"]),
                }
            )
        except TypeError as error:
            raise RecipeError(f"the recipe is not valid: {error}") from error


def _check(name: str, value: object, fits: bool, wanted: str) -> None:
    if not fits:
        raise RecipeError(f"{name} must be {wanted}, not {value!r}")
