"""Synchronized batch normalization and dropout for data-parallel training.

Several processes compute the result of one, up to rounding. `torch.nn.SyncBatchNorm` supports GPUs only.
"""

from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn

from docreader.training.common.distributed import Processes


def sync_layers(network: nn.Module, processes: Processes) -> None:
    """Replace batch normalization and dropout by synchronized layers; parameters, buffers and names stay.

    Args:
        network: Network, changed in place.
        processes: Processes that compute the shards of a batch.
    """
    for name, module in list(network.named_children()):
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(network, name, _SyncBatchNorm(module))
        elif isinstance(module, nn.Dropout | nn.Dropout2d):
            setattr(network, name, _SyncDropout(module, processes))
        else:
            sync_layers(module, processes)


class _AllReduce(torch.autograd.Function):
    """Sum over all processes; the gradient is summed, too."""

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


class _SyncBatchNorm(nn.Module):
    """Batch normalization over the shards of all processes (Ioffe and Szegedy 2015, algorithm 1)."""

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
        dims = [0, *range(2, x.ndim)]
        shape = (1, -1, *(1 for _ in range(2, x.ndim)))
        wide = x if x.dtype == torch.float64 else x.float()  # sums in half precision lose digits
        count = wide.new_full((1,), x.numel() // x.shape[1])
        sums = _AllReduce.apply(torch.cat([wide.sum(dims), count]))  # type: ignore[no-untyped-call]
        count = sums[-1].detach()
        mean = sums[:-1] / count
        centered = wide - mean.view(shape)
        # two passes: the mean of squares minus the squared mean would lose digits
        variance = _AllReduce.apply(centered.square().sum(dims)) / count  # type: ignore[no-untyped-call]
        self._update_statistics(mean.detach(), variance.detach() * count / (count - 1).clamp(min=1))
        scale = self.weight * (variance + self.eps).rsqrt()
        result: Tensor = centered * scale.view(shape) + self.bias.view(shape)
        return result.to(x.dtype)

    @torch.no_grad()
    def _update_statistics(self, mean: Tensor, variance: Tensor) -> None:
        self.num_batches_tracked.add_(1)
        self.running_mean.lerp_(mean, self.momentum)
        self.running_var.lerp_(variance, self.momentum)


class _SyncDropout(nn.Module):
    """Dropout of values or channels: each process draws the mask of the whole batch and applies its shard."""

    def __init__(self, dropout: nn.Dropout | nn.Dropout2d, processes: Processes) -> None:
        super().__init__()
        self.p = dropout.p
        self.channels = isinstance(dropout, nn.Dropout2d)
        self.processes = processes
        self.train(dropout.training)

    def forward(self, x: Tensor) -> Tensor:  # (N, ...) -> (N, ...)
        if not self.training or self.p == 0:
            return x
        sizes = x.new_zeros(self.processes.count, dtype=torch.int64)
        sizes[self.processes.rank] = x.shape[0]
        first, total = 0, 0
        for rank, size in enumerate(self.processes.all_reduce(sizes).tolist()):
            first += size if rank < self.processes.rank else 0
            total += size
        # in the memory order in which torch draws the mask of a whole batch
        like = x[:, :, :1, :1].contiguous() if self.channels else torch.empty_like(x)
        mask = x.new_empty_strided((total, *like.shape[1:]), (like[0].numel(), *like.stride()[1:]))
        mask.bernoulli_(1 - self.p).div_(1 - self.p)
        return x * mask[first : first + x.shape[0]]
