"""LeNet-5 as published (GBL98 sec. II-B): the character recognizer.

Layers, parameters and connections are those of the paper; deviations: `docs/deviations.md`.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models import criteria, rbf_codes
from models.errors import ConfigurationError
from models.settings import check_labels, check_setting

IMAGE_SIZE = 32
CODE_SIZE = rbf_codes.HEIGHT * rbf_codes.WIDTH

# GBL98 table I: the S2 maps connected to each C3 map.
C3_TABLE = (
    (0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5),
    (0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5),
    (0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5),
    (0, 1, 2, 3, 4, 5),
)  # fmt: skip

CHUNK = 64
"""Images of one forward pass on the CPU: their maps fit into the cache, which doubles the speed."""

# GBL98 sec. II-B: white is -0.1 and black 1.175, which makes the mean about 0 and the variance about 1.
WHITE = -0.1
BLACK = 1.175


@dataclass(frozen=True)
class LeNet5Config:
    """Configuration of a `LeNet5`, saved with its weights.

    Attributes:
        labels: Classes in the order of the output units, distinct printable ASCII characters.
        rubbish: Initial constant j > 0 of GBL98 eq. 9, the penalty of the rubbish class ("no character").
        scale: Initial nats for one unit of penalty; 1 in the paper.
    """

    method: ClassVar[str] = "hos"
    backbone: ClassVar[Literal["lenet5"]] = "lenet5"

    labels: tuple[str, ...] = tuple("0123456789")
    rubbish: float = 50.0
    scale: float = 1.0

    def __post_init__(self) -> None:
        check_labels(self.labels)
        for label in self.labels:
            if not isinstance(label, str) or len(label) != 1 or label not in rbf_codes.CHARACTERS:
                raise ConfigurationError(f"label {label!r} is not one printable ASCII character")
        for name in ("rubbish", "scale"):
            value = getattr(self, name)
            positive = isinstance(value, float) and 0 < value < math.inf
            check_setting(name, value, positive, "a positive float")


def squash(a: Tensor) -> Tensor:
    """Apply the scaled hyperbolic tangent f(a) = 1.7159 tanh(2a/3), for which f(1) = 1 and f(-1) = -1."""
    return 1.7159 * torch.tanh(a * (2.0 / 3.0))


def _uniform(shape: tuple[int, ...], fan_in: int) -> Tensor:
    """Draw initial weights uniformly from +-2.4/F, F the fan-in of the unit (GBL98 appendix A)."""
    return torch.empty(shape).uniform_(-2.4 / fan_in, 2.4 / fan_in)


class Convolution(nn.Module):
    """Squashed 5x5 convolution of all input maps: layers C1 and C5.

    Args:
        inputs: Number of input maps.
        outputs: Number of output maps.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(_uniform((outputs, inputs, 5, 5), inputs * 25))
        self.bias = nn.Parameter(_uniform((outputs,), inputs * 25))

    def forward(self, x: Tensor) -> Tensor:
        """Compute maps (N, outputs, H - 4, W - 4) of maps (N, inputs, H, W)."""
        return squash(F.conv2d(x, self.weight, self.bias))


class SubSampling(nn.Module):
    """Squashed sum of each 2x2 block with a trainable coefficient and bias: layers S2 and S4.

    Args:
        maps: Number of maps.
    """

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(_uniform((maps,), 4))
        self.bias = nn.Parameter(_uniform((maps,), 4))

    def forward(self, x: Tensor) -> Tensor:
        """Compute maps (N, maps, H / 2, W / 2) of maps (N, maps, H, W)."""
        total = F.avg_pool2d(x, 2) * (4.0 * self.coefficient).view(-1, 1, 1)
        return squash(total + self.bias.view(-1, 1, 1))


class TableConvolution(nn.Module):
    """Squashed 5x5 convolution with a connection table: layer C3.

    Only the kernels of the table are parameters (60 of 96 for C3). The forward pass scatters them into a dense
    convolution, which is faster than sixteen small ones.

    Args:
        inputs: Number of input maps.
        table: Connected input maps of each output map.
    """

    def __init__(self, inputs: int, table: tuple[tuple[int, ...], ...]) -> None:
        super().__init__()
        self.inputs = inputs
        self.outputs = len(table)
        self.weight = nn.Parameter(torch.cat([_uniform((len(maps), 5, 5), len(maps) * 25) for maps in table]))
        self.bias = nn.Parameter(torch.cat([_uniform((1,), len(maps) * 25) for maps in table]))
        places = [out * inputs + source for out, maps in enumerate(table) for source in maps]
        self.places: Tensor
        self.register_buffer("places", torch.tensor(places), persistent=False)

    def spread(self, kernels: Tensor) -> Tensor:
        """Scatter the kernels of the table into (outputs, inputs, 5, 5), zero without a connection."""
        dense = kernels.new_zeros(self.outputs * self.inputs, 5, 5)
        return dense.index_copy(0, self.places, kernels).view(self.outputs, self.inputs, 5, 5)

    def dense_weight(self) -> Tensor:
        """Return the trained kernels as a dense tensor (outputs, inputs, 5, 5)."""
        return self.spread(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        """Compute maps (N, outputs, H - 4, W - 4) of maps (N, inputs, H, W)."""
        return squash(F.conv2d(x, self.dense_weight(), self.bias))


class FullConnection(nn.Module):
    """Squashed linear layer: layer F6.

    Args:
        inputs: Number of inputs.
        outputs: Number of units.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(_uniform((outputs, inputs), inputs))
        self.bias = nn.Parameter(_uniform((outputs,), inputs))

    def forward(self, x: Tensor) -> Tensor:
        """Compute units (..., outputs) of units (..., inputs)."""
        return squash(F.linear(x, self.weight, self.bias))


class RadialBasis(nn.Module):
    """Euclidean radial basis functions: the output layer, squared distances to the code of each class.

    The codes are parameters without gradient, fixed unless global training enables it.

    Args:
        codes: (classes, 84) target codes.
    """

    def __init__(self, codes: Tensor) -> None:
        super().__init__()
        self.codes = nn.Parameter(codes.clone(), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """Compute penalties y_i = sum_j (x_j - w_ij)^2 >= 0, (..., classes), of features (..., 84)."""
        # The product form avoids a (..., classes, 84) tensor; rounding may make it slightly negative.
        squares = x.square().sum(-1, keepdim=True) + self.codes.square().sum(-1)
        return (squares - 2.0 * F.linear(x, self.codes)).clamp_min(0.0)


class LeNet5(nn.Module):
    """LeNet-5: seven layers from a 32x32 image to one penalty for each class.

    The layers up to F6 have exactly 60,000 parameters. The codes of the output layer, the constant j of the rubbish
    class and the scale are parameters without gradient, fitted by calibration or global training.

    Args:
        config: Classes, rubbish constant, scale.

    Example:
        >>> import torch
        >>> model = LeNet5()
        >>> model.log_posteriors(torch.zeros(2, 1, 32, 32)).shape  # ten digits and "no character"
        torch.Size([2, 11])
    """

    def __init__(self, config: LeNet5Config | None = None) -> None:
        super().__init__()
        self.config = config or LeNet5Config()
        self.c1 = Convolution(1, 6)
        self.s2 = SubSampling(6)
        self.c3 = TableConvolution(6, C3_TABLE)
        self.s4 = SubSampling(16)
        self.c5 = Convolution(16, 120)
        self.f6 = FullConnection(120, CODE_SIZE)
        self.output = RadialBasis(rbf_codes.codes(self.config.labels))
        self.rubbish = nn.Parameter(torch.tensor(self.config.rubbish), requires_grad=False)
        self.scale = nn.Parameter(torch.tensor(self.config.scale), requires_grad=False)

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    def features(self, x: Tensor) -> Tensor:
        """Compute the states of F6.

        Args:
            x: (N, 1, 32, 32) images, 0 paper to 1 ink.

        Returns:
            (N, 84), each within +-1.7159.

        Raises:
            ValueError: The images have another shape.
        """
        if x.ndim != 4 or tuple(x.shape[1:]) != (1, IMAGE_SIZE, IMAGE_SIZE):
            raise ValueError(f"LeNet-5 takes images of shape (N, 1, 32, 32), not {tuple(x.shape)}")
        x = WHITE + (BLACK - WHITE) * x
        x = self.s2(self.c1(x))  # N x 6 x 14 x 14
        x = self.s4(self.c3(x))  # N x 16 x 5 x 5
        x = self.c5(x)  # N x 120 x 1 x 1
        features: Tensor = self.f6(x.flatten(1))  # N x 84
        return features

    def forward(self, x: Tensor) -> Tensor:
        """Compute the penalty of each class; lower is better.

        Args:
            x: (N, 1, 32, 32) images, 0 paper to 1 ink.

        Returns:
            (N, classes) squared distances to the codes of the classes, each >= 0.

        Raises:
            ValueError: The images have another shape.
        """
        if len(x) > CHUNK and x.device.type == "cpu" and not torch.is_grad_enabled():
            return torch.cat([self.output(self.features(part)) for part in torch.split(x, CHUNK)])
        penalties: Tensor = self.output(self.features(x))
        return penalties

    def log_posteriors(self, x: Tensor) -> Tensor:
        """Compute the log-posteriors of the classes and of the rubbish class (GBL98 sec. II-C, eq. 9).

        Args:
            x: (N, 1, 32, 32) images, 0 paper to 1 ink.

        Returns:
            (N, classes + 1) normalized log-probabilities in nats, the rubbish class last.

        Raises:
            ValueError: The images have another shape.
        """
        return criteria.log_posteriors(self(x), self.rubbish, self.scale)
