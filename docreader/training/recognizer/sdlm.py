"""The stochastic diagonal Levenberg-Marquardt method, the optimizer of the paper (GBL98 appendix C)."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models import criteria
from models.lenet5 import BLACK, WHITE, Convolution, FullConnection, LeNet5, SubSampling, TableConvolution

MU = 0.02
"""What keeps steps finite where the curvature is small (GBL98 sec. III-B)."""


class DiagonalLM(torch.optim.Optimizer):
    """Steps of `lr / (mu + h)` times the gradient, h the curvature of the criterion along each weight.

    Args:
        parameters: The weights.
        lr: The global step, eta.
        mu: Added to each curvature.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, mu: float = MU) -> None:
        super().__init__(parameters, {"lr": lr, "mu": mu})
        self.rates: dict[nn.Parameter, Tensor] = {}

    def set_curvatures(self, found: dict[nn.Parameter, Tensor]) -> None:
        """Take new second derivatives, of the shape of each weight, none negative."""
        self.rates = {
            weight: 1.0 / (group["mu"] + found[weight])
            for group in self.param_groups
            for weight in group["params"]
        }

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """Take one step; `closure` is not used.

        Raises:
            RuntimeError: No curvatures were set.
        """
        for group in self.param_groups:
            for weight in group["params"]:
                if weight not in self.rates:
                    raise RuntimeError("set_curvatures comes before the first step")
                if weight.grad is not None:
                    weight.addcmul_(weight.grad, self.rates[weight], value=-group["lr"])


def curvatures(module: LeNet5, pictures: Tensor, criterion: str = "map") -> dict[nn.Parameter, Tensor]:
    """Second derivatives of the criterion along each trainable weight of LeNet-5, as the paper estimates them.

    They are propagated backwards like gradients, through squared weights, squared states and squared slopes, without
    what is off the diagonal and without the curvature of the squashing function (Gauss-Newton), so that none is
    negative: for a_i = sum_j w_ij x_j the rules are h(w_ij) = h(a_i) x_j^2, h(x_j) = sum_i w_ij^2 h(a_i) and
    h(a_i) = f'(a_i)^2 h(x_i). A weight shared by many connections has the sum over these. The backward pass of a
    network of squares, whose linear layers take the squares for weights and states, is just that.

    Args:
        module: The network.
        pictures: (N, 1, 32, 32), 0 paper to 1 ink.
        criterion: 'map' (GBL98 eq. 9) or 'ml' (eq. 8).

    Returns:
        For each trainable weight the mean over the pictures, in its shape.
    """
    squares: dict[nn.Parameter, Tensor] = {}
    with torch.no_grad():
        state = WHITE + (BLACK - WHITE) * pictures
    tracked = state.square()
    layers: list[Any] = [module.c1, module.s2, module.c3, module.s4, module.c5, module.f6]
    for layer in layers:
        if isinstance(layer, FullConnection):
            state, tracked = state.flatten(1), tracked.flatten(1)
        with torch.no_grad():
            state = layer(state)
            slope = (2.0 / 3.0) * (1.7159 - state.square() / 1.7159)  # f'(a), from f(a)
        summed = _linear(layer, tracked, squares)
        # Its value is the square of the state; what flows back through it is multiplied by the squared slope.
        slopes = slope.square()
        tracked = state.square() + slopes * (summed - summed.detach())
    seed = _of_features(module, state, criterion) / len(pictures)
    found = torch.autograd.grad(tracked, list(squares.values()), seed)
    return dict(zip(squares, found, strict=True))


def _linear(layer: Any, tracked: Tensor, squares: dict[nn.Parameter, Tensor]) -> Tensor:
    """The sums of a layer with squares for weights; the squares of its weights are noted as leaves."""

    def square(weight: nn.Parameter) -> Tensor:
        squares[weight] = weight.detach().square().requires_grad_()
        return squares[weight]

    bias = square(layer.bias)
    if isinstance(layer, SubSampling):
        # four connections share a coefficient
        return 4.0 * F.avg_pool2d(tracked, 2) * square(layer.coefficient).view(-1, 1, 1) + bias.view(-1, 1, 1)
    weight = square(layer.weight)
    if isinstance(layer, TableConvolution):
        return F.conv2d(tracked, layer.spread(weight), bias)
    if isinstance(layer, Convolution):
        return F.conv2d(tracked, weight, bias)
    return F.linear(tracked, weight, bias)


@torch.no_grad()
def _of_features(module: LeNet5, features: Tensor, criterion: str) -> Tensor:
    """Second derivatives along the states of F6, (N, 84).

    The penalty of the right class is a sum of squares, whose curvature is 2. With "map" the penalties y enter a
    log-posterior, whose curvature in them is that of a softmax: along a state x_j it is scale^2 times the variance of
    dy_i/dx_j = 2 (x_j - w_ij) over the classes i, each as probable as the network says ("no character": 0).
    """
    if criterion == "ml":
        return torch.full_like(features, 2.0)
    penalties = module.output(features)
    posteriors = criteria.log_posteriors(penalties, module.rubbish, module.scale).exp()[:, :-1]
    codes = module.output.codes
    slopes = 2.0 * (features.unsqueeze(1) - codes)  # N x classes x 84
    mean = torch.einsum("nc,ncj->nj", posteriors, slopes)
    square = torch.einsum("nc,ncj->nj", posteriors, slopes.square())
    return module.scale.square() * (square - mean.square()).clamp_min(0.0)
