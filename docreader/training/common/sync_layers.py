"""Layers whose result depends on the whole batch, for processes that hold a part of it each.

Batch normalization takes its statistics from all parts, and dropout draws for all of them: so several processes
compute what one would, up to rounding. (`torch.nn.SyncBatchNorm` does the former on GPUs alone.)
"""

from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from docreader.training.common.distributed import Processes


def share_layers(network: nn.Module, processes: Processes) -> None:
    """Replace what depends on the whole batch; parameters, buffers and their names stay.

    Args:
        network: Changed in place.
        processes: Those that compute the parts.
    """
    for name, module in list(network.named_children()):
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(network, name, _SharedBatchNorm(module))
        elif isinstance(module, nn.Dropout | nn.Dropout2d):
            setattr(network, name, _SharedDropout(module, processes))
        else:
            share_layers(module, processes)


class _Sum(torch.autograd.Function):
    """The sum over all processes; each one's gradient is the sum of those of all."""

    @staticmethod
    def forward(ctx: Any, values: Tensor) -> Tensor:
        total = values.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        total = grad.clone()
        dist.all_reduce(total)
        return total


class _SharedBatchNorm(nn.Module):
    """Batch normalization over the parts of all processes (Ioffe and Szegedy 2015, algorithm 1)."""

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> None:
        super().__init__()
        assert norm.momentum is not None
        self.eps, self.momentum = norm.eps, norm.momentum
        self.weight, self.bias = norm.weight, norm.bias
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            self.register_buffer(name, getattr(norm, name))
        self.train(norm.training)

    def forward(self, x: Tensor) -> Tensor:  # (N, C, ...) -> (N, C, ...)
        if not self.training:
            return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps)
        over = [0, *range(2, x.ndim)]
        shape = (1, -1, *(1 for _ in range(2, x.ndim)))
        wide = x if x.dtype == torch.float64 else x.float()  # half precision adds up badly
        count = wide.new_full((1,), x.numel() // x.shape[1])
        sums = _Sum.apply(torch.cat([wide.sum(over), count]))  # type: ignore[no-untyped-call]
        count = sums[-1].detach()
        mean = sums[:-1] / count
        centerd = wide - mean.view(shape)
        # after the mean, not from the sum of squares: that would lose digits
        variance = _Sum.apply(centerd.square().sum(over)) / count  # type: ignore[no-untyped-call]
        self._remember(mean.detach(), variance.detach() * count / (count - 1).clamp(min=1))
        scale = self.weight * (variance + self.eps).rsqrt()
        result: Tensor = centerd * scale.view(shape) + self.bias.view(shape)
        return result.to(x.dtype)

    @torch.no_grad()
    def _remember(self, mean: Tensor, variance: Tensor) -> None:
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class _SharedDropout(nn.Module):
    """Dropout of single values or of whole maps: each process draws for all parts, and takes its own."""

    def __init__(self, dropout: nn.Dropout | nn.Dropout2d, processes: Processes) -> None:
        super().__init__()
        self.p = dropout.p
        self.maps = isinstance(dropout, nn.Dropout2d)
        self.processes = processes
        self.train(dropout.training)

    def forward(self, x: Tensor) -> Tensor:  # (N, ...) -> (N, ...)
        if not self.training or self.p == 0:
            return x
        sizes = x.new_zeros(self.processes.count, dtype=torch.int64)
        sizes[self.processes.rank] = x.shape[0]
        before, total = 0, 0
        for rank, size in enumerate(self.processes.total(sizes).tolist()):
            before += size if rank < self.processes.rank else 0
            total += size
        # as torch draws for a whole batch, in the order of its memory
        like = x[:, :, :1, :1].contiguous() if self.maps else torch.empty_like(x)
        kept = x.new_empty_strided((total, *like.shape[1:]), (like[0].numel(), *like.stride()[1:]))
        kept.bernoulli_(1 - self.p).div_(1 - self.p)
        return x * kept[before : before + x.shape[0]]
