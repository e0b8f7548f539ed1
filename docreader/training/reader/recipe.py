"""Settings of a reader's training."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from docreader.decoding import alphabet
from docreader.training.common.recipe import check_setting as _check
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.line_recognizers import LineRecognizerConfig
from models.sdnn import SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import CHANNELS, LineConfig
from segment.oversegmentation.graph import FEATURES

CRITERIA = ("viterbi", "discriminative-viterbi", "forward", "discriminative-forward")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class LineAugmentation:
    """Strength of the augmentation of line images: standard deviations unless noted otherwise.

    Attributes:
        scale: Logarithm of width and of height.
        shrink: Mean of the logarithm of the loss of height: dirt above or below makes characters smaller.
        small: Share of lines shrunk to as little as half their size, as form boxes or words in the field cause.
        widen: Mean of the logarithm by which lines are widened.
        shear: Pixels to the side per pixel down.
        rotation: Pixels down per pixel to the right.
        shift: Pixels (right, down).
        elastic: Largest amplitude of a smooth random displacement, pixels.
        stroke: Largest share of the change to strokes thicker by a pixel on each side, or thinner.
        blur: Share of blurred lines.
        gamma: Logarithm of the exponent of the gray values.
        fade: Largest loss of contrast.
        noise: Largest standard deviation of the pixel noise, in units of full ink.
        crossed: Share of lines with a thin stroke along their upper or lower edge.
        gap: Share of lines with a gap in the ink.
        no_ink: Share of lines without the channel of cleaned ink.
        no_image: Share of lines without the channel of the original image.
        recombined: Share of the labeled lines with the end of another line, see `augmentation.recombination`.
    """

    scale: float = 0.13
    shrink: float = 0.06
    small: float = 0.06
    widen: float = 0.0
    shear: float = 0.2
    rotation: float = 0.02
    shift: tuple[float, float] = (2.0, 1.2)
    elastic: float = 1.5
    stroke: float = 0.8
    blur: float = 0.25
    gamma: float = 0.25
    fade: float = 0.35
    noise: float = 0.08
    crossed: float = 0.06
    gap: float = 0.05
    no_ink: float = 0.06
    no_image: float = 0.08
    recombined: float = 0.5


@dataclass(frozen=True)
class SegmentAugmentation:
    """Strength of the augmentation of candidate segments: standard deviations unless noted otherwise.

    Attributes:
        copies: Augmented copies of each image, made and segmented before training, see `augmentation.field`.
        scale: Logarithm of width and of height, per image.
        jitter: The same, per segment.
        shear: Shift to the side per unit down, per image.
        rotation: Shift down per unit to the right, per image.
        shift: Pixels, per segment.
        elastic: Largest amplitude of a smooth random displacement, pixels.
        stroke: Largest share of the change to strokes thicker by a pixel on each side, or thinner.
        blur: Share of blurred images.
        gamma: Logarithm of the exponent of the gray values.
        fade: Largest loss of contrast.
        noise: Largest standard deviation of the pixel noise, in units of full ink.
        no_context: Share of images whose segments are shown without their context.
    """

    copies: int = 8
    scale: float = 0.15
    jitter: float = 0.07
    shear: float = 0.2
    rotation: float = 0.1
    shift: float = 0.8
    elastic: float = 2.2
    stroke: float = 0.8
    blur: float = 0.2
    gamma: float = 0.3
    fade: float = 0.4
    noise: float = 0.1
    no_context: float = 0.15


def default_augmentation(
    network: LineRecognizerConfig | SegmentScorerConfig,
) -> LineAugmentation | SegmentAugmentation:
    """Return the augmentation for the examples of a network."""
    if network.method == "hos":
        return SegmentAugmentation()
    # LeNet-5 has the channel of cleaned ink alone
    return LineAugmentation(no_ink=0.0) if network.backbone == "lenet5" else LineAugmentation()


def default_network(method: str, backbone: str) -> LineRecognizerConfig | SegmentScorerConfig:
    """Return the configuration of a network that is trained from random weights.

    Args:
        method: 'sdnn' or 'hos'.
        backbone: 'lenet5', the network of the paper for digits alone, or 'wide'.
    """
    if method == "hos":
        if backbone == "lenet5":
            return SegmentScorerConfig(tuple(alphabet.DIGITS), FEATURES, backbone="lenet5", channels=1)
        return SegmentScorerConfig(tuple(alphabet.CHARACTERS), FEATURES)
    if backbone == "lenet5":
        return LeNet5SDNNConfig()
    return SDNNConfig(
        labels=tuple(alphabet.CHARACTERS),
        channels=CHANNELS,
        height=LineConfig().height,
        maps=(24, 48, 192, 128),
        refine=2,
        context=(1, 2, 4, 8),
        dropout=0.2,
        strided=True,
    )


@dataclass(frozen=True)
class ReaderRecipe:
    """Settings of one training run.

    Attributes:
        epochs: Passes through the labeled strings.
        batch_size: Strings per step.
        lr: Peak learning rate of AdamW; linear warm-up in the first 3 % of the run, then cosine decay.
        weight_decay: Decoupled weight decay of matrices and kernels.
        clip: Largest norm of the gradient.
        ema: Decay of the EMA of the weights, which is validated and saved.
        criterion: Training loss, one of `CRITERIA`.
        synthetic: Share of synthesized strings in each batch.
        negative: Share of images without a clean amount in each batch.
        pool: Number of synthesized strings, and of synthesized images without a clean amount.
        styles: Styles of the synthesized strings, with their shares.
        max_loss: Largest loss in nats of a synthesized string under the initial network: a string above it is left
            out, since cleaning lost the amount; 0 keeps all.
        fonts: SHA-256 of the fonts of synthesized fields of the world, hexadecimal; empty without fonts.
        val_fraction: Share of the labeled strings held out to select the epoch and to calibrate.
        patience: Epochs without improvement that end the run; 0 disables early stopping.
        seed: Random seed.
        precision: Precision of the convolutions in training.
        augmentation: Augmentation of line images or candidate segments.
        network: Configuration of the network.
        line: Format of the line images; None is the network's default.
    """

    epochs: int = 100
    batch_size: int = 32
    lr: float = 3e-3
    weight_decay: float = 2e-2
    clip: float = 5.0
    ema: float = 0.997
    criterion: str = "discriminative-forward"
    synthetic: float = 0.0
    negative: float = 0.0
    pool: int = 6000
    styles: tuple[tuple[str, float], ...] = (("chile", 0.35), ("inr", 0.2), ("mixed", 0.45))
    max_loss: float = 0.0
    fonts: str = ""
    val_fraction: float = 0.1
    patience: int = 0
    seed: int = 1
    precision: str = "float32"
    augmentation: LineAugmentation | SegmentAugmentation = field(default_factory=LineAugmentation)
    network: LineRecognizerConfig | SegmentScorerConfig = field(
        default_factory=lambda: default_network("sdnn", "wide")
    )
    line: LineConfig | None = None

    def __post_init__(self) -> None:
        for name in ("epochs", "pool"):
            _check(name, getattr(self, name), getattr(self, name) >= 1, "1 or more")
        # batch normalization compares the strings of a batch
        _check("batch_size", self.batch_size, self.batch_size >= 2, "2 or more")
        for name in ("lr", "clip"):
            _check(name, getattr(self, name), getattr(self, name) > 0, "above 0")
        for name in ("synthetic", "negative", "val_fraction"):
            _check(name, getattr(self, name), 0 <= getattr(self, name) <= 0.9, "within 0 .. 0.9")
        shares = self.synthetic + self.negative
        _check("synthetic + negative", shares, shares <= 0.9, "within 0 .. 0.9")
        spoiled = not self.negative or alphabet.OTHER in self.network.labels
        _check("negative", self.negative, spoiled, f"0 for a network without the class {alphabet.OTHER}")
        _check("criterion", self.criterion, self.criterion in CRITERIA, f"one of {', '.join(CRITERIA)}")
        _check("precision", self.precision, self.precision in PRECISIONS, " or ".join(PRECISIONS))
        _check("ema", self.ema, 0 <= self.ema < 1, "within 0 .. 1")
        for name in ("patience", "seed", "max_loss"):
            _check(name, getattr(self, name), getattr(self, name) >= 0, "0 or more")

    @property
    def synthesized(self) -> int:
        """Number of synthesized strings in a batch."""
        return min(round(self.batch_size * self.synthetic), self.batch_size - 1)

    @property
    def negatives(self) -> int:
        """Number of images without a clean amount in a batch."""
        return min(round(self.batch_size * self.negative), self.batch_size - self.synthesized - 1)

    def to_json(self) -> dict[str, Any]:
        """Return the recipe as JSON values."""
        values: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return values
