"""What scores candidate segments: a recognizer of their pictures beside a model of their shapes (GBL98 sec. V)."""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.errors import ConfigurationError
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5, LeNet5Config

KINDS = ("digit", "point", "dash", "dirt", "fragment")
"""What a candidate segment can be by its shape alone; "digit" is any character of a digit's size. A fragment is part of
a character, or more than one: no path should go through it."""

NON_CHARACTER = "#"
"""Ink that is no character, the last thing a segment can be read as."""

RECOGNIZERS = ("lenet5", "lenet")


@dataclass(frozen=True)
class SegmentScorerConfig:
    """What defines one `SegmentScorer`, saved with its weights.

    Attributes:
        labels: The characters that the recognizer tells apart, digits first; "no character" comes after them.
        features: Names of the numbers that describe a segment's shape.
        recognizer: lenet5, to the letter of the paper, or lenet, the wider member of its family.
        channels: Pictures of a segment that are read together: 1 it alone, 2 also what stands around it.
        maps: Maps of C1, C3 and C5, and units of F6, of the wider one.
        dropout: Share of units that the wider one leaves out in training.
        normalization: Of the wider one, see `models.lenet.LeNetConfig`.
        rubbish: Of LeNet-5, see `models.lenet5.LeNet5Config`.
        scale: Of LeNet-5's penalties.
    """

    method: ClassVar[str] = "hos"

    labels: tuple[str, ...]
    features: tuple[str, ...]
    recognizer: str = "lenet"
    channels: int = 2
    maps: tuple[int, int, int, int] = (32, 64, 192, 128)
    dropout: float = 0.2
    normalization: str = "pooled"
    rubbish: float = 50.0
    scale: float = 0.03

    def __post_init__(self) -> None:
        if self.recognizer not in RECOGNIZERS:
            raise ConfigurationError(
                f"recognizer must be {' or '.join(RECOGNIZERS)}, not {self.recognizer!r}"
            )
        if self.recognizer == "lenet5" and self.channels != 1:
            raise ConfigurationError("LeNet-5 to the letter sees one picture: channels must be 1")
        if self.channels not in (1, 2):
            raise ConfigurationError(f"channels must be 1 or 2, not {self.channels!r}")
        if not self.features or not all(isinstance(name, str) for name in self.features):
            raise ConfigurationError(f"features must be one or more names, not {self.features!r}")


class SegmentScorer(nn.Module):
    """Scores every candidate segment as every character.

    The score of a character is the log-probability of its kind by shape, plus the recognizer's log-probability of the
    character against all others and "no character". Where the recognizer does not know points and dashes, "no
    character" stands for them, and the shape decides.

    Args:
        config: Labels, features, recognizer.

    Attributes:
        shape: (kinds, 1 + 2 * features) weights of constant, features and squared features: a log-linear model in which
            a bell-shaped preference for each feature is one point. All zero at birth: shapes say nothing.
    """

    def __init__(self, config: SegmentScorerConfig) -> None:
        super().__init__()
        self.config = config
        if config.recognizer == "lenet5":
            self.recognizer: LeNet5 | LeNet = LeNet5(
                LeNet5Config(labels=config.labels, rubbish=config.rubbish, scale=config.scale)
            )
        else:
            self.recognizer = LeNet(
                LeNetConfig(config.labels, config.channels, config.maps, config.normalization, config.dropout)
            )
        self.shape = nn.Parameter(torch.zeros(len(KINDS), 1 + 2 * len(config.features)))

    @property
    def labels(self) -> tuple[str, ...]:
        """The characters that the recognizer tells apart."""
        return self.config.labels

    @property
    def classes(self) -> tuple[str, ...]:
        """The characters that a segment may be read as, in the order of the scores; dirt is the last."""
        known = self.config.labels
        return (*known, *(c for c in ".-" if c not in known), NON_CHARACTER)

    def kinds(self, features: Tensor) -> Tensor:
        """Log-probability of each of `KINDS` by shape.

        Args:
            features: (N, features).

        Returns:
            (N, kinds) nats.
        """
        columns = torch.cat([torch.ones_like(features[:, :1]), features, features.square()], dim=1)
        return F.log_softmax(F.linear(columns, self.shape), dim=1)

    def forward(self, pictures: Tensor, features: Tensor) -> Tensor:
        """Scores of the characters.

        Args:
            pictures: (N, channels, 32, 32), 0 = paper to 1 = ink.
            features: (N, features) of the same segments.

        Returns:
            (N, len(classes)) log scores, nats.
        """
        return self.join(self.recognizer.log_posteriors(pictures), features)

    def join(self, posteriors: Tensor, features: Tensor) -> Tensor:
        """Scores from what the recognizer says and shapes.

        Args:
            posteriors: (N, labels + 1) log-probabilities, "no character" last.
            features: (N, features) of the same segments.

        Returns:
            (N, len(classes)) log scores, nats.
        """
        kinds = self.kinds(features)
        kind = [{".": 1, "-": 2, NON_CHARACTER: 3}.get(character, 0) for character in self.classes]
        none = len(self.config.labels)
        column = [min(number, none) for number in range(len(self.classes))]
        return kinds[:, kind] + posteriors[:, column]
