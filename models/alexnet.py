"""AlexNet in three forms: as published in 2012, the single column of 2014, and the review's with batch norm.

AlexNet12 is Krizhevsky, Sutskever, Hinton 2012. What differs from it is said at each form below.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.errors import ConfigurationError

FORMS = ("2012", "2014", "batch-norm")
"""`2012`: AlexNet12, two groups, local response normalization, 227x227 without padding in conv1.
`2014`: Krizhevsky's single column ("one weird trick"), no normalization, any size by adaptive pooling to 6x6; the
layout of torchvision's `alexnet`. `batch-norm`: Review25's, batch norm after conv1 and conv2, no padding, no groups."""

SIZES = {"2012": 227, "2014": 224, "batch-norm": 224}
"""Side of the square that each form was made for."""

INITIALS = ("own", "uniform", "caffe", "he")
"""How weights begin: as their form has it; uniform; as in Caffe's copy; He's (see `AlexNet.reset_parameters`)."""

LRN = {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 2.0}
"""AlexNet12 sec. 3.3: b = a / (k + alpha * sum of a^2 over n neighboring maps) ^ beta, with n = `size`."""


@dataclass(frozen=True)
class AlexNetConfig:
    """What defines one `AlexNet`, saved with its weights.

    Attributes:
        labels: Names of the classes, in the order of the output units.
        form: One of `FORMS`.
        size: Side of the square that it is trained on, in pixels. `2012` takes this size alone, the others any
            size that leaves a map.
        stride: of conv1. The papers have 4; 2 serves pictures of half the size at the same number of weights.
        dropout: Share of the inputs of the first two full layers that is left out in training.
    """

    labels: tuple[str, ...]
    form: str = "2012"
    size: int = 227
    stride: int = 4
    dropout: float = 0.5

    def __post_init__(self) -> None:
        if len(self.labels) < 2 or len(set(self.labels)) != len(self.labels):
            raise ConfigurationError(f"labels must be two or more different names, not {self.labels!r:.80}")
        if self.form not in FORMS:
            raise ConfigurationError(f"form must be one of {', '.join(FORMS)}, not {self.form!r:.80}")
        if not isinstance(self.stride, int) or not 1 <= self.stride <= 4:
            raise ConfigurationError(f"stride must be 1 to 4, not {self.stride!r}")
        if not 0 <= self.dropout < 1:
            raise ConfigurationError(f"dropout must be in 0 .. 1, not {self.dropout!r}")
        if not isinstance(self.size, int) or self.size > 4096 or self.grid < 1:
            raise ConfigurationError(
                f"pictures of {self.size!r} pixels leave no map behind conv5 in the form {self.form!r}: take larger "
                f"ones ({SIZES[self.form]} is the form's own size) or a smaller stride than {self.stride}"
            )

    @property
    def grid(self) -> int:
        """Side of the map behind conv5's pooling, for pictures of `size`; below 1 where nothing is left."""
        padded = self.form != "batch-norm"
        side = (self.size + (4 if self.form == "2014" else 0) - 11) // self.stride + 1
        side = (side - 3) // 2 + 1
        side = ((side if padded else side - 4) - 3) // 2 + 1
        return ((side if padded else side - 6) - 3) // 2 + 1


class LocalResponseNorm(nn.Module):
    """Local response normalization in the paper's form, within each group of maps.

    torch's `local_response_norm` divides alpha by n, the paper does not. In the two-column net the neighbors of a map
    are those in its own column, so that no values cross between the two devices. The sums over neighbors are a
    convolution of 1x1 with a band for weights, three to five times as quick as torch's average over a third dimension.

    Args:
        channels: Number of maps.
        groups: In how many columns they stand.
    """

    band: Tensor
    start: Tensor

    def __init__(self, channels: int, groups: int = 1) -> None:
        super().__init__()
        self.groups = groups
        width, reach = channels // groups, int(LRN["size"]) // 2
        band = LRN["alpha"] * torch.ones(width, width).triu(-reach).tril(reach)
        self.register_buffer("band", band.view(width, width, 1, 1).repeat(groups, 1, 1, 1), persistent=False)
        self.register_buffer("start", torch.full((channels,), LRN["k"]), persistent=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Normalize (N, channels, H, W)."""
        summed = F.conv2d(maps.square(), self.band, self.start, groups=self.groups)
        root = summed.rsqrt()  # beta is 3/4: the root, and the root of the root
        return (maps * (root * root.sqrt())).to(maps.dtype)


class AlexNet(nn.Module):
    """One of the three forms; scores of the classes before the softmax.

    Parameters for 1,000 classes: 60,965,224 in the form `2012`, 61,100,840 in `2014`; for two classes in the form
    `batch-norm`, whose one sigmoid unit gives the score of the second class over the first: 21,586,689, of which
    21,585,985 are trainable.

    Args:
        config: The form and its classes.
    """

    def __init__(self, config: AlexNetConfig) -> None:
        super().__init__()
        self.config = config
        self.features = convolutions(config)
        grid = {"2012": config.grid, "2014": 6, "batch-norm": 1}[config.form]
        self.pool: nn.Module = nn.Identity() if config.form == "2012" else nn.AdaptiveAvgPool2d(grid)
        self.fc6 = nn.Linear(256 * grid * grid, 4096)
        self.fc7 = nn.Linear(4096, 4096)
        classes = len(config.labels)
        self.single = config.form == "batch-norm" and classes == 2
        self.fc8 = nn.Linear(4096, 1 if self.single else classes)
        self.dropout = nn.Dropout(config.dropout)
        self.reset_parameters()

    def reset_parameters(self, initial: str = "own") -> None:
        """Draw initial weights.

        The form `2012` as in the paper: N(0, 0.01), biases 1 in conv2, conv4, conv5, fc6, fc7 and 0 elsewhere. The
        others uniform in +-1 / sqrt(fan-in), torch's own: the first scores are then small. He's and Glorot's larger
        weights give first losses of 2 to 30, whose gradients silence most of the full layers for good.

        Biases of 1 make all 4096 units of fc7 answer together: with few classes each step of fc8 then moves the scores
        by some 4096 times what one unit would, which bears steps of 0.0005 at most. `caffe` has 0.1 in their place, and
        N(0, 0.005) in fc6 and fc7, as Caffe's bvlc_alexnet.

        `he` keeps the variance of what passes through the convolutions, N(0, 2 / fan-in), and has small full layers,
        N(0, 0.25 / fan-in), all biases 0: there is something to learn from in the first step.

        Args:
            initial: One of `INITIALS`.
        """
        paper = initial == "caffe" or (initial == "own" and self.config.form == "2012")
        for name, layer in self.named_modules():
            if not isinstance(layer, nn.Conv2d | nn.Linear):
                continue
            own = name.rpartition(".")[2]
            if paper:
                full = own in ("fc6", "fc7")
                nn.init.normal_(layer.weight, 0.0, 0.005 if full and initial == "caffe" else 0.01)
                lifted = 0.1 if initial == "caffe" else 1.0
                up = full or own in ("conv2", "conv4", "conv5")
                nn.init.constant_(layer.bias, lifted if up else 0.0)  # type: ignore[arg-type]
            elif initial == "he":
                share = 2.0 if isinstance(layer, nn.Conv2d) else 0.25
                nn.init.normal_(layer.weight, 0.0, (share / layer.weight[0].numel()) ** 0.5)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
            else:
                bound = layer.weight[0].numel() ** -0.5
                nn.init.uniform_(layer.weight, -bound, bound)
                nn.init.uniform_(layer.bias, -bound, bound)  # type: ignore[arg-type]

    def forward(self, pictures: Tensor) -> Tensor:
        """Scores of pictures.

        Args:
            pictures: (N, 3, H, W), normalized as the model file says.

        Returns:
            (N, classes) scores; their softmax is the posterior.
        """
        maps = self.pool(self.features(pictures)).flatten(1)
        hidden = F.relu(self.fc6(self.dropout(maps)))
        hidden = F.relu(self.fc7(self.dropout(hidden)))
        scores: Tensor = self.fc8(hidden)
        if self.single:
            scores = torch.cat([torch.zeros_like(scores), scores], 1)
        return scores


def convolutions(config: AlexNetConfig) -> nn.Sequential:
    """The layers before the full ones, by name: conv1, relu1, norm1, pool1, ..."""
    layers = nn.Sequential()
    for number, (conv, norm, pooled) in enumerate(_stages(config), 1):
        layers.add_module(f"conv{number}", conv)
        if isinstance(norm, nn.BatchNorm2d):
            layers.add_module(f"norm{number}", norm)
        layers.add_module(f"relu{number}", nn.ReLU(inplace=True))
        if isinstance(norm, LocalResponseNorm):
            layers.add_module(f"norm{number}", norm)
        if pooled:
            layers.add_module(f"pool{number}", nn.MaxPool2d(3, 2))
    return layers


def _stages(config: AlexNetConfig) -> list[tuple[nn.Conv2d, nn.Module | None, bool]]:
    """The five convolutions, what normalizes each, and whether it is pooled."""
    stride = config.stride
    if config.form == "2012":
        return [
            (nn.Conv2d(3, 96, 11, stride), LocalResponseNorm(96, 2), True),
            (nn.Conv2d(96, 256, 5, padding=2, groups=2), LocalResponseNorm(256, 2), True),
            (nn.Conv2d(256, 384, 3, padding=1), None, False),
            (nn.Conv2d(384, 384, 3, padding=1, groups=2), None, False),
            (nn.Conv2d(384, 256, 3, padding=1, groups=2), None, True),
        ]
    if config.form == "2014":
        return [
            (nn.Conv2d(3, 64, 11, stride, padding=2), None, True),
            (nn.Conv2d(64, 192, 5, padding=2), None, True),
            (nn.Conv2d(192, 384, 3, padding=1), None, False),
            (nn.Conv2d(384, 256, 3, padding=1), None, False),
            (nn.Conv2d(256, 256, 3, padding=1), None, True),
        ]
    return [
        (nn.Conv2d(3, 96, 11, stride), nn.BatchNorm2d(96), True),
        (nn.Conv2d(96, 256, 5), nn.BatchNorm2d(256), True),
        (nn.Conv2d(256, 384, 3), None, False),
        (nn.Conv2d(384, 384, 3), None, False),
        (nn.Conv2d(384, 256, 3), None, True),
    ]
