"""Inference engine of the space displacement neural network: lines of any widths packed side by side."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from models.chunking import chunk_by_size
from models.sdnn import SDNN, STRIDE
from models.transfer import to_device

COLUMNS = 4096
"""Width of a packed image, pixels: large enough to amortize loading the weights, small enough for maps in the cache."""

_OCTAVE = 16
"""Number of distinct image widths in each octave. oneDNN compiles a convolution for each width and caches a thousand:
unrestricted widths would make the memory grow."""

_GAP = 2
"""Time steps between lines and at both ends: the reach of the convolutions of the image."""


@dataclass(frozen=True)
class _Row:
    """Convolution over time steps with a ReLU, computed as one matrix product for each tap.

    Attributes:
        taps: Kernel matrices (inputs, outputs) from left to right.
        bias: (outputs,).
        step: Dilation, time steps.
    """

    taps: tuple[Tensor, ...]
    bias: Tensor
    step: int = 1

    def __call__(self, units: Tensor, first: int, last: int) -> Tensor:
        """Compute the outputs of time steps `first` to `last` of units (T, inputs)."""
        middle = len(self.taps) // 2
        total = self.bias
        for number, tap in enumerate(self.taps):
            at = (number - middle) * self.step
            part = units[first + at : last + at]
            total = torch.addmm(total, part, tap) if number == 0 else total.addmm_(part, tap)
        return total.relu_()


class PackedSDNN:
    """Inference engine of an `SDNN`, equal up to rounding and a fifth faster for lines of many widths.

    The lines are packed side by side into one image. The gaps between them are zeroed after each layer, as the padding
    of a single line is. Batch normalization is folded into the kernels. Convolutions of maps one row high are matrix
    products.

    Args:
        network: Network in evaluation mode; it is not changed.
        device: Device of the computation.

    Raises:
        ValueError: The network is in training mode, in which normalization depends on the batch.
    """

    def __init__(self, network: SDNN, device: torch.device | str = "cpu") -> None:
        if network.training:
            raise ValueError("only a network in evaluation mode can be packed: call eval() first")
        self.config, self.device = network.config, torch.device(device)
        self.c1, self.c3 = (_folded(layer).to(self.device) for layer in (network.c1, network.c3))
        self.refine = [_folded(layer).to(self.device) for layer in network.refine]
        c5 = _folded(network.c5).to(self.device)
        # the units of a time step are all rows of the maps, the maps of a row together
        taps = c5.weight.detach().permute(3, 2, 1, 0).flatten(1, 2).contiguous()
        self.c5 = _Row(tuple(taps), _bias(c5))
        self.f6 = _row(_folded(network.f6).to(self.device))
        self.context = [
            _row(fuse_conv_bn_eval(layer.joined, layer.norm).to(self.device))
            for layer in cast(list[Any], network.context)
        ]
        self.output = _row(copy.deepcopy(network.output).to(self.device))

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    @torch.inference_mode()
    def scores(self, lines: Sequence[NDArray[np.uint8]], grid: int = STRIDE) -> Iterator[Tensor]:
        """Compute the score sequences of lines.

        Args:
            lines: Lines (channels, height, W), 0 paper to 255 ink.
            grid: Lines are padded with paper to a multiple of this width, pixels; itself a multiple of 4.

        Yields:
            (ceil(W / 4), labels + 1) log-probabilities of each line on the device, the blank last.
        """
        steps = [-(-line.shape[2] // STRIDE) for line in lines]
        padded = [-(-line.shape[2] // grid) * grid // STRIDE for line in lines]
        for some in chunk_by_size([count + _GAP for count in padded], COLUMNS // STRIDE):
            yield from self._packed_scores(lines[some], steps[some], padded[some])

    def _packed_scores(
        self, lines: Sequence[NDArray[np.uint8]], steps: Sequence[int], padded: Sequence[int]
    ) -> tuple[Tensor, ...]:
        """Compute the scores of lines that fit into one image."""
        starts, gaps, total = _layout(padded, _GAP)
        width = STRIDE * _rounded(total)
        image = np.zeros((self.config.height, width, self.config.channels), np.uint8)
        for line, start in zip(lines, starts, strict=True):
            image[:, STRIDE * start : STRIDE * start + line.shape[2]] = line.transpose(1, 2, 0)
        x = to_device(torch.from_numpy(image), self.device).permute(2, 0, 1)[None].float().div_(255)
        x = self._maps(x, to_device(gaps, self.device))[..., :total]
        # (1, maps, rows, T) -> (T, rows * maps)
        x = x[0].permute(2, 1, 0).flatten(1)
        x = self.f6(self.c5(x, _GAP, total - _GAP), 0, total - 2 * _GAP)
        return self._context_scores(x, [start - _GAP for start in starts], steps, padded)

    def _maps(self, x: Tensor, gaps: Tensor) -> Tensor:
        """Compute the maps (1, maps, H / 4, W / 4) of an image (1, channels, H, W), zero in the gaps."""
        halves = torch.cat([2 * gaps, 2 * gaps + 1])
        x = self.c1(x).relu_()
        x = (x if self.config.strided else F.max_pool2d(x, 2)).index_fill_(3, halves, 0.0)
        x = F.max_pool2d(self.c3(x).relu_(), 2).index_fill_(3, gaps, 0.0)
        for layer in self.refine:
            x += layer(x).relu_()
            x.index_fill_(3, gaps, 0.0)
        return x

    def _context_scores(
        self, x: Tensor, at: Sequence[int], steps: Sequence[int], padded: Sequence[int]
    ) -> tuple[Tensor, ...]:
        """Apply the context layers and the output to units (T, units) in which lines begin at `at`."""
        margin = max(self.config.context, default=0)
        starts, gaps, total = _layout(padded, margin)
        wide = x.new_zeros(total, x.shape[1])
        wide[to_device(_ranges(starts, padded), self.device)] = x[to_device(_ranges(at, padded), self.device)]
        gaps = to_device(gaps, self.device)
        for layer in self.context:
            wide[margin : total - margin] += layer(wide, margin, total - margin)
            wide.index_fill_(0, gaps, 0.0)
        own = wide[to_device(_ranges(starts, steps), self.device)]
        scores = F.log_softmax(torch.addmm(self.output.bias, own, self.output.taps[0]), dim=1)
        return torch.split(scores, list(steps))


def _rounded(steps: int) -> int:
    """Round a number of time steps up to one of `_OCTAVE` values in each octave.

    >>> _rounded(9), _rounded(1000), _rounded(1030)
    (16, 1024, 1088)
    """
    unit = max(8, (1 << steps.bit_length()) // (2 * _OCTAVE))
    return -(-steps // unit) * unit


def _layout(steps: Sequence[int], gap: int) -> tuple[list[int], Tensor, int]:
    """Return the starts of lines packed side by side, the time steps of the gaps, and the total of time steps."""
    ends = np.cumsum([count + gap for count in steps]) + gap
    starts = [int(end) - count - gap for end, count in zip(ends, steps, strict=True)]
    within = np.zeros(int(ends[-1]), bool)
    for start, count in zip(starts, steps, strict=True):
        within[start : start + count] = True
    return starts, torch.from_numpy(np.flatnonzero(~within)), int(ends[-1])


def _ranges(starts: Sequence[int], counts: Sequence[int]) -> Tensor:
    """Return the time steps of lines that begin at `starts`."""
    return torch.from_numpy(
        np.concatenate([np.arange(start, start + count) for start, count in zip(starts, counts, strict=True)])
    )


def _folded(layer: nn.Module) -> Any:
    """Fold batch normalization into the convolution of a layer, in the fastest memory format."""
    convolution, norm = layer[0], layer[1]  # type: ignore[index]
    folded = fuse_conv_bn_eval(convolution, norm)
    two = isinstance(folded, nn.Conv2d)
    return folded.to(memory_format=torch.channels_last) if two else folded


def _row(convolution: Any) -> _Row:
    """Convert a convolution over time steps."""
    taps = convolution.weight.detach().permute(2, 1, 0).contiguous()
    return _Row(tuple(taps), _bias(convolution), convolution.dilation[0])


def _bias(convolution: Any) -> Tensor:
    bias: Tensor = convolution.bias.detach()
    return bias
