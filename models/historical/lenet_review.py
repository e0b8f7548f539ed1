"""LeNet-5 in the form of Review25: all C3 and S2 maps connected, average pooling, softmax."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models import criteria
from models.settings import check_labels, check_setting


@dataclass(frozen=True)
class LeNetReviewConfig:
    """Configuration of a `LeNetReview`, saved with its weights.

    Attributes:
        labels: Class names in the order of the output units.
        channels: Number of image channels: 1 for gray, 3 for color.
    """

    labels: tuple[str, ...]
    channels: int = 1

    def __post_init__(self) -> None:
        check_labels(self.labels, 2)
        check_setting("channels", self.channels, self.channels in (1, 3), "1 or 3")


class LeNetReview(nn.Module):
    """LeNet-5 of the review; 61,706 parameters for ten classes in gray.

    Args:
        config: Classes and channels.
    """

    def __init__(self, config: LeNetReviewConfig) -> None:
        super().__init__()
        self.config = config
        self.c1 = nn.Conv2d(config.channels, 6, 5)
        self.c3 = nn.Conv2d(6, 16, 5)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.out = nn.Linear(84, len(config.labels))
        self.pool = nn.AvgPool2d(2)
        for layer in (self.c1, self.c3, self.c5, self.f6, self.out):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    def forward(self, images: Tensor) -> Tensor:
        """Compute the scores (N, classes), before the softmax, of images (N, channels, 32, 32)."""
        maps = self.pool(torch.tanh(self.c1(images)))
        maps = self.pool(torch.tanh(self.c3(maps)))
        hidden = torch.tanh(self.c5(maps)).flatten(1)
        scores: Tensor = self.out(torch.tanh(self.f6(hidden)))
        return scores

    def log_posteriors(self, images: Tensor) -> Tensor:
        """Compute the log-posteriors (N, classes + 1) in nats; the last column, the rubbish class, is `NEVER`."""
        return criteria.never_rubbish(self(images))
