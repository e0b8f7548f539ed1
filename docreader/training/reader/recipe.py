"""How a reader is trained: every number that decides the result, in one frozen record."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from docreader.decoding.alphabet import CHARACTERS
from docreader.recognition.line_views import default_line_config
from docreader.training.common.errors import RecipeError
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.line_recognizers import LineRecognizerConfig
from models.sdnn import SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import CHANNELS, LineConfig

CRITERIA = ("viterbi", "discriminative-viterbi", "forward", "discriminative-forward")
PRECISIONS = ("float32", "bfloat16")


@dataclass(frozen=True)
class Augmentation:
    """How far lines are distorted: standard deviations unless said otherwise.

    Attributes:
        scale: of the logarithm of width and of height.
        shrink: mean of the logarithm by which the height shrinks: dirt above or below makes characters smaller.
        small: share of lines that shrink to as little as half their size, as where a box or words took the height.
        widen: mean of the logarithm by which lines are widened.
        shear: pixels sideways for one down.
        turn: pixels down for one to the right.
        shift: (right, down) in pixels.
        elastic: greatest strength of a smooth random displacement, pixels.
        stroke: greatest share of the way to strokes that are a pixel thicker at each side, or thinner.
        blur: share of lines that are blurred.
        gamma: of the logarithm of the exponent of gray values.
        fade: greatest loss of contrast.
        noise: greatest standard deviation of the noise of a pixel, of 1 for full ink.
        crossed: share of lines with a thin line drawn across.
        gap: share of lines with a gap in the ink.
        no_ink: share of lines without their cleaned picture.
        no_image: share of lines without the picture as it was.
        spliced: share of the labeled lines that get the end of another, see `augmentation.recombination`.
    """

    scale: float = 0.13
    shrink: float = 0.06
    small: float = 0.06
    widen: float = 0.0
    shear: float = 0.2
    turn: float = 0.02
    shift: tuple[float, float] = (2.0, 1.2)
    elastic: float = 1.5
    stroke: float = 0.8
    blur: float = 0.25
    gamma: float = 0.25
    fade: float = 0.35
    noise: float = 0.08
    crossed: float = 0.1
    gap: float = 0.05
    no_ink: float = 0.08
    no_image: float = 0.17
    spliced: float = 0.5


@dataclass(frozen=True)
class PieceDistortion:
    """How far the pictures of candidate segments are distorted: standard deviations unless said otherwise.

    Attributes:
        copies: distorted copies of each field that are made and cut ahead, see `augmentation.field`.
        scale: of the logarithm of width and of height, for a field.
        jitter: the same for each picture.
        shear: sideways for one down, for a field.
        turn: down for one to the right, for a field.
        shift: in pixels, for each picture.
        elastic: greatest strength of a smooth random displacement, pixels.
        stroke: greatest share of the way to strokes that are a pixel thicker at each side, or thinner.
        blur: share of fields that are blurred.
        gamma: of the logarithm of the exponent of gray values.
        fade: greatest loss of contrast.
        noise: greatest standard deviation of the noise of a pixel, of 1 for full ink.
        alone: share of fields whose segments are shown without their surroundings.
    """

    copies: int = 8
    scale: float = 0.15
    jitter: float = 0.07
    shear: float = 0.2
    turn: float = 0.1
    shift: float = 0.8
    elastic: float = 2.2
    stroke: float = 0.8
    blur: float = 0.2
    gamma: float = 0.3
    fade: float = 0.4
    noise: float = 0.1
    alone: float = 0.15


def usual_distortion(network: LineRecognizerConfig | SegmentScorerConfig) -> Augmentation | PieceDistortion:
    """How the examples of a network are distorted, unless something else is wanted."""
    if isinstance(network, SegmentScorerConfig):
        return PieceDistortion()
    # LeNet-5 to the letter sees cleaned ink alone: without it there is nothing to learn.
    return Augmentation(no_ink=0.0) if isinstance(network, LeNet5SDNNConfig) else Augmentation()


@dataclass(frozen=True)
class ReaderRecipe:
    """Settings of one training run.

    Attributes:
        passes: through the labeled strings.
        batch_size: strings for each step of the optimizer.
        lr: greatest step size of AdamW; it rises through the first 3 % of the run and falls to zero on a cosine.
        weight_decay: decoupled, on matrices and kernels alone.
        clip: greatest norm of the gradient.
        averaging: share that the mean of the weights keeps at each step; the mean is what is measured and saved.
        criterion: one of `CRITERIA`.
        synthetic: share of each batch that is synthesized.
        pool: synthesized strings to draw from.
        styles: looks of the synthesized strings, with their shares.
        held_out: share of the labeled strings kept back for choosing the pass and for calibration.
        patience: passes without improvement on the held-out strings after which training stops; 0 goes to the end.
        seed: start of every source of chance.
        precision: of the convolutions while training; bfloat16 is quicker where the processor has it.
        augmentation: how far lines, or pictures of segments, are distorted.
        network: form of the network, which says by which method it reads.
        line: how lines are made; None is as usual for the network, or that it reads no lines.
    """

    passes: int = 100
    batch_size: int = 32
    lr: float = 3e-3
    weight_decay: float = 2e-2
    clip: float = 5.0
    averaging: float = 0.997
    criterion: str = "discriminative-forward"
    synthetic: float = 0.0
    pool: int = 6000
    styles: tuple[tuple[str, float], ...] = (("chile", 0.35), ("inr", 0.2), ("mixed", 0.45))
    held_out: float = 0.1
    patience: int = 0
    seed: int = 1
    precision: str = "float32"
    augmentation: Augmentation | PieceDistortion = field(default_factory=Augmentation)
    network: LineRecognizerConfig | SegmentScorerConfig = field(
        default_factory=lambda: SDNNConfig(
            labels=tuple(CHARACTERS),
            channels=CHANNELS,
            height=LineConfig().height,
            maps=(24, 48, 192, 128),
            refine=2,
            context=(1, 2, 4),
            dropout=0.2,
            strided=True,
        )
    )
    line: LineConfig | None = None

    def __post_init__(self) -> None:
        if isinstance(self.network, SegmentScorerConfig) != isinstance(self.augmentation, PieceDistortion):
            raise RecipeError(
                "lines are distorted for a network that sweeps, segments for one that reads segments"
            )
        for name in ("passes", "batch_size", "pool"):
            if getattr(self, name) < 1:
                raise RecipeError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if self.batch_size < 2:
            raise RecipeError(
                "batch_size must be 2 or more: batch normalization compares the strings of a batch"
            )
        for name in ("lr", "clip"):
            if not getattr(self, name) > 0:
                raise RecipeError(f"{name} must be above 0, not {getattr(self, name)}")
        for name in ("synthetic", "held_out"):
            if not 0 <= getattr(self, name) <= 0.9:
                raise RecipeError(f"{name} must be within 0 .. 0.9, not {getattr(self, name)}")
        if self.criterion not in CRITERIA:
            raise RecipeError(f"criterion must be one of {', '.join(CRITERIA)}, not {self.criterion!r}")
        if self.precision not in PRECISIONS:
            raise RecipeError(f"precision must be {' or '.join(PRECISIONS)}, not {self.precision!r}")
        if not 0 <= self.averaging < 1:
            raise RecipeError(f"averaging must be within 0 .. 1, not {self.averaging}")
        if self.patience < 0 or self.seed < 0:
            raise RecipeError("patience and seed must not be below 0")

    @property
    def line_form(self) -> LineConfig:
        """How lines are made for a network that sweeps."""
        assert not isinstance(self.network, SegmentScorerConfig)
        return self.line or default_line_config(self.network)

    @property
    def synthesized(self) -> int:
        """Synthesized strings in a batch."""
        return min(round(self.batch_size * self.synthetic), self.batch_size - 1)

    def to_json(self) -> dict[str, Any]:
        """The recipe as JSON values."""
        values: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return values
