"""Stochastic diagonal Levenberg-Marquardt method, the optimizer of the paper (GBL98 appendix C)."""

from collections.abc import Callable, Iterable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models import criteria
from models.lenet5 import BLACK, WHITE, Convolution, FullConnection, LeNet5, SubSampling, TableConvolution

MU = 0.02
"""Damping that bounds the steps where the curvature is small (GBL98 sec. III-B)."""


class DiagonalLM(torch.optim.Optimizer):
    """Stochastic diagonal Levenberg-Marquardt: steps of lr / (mu + h) times the gradient, h the curvature.

    Args:
        parameters: Trainable weights.
        lr: Global learning rate eta.
        mu: Damping, added to each curvature.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], lr: float, mu: float = MU) -> None:
        super().__init__(parameters, {"lr": lr, "mu": mu})
        self.rates: dict[nn.Parameter, Tensor] = {}

    def set_curvatures(self, found: dict[nn.Parameter, Tensor]) -> None:
        """Set the second derivatives, in the shape of each weight, none negative."""
        self.rates = {
            weight: 1.0 / (group["mu"] + found[weight])
            for group in self.param_groups
            for weight in group["params"]
        }

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> Any:
        """Take one step; `closure` is ignored.

        Raises:
            RuntimeError: The curvatures are not set.
        """
        for group in self.param_groups:
            for weight in group["params"]:
                if weight not in self.rates:
                    raise RuntimeError("set_curvatures comes before the first step")
                if weight.grad is not None:
                    weight.addcmul_(weight.grad, self.rates[weight], value=-group["lr"])


def curvatures(module: LeNet5, images: Tensor, criterion: str = "map") -> dict[nn.Parameter, Tensor]:
    """Estimate the second derivatives of the criterion for each trainable weight of LeNet-5.

    The estimate is the diagonal Gauss-Newton approximation (GBL98 appendix C), which is never negative. It is
    propagated backwards like a gradient: for a_i = sum_j w_ij x_j and x_i = f(a_i), h(w_ij) = h(a_i) x_j^2,
    h(x_j) = sum_i w_ij^2 h(a_i) and h(a_i) = f'(a_i)^2 h(x_i). A shared weight has the sum over its connections. This
    equals the backward pass of a network whose linear layers have the squared weights and squared states.

    Args:
        module: Network.
        images: (N, 1, 32, 32), 0 paper to 1 ink.
        criterion: 'map' (GBL98 eq. 9) or 'ml' (eq. 8).

    Returns:
        Mean over the images for each trainable weight, in its shape.
    """
    squares: dict[nn.Parameter, Tensor] = {}
    with torch.no_grad():
        state = WHITE + (BLACK - WHITE) * images
    tracked = state.square()
    layers: list[Any] = [module.c1, module.s2, module.c3, module.s4, module.c5, module.f6]
    for layer in layers:
        if isinstance(layer, FullConnection):
            state, tracked = state.flatten(1), tracked.flatten(1)
        with torch.no_grad():
            state = layer(state)
            slope = (2.0 / 3.0) * (1.7159 - state.square() / 1.7159)  # f'(a), from f(a)
        summed = _linear(layer, tracked, squares)
        # The value is the squared state; the backward pass multiplies by the squared slope.
        slopes = slope.square()
        tracked = state.square() + slopes * (summed - summed.detach())
    seed = _feature_curvatures(module, state, criterion) / len(images)
    found = torch.autograd.grad(tracked, list(squares.values()), seed)
    return dict(zip(squares, found, strict=True))


def _linear(layer: Any, tracked: Tensor, squares: dict[nn.Parameter, Tensor]) -> Tensor:
    """Compute the weighted sums of a layer with squared weights, and collect these as leaves."""

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
def _feature_curvatures(module: LeNet5, features: Tensor, criterion: str) -> Tensor:
    """Compute the second derivatives for the states of F6, (N, 84).

    With 'ml', the penalty of the correct class is a sum of squares, whose curvature is 2. With 'map', the curvature is
    that of a softmax: for a state x_j, scale^2 times the variance of dy_i/dx_j = 2 (x_j - w_ij) over the posterior of
    the classes i, with 0 for the rubbish class.
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
