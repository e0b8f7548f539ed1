"""The space displacement network for reading alone: lines of any widths in one sweep, side by side."""

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
"""Pixels of a sweep from left to right: enough that the weights' way through the processor counts little, few enough
that the maps stay near it."""

_OCTAVE = 16
"""Widths of pictures between one and twice that one, at most. oneDNN plans a convolution anew for each width and keeps
a thousand plans: in a long run of ever other widths they were what grew."""

_GAP = 2
"""Frames between lines, and before the first and behind the last: what a convolution of the picture looks beyond."""


@dataclass(frozen=True)
class _Row:
    """A convolution along the frames, and what rectifies it: a product of matrices for each frame that it joins.

    Attributes:
        taps: (inputs, outputs) from left to right.
        bias: (outputs,).
        step: frames from one tap to the next.
    """

    taps: tuple[Tensor, ...]
    bias: Tensor
    step: int = 1

    def __call__(self, frames: Tensor, first: int, last: int) -> Tensor:
        """Values at frames `first` to `last` of (T, inputs)."""
        middle = len(self.taps) // 2
        total = self.bias
        for number, tap in enumerate(self.taps):
            at = (number - middle) * self.step
            part = frames[first + at : last + at]
            total = torch.addmm(total, part, tap) if number == 0 else total.addmm_(part, tap)
        return total.relu_()


class PackedSDNN:
    """Reads as an `SDNN` in evaluation mode does, up to rounding, in a fifth less time over lines of many widths.

    The lines stand side by side in one picture. Between them are gaps, which are blanked behind every layer: a line
    sees there what it would see beyond its own end. Normalization is folded into the kernels, and where a map is one
    row high, a convolution is a product of matrices.

    Args:
        network: In evaluation mode; it is left as it is.
        device: Where to compute.

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
        # a frame of the picture's maps is all its rows, the maps of a row together
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
        """The characters of the output units, in order."""
        return self.config.labels

    @torch.inference_mode()
    def scores(self, lines: Sequence[NDArray[np.uint8]], grid: int = STRIDE) -> Iterator[Tensor]:
        """Score sequences of lines.

        Args:
            lines: Each (channels, height, W), 0 paper .. 255 ink.
            grid: Lines are filled up with paper to a multiple of so many pixels, itself one of 4.

        Yields:
            For each line (ceil(W / 4), labels + 1) log-probabilities, "no character" last, where the network computes.
        """
        frames = [-(-line.shape[2] // STRIDE) for line in lines]
        filled = [-(-line.shape[2] // grid) * grid // STRIDE for line in lines]
        for some in chunk_by_size([count + _GAP for count in filled], COLUMNS // STRIDE):
            yield from self._sweep(lines[some], frames[some], filled[some])

    def _sweep(
        self, lines: Sequence[NDArray[np.uint8]], frames: Sequence[int], filled: Sequence[int]
    ) -> tuple[Tensor, ...]:
        """Scores of lines that fit into one picture."""
        starts, gaps, total = _layout(filled, _GAP)
        width = STRIDE * _rounded(total)
        picture = np.zeros((self.config.height, width, self.config.channels), np.uint8)
        for line, start in zip(lines, starts, strict=True):
            picture[:, STRIDE * start : STRIDE * start + line.shape[2]] = line.transpose(1, 2, 0)
        x = to_device(torch.from_numpy(picture), self.device).permute(2, 0, 1)[None].float().div_(255)
        x = self._maps(x, to_device(gaps, self.device))[..., :total]
        # (1, maps, rows, T) -> (T, rows * maps)
        x = x[0].permute(2, 1, 0).flatten(1)
        x = self.f6(self.c5(x, _GAP, total - _GAP), 0, total - 2 * _GAP)
        return self._frames(x, [start - _GAP for start in starts], frames, filled)

    def _maps(self, x: Tensor, gaps: Tensor) -> Tensor:
        """The maps of the picture: (1, channels, H, W) -> (1, maps, H / 4, W / 4); nothing in the gaps."""
        halves = torch.cat([2 * gaps, 2 * gaps + 1])
        x = self.c1(x).relu_()
        x = (x if self.config.strided else F.max_pool2d(x, 2)).index_fill_(3, halves, 0.0)
        x = F.max_pool2d(self.c3(x).relu_(), 2).index_fill_(3, gaps, 0.0)
        for layer in self.refine:
            x += layer(x).relu_()
            x.index_fill_(3, gaps, 0.0)
        return x

    def _frames(
        self, x: Tensor, at: Sequence[int], frames: Sequence[int], filled: Sequence[int]
    ) -> tuple[Tensor, ...]:
        """What stands beside a frame joined to it, and the scores: (T, units) in which lines begin at `at`."""
        margin = max(self.config.context, default=0)
        starts, gaps, total = _layout(filled, margin)
        wide = x.new_zeros(total, x.shape[1])
        wide[to_device(_ranges(starts, filled), self.device)] = x[to_device(_ranges(at, filled), self.device)]
        gaps = to_device(gaps, self.device)
        for layer in self.context:
            wide[margin : total - margin] += layer(wide, margin, total - margin)
            wide.index_fill_(0, gaps, 0.0)
        own = wide[to_device(_ranges(starts, frames), self.device)]
        scores = F.log_softmax(torch.addmm(self.output.bias, own, self.output.taps[0]), dim=1)
        return torch.split(scores, list(frames))


def _rounded(frames: int) -> int:
    """The next of few widths.

    >>> _rounded(9), _rounded(1000), _rounded(1030)
    (16, 1024, 1088)
    """
    step = max(8, (1 << frames.bit_length()) // (2 * _OCTAVE))
    return -(-frames // step) * step


def _layout(frames: Sequence[int], gap: int) -> tuple[list[int], Tensor, int]:
    """Where lines begin that stand side by side, the frames of the gaps, and how many frames there are in all."""
    ends = np.cumsum([count + gap for count in frames]) + gap
    starts = [int(end) - count - gap for end, count in zip(ends, frames, strict=True)]
    within = np.zeros(int(ends[-1]), bool)
    for start, count in zip(starts, frames, strict=True):
        within[start : start + count] = True
    return starts, torch.from_numpy(np.flatnonzero(~within)), int(ends[-1])


def _ranges(starts: Sequence[int], counts: Sequence[int]) -> Tensor:
    """The frames of lines that begin at `starts`."""
    return torch.from_numpy(
        np.concatenate([np.arange(start, start + count) for start, count in zip(starts, counts, strict=True)])
    )


def _folded(layer: nn.Module) -> Any:
    """The convolution of a layer with its normalization folded in, laid out as it is read fastest."""
    convolution, norm = layer[0], layer[1]  # type: ignore[index]
    folded = fuse_conv_bn_eval(convolution, norm)
    two = isinstance(folded, nn.Conv2d)
    return folded.to(memory_format=torch.channels_last) if two else folded


def _row(convolution: Any) -> _Row:
    """A convolution along the frames."""
    taps = convolution.weight.detach().permute(2, 1, 0).contiguous()
    return _Row(tuple(taps), _bias(convolution), convolution.dilation[0])


def _bias(convolution: Any) -> Tensor:
    bias: Tensor = convolution.bias.detach()
    return bias
