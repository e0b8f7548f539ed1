"""AlexNet in three forms: published in 2012, single column of 2014, and with batch normalization.

AlexNet12 is Krizhevsky, Sutskever, Hinton 2012. Deviations are listed with each form.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.errors import ConfigurationError
from models.settings import check_labels, check_setting

FORMS = ("2012", "2014", "batch-norm")
"""`2012`: AlexNet12, two groups, local response normalization, 227x227 without padding in conv1.
`2014`: Krizhevsky's single column ("one weird trick"), no normalization, any size by adaptive pooling to 6x6; the
layout of torchvision's `alexnet`. `batch-norm`: Review25's, batch norm after conv1 and conv2, no padding, no groups."""

SIZES = {"2012": 227, "2014": 224, "batch-norm": 224}
"""Side of the input square of each form, pixels."""

WEIGHT_INITS = ("own", "uniform", "caffe", "he")
"""Weight initializations: that of the form; uniform; that of Caffe; He's (see `AlexNet.reset_parameters`)."""

LRN = {"size": 5, "alpha": 1e-4, "beta": 0.75, "k": 2.0}
"""AlexNet12 sec. 3.3: b = a / (k + alpha * sum of a^2 over n neighboring maps) ^ beta, with n = `size`."""


@dataclass(frozen=True)
class AlexNetConfig:
    """Configuration of an `AlexNet`, saved with its weights.

    Attributes:
        labels: Class names in the order of the output units.
        form: One of `FORMS`.
        size: Side of the training square, pixels. The form `2012` requires this size, the others any size that leaves a
            map.
        stride: Stride of conv1: 4 in the papers; 2 for images of half the size with the same number of weights.
        dropout: Dropout rate of the inputs of the first two fully connected layers.
    """

    labels: tuple[str, ...]
    form: str = "2012"
    size: int = 227
    stride: int = 4
    dropout: float = 0.5

    def __post_init__(self) -> None:
        check_labels(self.labels, 2)
        check_setting("form", self.form, self.form in FORMS, f"one of {', '.join(FORMS)}")
        check_setting("stride", self.stride, isinstance(self.stride, int) and 1 <= self.stride <= 4, "1 to 4")
        check_setting("dropout", self.dropout, 0 <= self.dropout < 1, "in 0 .. 1")
        if not isinstance(self.size, int) or self.size > 4096 or self.grid < 1:
            raise ConfigurationError(
                f"images of {self.size!r} pixels leave no map after conv5 in the form {self.form!r}: take larger "
                f"ones ({SIZES[self.form]} is the form's own size) or a smaller stride than {self.stride}"
            )

    @property
    def grid(self) -> int:
        """Side of the map after the pooling of conv5 for images of `size`; below 1 if no map is left."""
        padded = self.form != "batch-norm"
        side = (self.size + (4 if self.form == "2014" else 0) - 11) // self.stride + 1
        side = (side - 3) // 2 + 1
        side = ((side if padded else side - 4) - 3) // 2 + 1
        return ((side if padded else side - 6) - 3) // 2 + 1


class LocalResponseNorm(nn.Module):
    """Local response normalization of the paper within each group of maps.

    torch's `local_response_norm` divides alpha by n, the paper does not. The neighbors of a map are those of its own
    column, so that no values cross between the two devices. A 1x1 convolution with a band matrix computes the sums over
    neighbors, three to five times faster than average pooling over a third dimension.

    Args:
        channels: Number of maps.
        groups: Number of columns.
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
        root = summed.rsqrt()  # beta is 3/4 = 1/2 + 1/4
        return (maps * (root * root.sqrt())).to(maps.dtype)


class AlexNet(nn.Module):
    """AlexNet in one of three forms; the outputs are scores before the softmax.

    Parameters for 1,000 classes: 60,965,224 in the form `2012`, 61,100,840 in `2014`. The form `batch-norm` with two
    classes has one sigmoid unit, 21,586,689 parameters, 21,585,985 of them trainable.

    Args:
        config: Form and classes.
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

    def reset_parameters(self, weight_init: str = "own") -> None:
        """Draw initial weights.

        * `own` in the form `2012`: the paper's N(0, 0.01), biases 1 in conv2, conv4, conv5, fc6, fc7 and 0 elsewhere.
        * `own` in the other forms, and `uniform`: uniform in +-1 / sqrt(fan-in), torch's default.
        * `caffe`: that of bvlc_alexnet, biases of 0.1 instead of 1, and N(0, 0.005) in fc6 and fc7.
        * `he`: N(0, 2 / fan-in) in the convolutions, which preserves the variance; N(0, 0.25 / fan-in) in the fully
          connected layers; biases 0.

        Biases of 1 activate all 4096 units of fc7 at once. With few classes, a step of fc8 then changes the scores
        about 4096 times as much as one unit would, which limits the learning rate to 0.0005. He's and Glorot's weights
        in the fully connected layers give first losses of 2 to 30, whose gradients silence most units.

        Args:
            weight_init: One of `WEIGHT_INITS`.
        """
        paper = weight_init == "caffe" or (weight_init == "own" and self.config.form == "2012")
        for name, layer in self.named_modules():
            if not isinstance(layer, nn.Conv2d | nn.Linear):
                continue
            own = name.rpartition(".")[2]
            if paper:
                full = own in ("fc6", "fc7")
                nn.init.normal_(layer.weight, 0.0, 0.005 if full and weight_init == "caffe" else 0.01)
                lifted = 0.1 if weight_init == "caffe" else 1.0
                up = full or own in ("conv2", "conv4", "conv5")
                nn.init.constant_(layer.bias, lifted if up else 0.0)  # type: ignore[arg-type]
            elif weight_init == "he":
                share = 2.0 if isinstance(layer, nn.Conv2d) else 0.25
                nn.init.normal_(layer.weight, 0.0, (share / layer.weight[0].numel()) ** 0.5)
                nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
            else:
                bound = layer.weight[0].numel() ** -0.5
                nn.init.uniform_(layer.weight, -bound, bound)
                nn.init.uniform_(layer.bias, -bound, bound)  # type: ignore[arg-type]

    def forward(self, images: Tensor) -> Tensor:
        """Score images.

        Args:
            images: (N, 3, H, W), normalized by the preprocessing.

        Returns:
            (N, classes) scores; their softmax is the posterior.
        """
        maps = self.pool(self.features(images)).flatten(1)
        hidden = F.relu(self.fc6(self.dropout(maps)))
        hidden = F.relu(self.fc7(self.dropout(hidden)))
        scores: Tensor = self.fc8(hidden)
        if self.single:
            scores = torch.cat([torch.zeros_like(scores), scores], 1)
        return scores


def convolutions(config: AlexNetConfig) -> nn.Sequential:
    """Build the convolutional layers, named conv1, relu1, norm1, pool1, ..."""
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
    """Return the five convolutions, their normalization, and whether max pooling follows."""
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
