"""Segment scorer: a character recognizer and a shape model for candidate segments (GBL98 sec. V)."""

from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.errors import ConfigurationError
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5, LeNet5Config
from models.settings import check_setting

KINDS = ("digit", "point", "dash", "dirt", "fragment")
"""Classes of the shape model. "digit" is any character of a digit's size, "dirt" ink that is no character, "fragment" a
part of a character or more than one, which no correct path contains."""

NON_CHARACTER = "#"
"""Class of ink that is no character, the last of `SegmentScorer.classes`."""

BACKBONES = ("lenet5", "wide")


@dataclass(frozen=True)
class SegmentScorerConfig:
    """Configuration of a `SegmentScorer`, saved with its weights.

    Attributes:
        labels: Classes of the recognizer, digits first; the rubbish class follows them.
        features: Names of the shape features of a segment.
        backbone: Recognizer: lenet5 (`models.lenet5`) or wide (`models.lenet`).
        channels: Number of image channels: 1 for the segment alone, 2 with its context.
        maps: Maps of C1, C3 and C5, and units of F6; wide only.
        dropout: Dropout rate; wide only.
        normalization: Kind of batch normalization, see `models.lenet.LeNetConfig`; wide only.
        rubbish: Rubbish constant, see `models.lenet5.LeNet5Config`; lenet5 only.
        scale: Nats for one unit of penalty; lenet5 only.
    """

    method: ClassVar[str] = "hos"

    labels: tuple[str, ...]
    features: tuple[str, ...]
    backbone: str = "wide"
    channels: int = 2
    maps: tuple[int, int, int, int] = (32, 64, 192, 128)
    dropout: float = 0.2
    normalization: str = "pooled"
    rubbish: float = 50.0
    scale: float = 0.03

    def __post_init__(self) -> None:
        check_setting("backbone", self.backbone, self.backbone in BACKBONES, " or ".join(BACKBONES))
        if self.backbone == "lenet5" and self.channels != 1:
            raise ConfigurationError("the backbone lenet5 has one input channel: channels must be 1")
        check_setting("channels", self.channels, self.channels in (1, 2), "1 or 2")
        named = bool(self.features) and all(isinstance(name, str) for name in self.features)
        check_setting("features", self.features, named, "one or more names")


class SegmentScorer(nn.Module):
    """Scorer of candidate segments for each character.

    The score of a character is the sum of two log-probabilities: that of its kind given the shape, and that of the
    character given the image. Points and dashes that the recognizer lacks take its rubbish class; the shape model
    distinguishes them.

    Args:
        config: Classes, features, backbone.

    Attributes:
        shape: (kinds, 1 + 2 * features) weights of the shape model, log-linear in a constant, the features and their
            squares. Initially zero: all kinds are equally probable.
    """

    def __init__(self, config: SegmentScorerConfig) -> None:
        super().__init__()
        self.config = config
        if config.backbone == "lenet5":
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
        """Classes of the recognizer."""
        return self.config.labels

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes in the order of the scores, `NON_CHARACTER` last."""
        known = self.config.labels
        return (*known, *(c for c in ".-" if c not in known), NON_CHARACTER)

    def kinds(self, features: Tensor) -> Tensor:
        """Compute the log-probabilities of `KINDS` given the shape.

        Args:
            features: (N, features) shape features.

        Returns:
            (N, kinds) log-probabilities in nats.
        """
        columns = torch.cat([torch.ones_like(features[:, :1]), features, features.square()], dim=1)
        return F.log_softmax(F.linear(columns, self.shape), dim=1)

    def forward(self, images: Tensor, features: Tensor) -> Tensor:
        """Score segments for each class.

        Args:
            images: (N, channels, 32, 32), 0 paper to 1 ink.
            features: (N, features) shape features of the same segments.

        Returns:
            (N, len(classes)) log scores in nats.
        """
        return self.join(self.recognizer.log_posteriors(images), features)

    def join(self, posteriors: Tensor, features: Tensor) -> Tensor:
        """Combine the log-posteriors of the recognizer with the shape model.

        Args:
            posteriors: (N, labels + 1) log-probabilities in nats, the rubbish class last.
            features: (N, features) shape features of the same segments.

        Returns:
            (N, len(classes)) log scores in nats.
        """
        kinds = self.kinds(features)
        kind = [{".": 1, "-": 2, NON_CHARACTER: 3}.get(character, 0) for character in self.classes]
        none = len(self.config.labels)
        column = [min(number, none) for number in range(len(self.classes))]
        return kinds[:, kind] + posteriors[:, column]
