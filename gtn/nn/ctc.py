"""Connectionist temporal classification (CTC) from graphs: equal to torch.nn.functional.ctc_loss.

The graph of a target reads its labels in order, each one or more times, with any number of blanks between
and around them (at least one between equal neighbors). Its intersection with the emission graph holds
all alignments, and the forward score of that is the log-likelihood (Graves et al. 2006): ``gtn.frame_score``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gtn.arguments import floats
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.nn.losses import reduce_loss
from gtn.ops.frame_score import frame_score


def ctc_graph(
    targets: Sequence[Sequence[int]] | Sequence[Tensor],
    blank: int = 0,
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str | None = None,
) -> Graph:
    """Build the alignment graph of each target: an acceptor of label sequences with blanks, score 0.

    State 2k + 1 of a target is entered by its label k, the even states by blanks; state 0 starts.

    Args:
        targets: B strings of labels.
        blank: The label of a blank.
        dtype: Dtype of the weights.
        device: Device of the tensors.

    Raises:
        GraphError: A target has a blank or a negative label.
    """
    strings = [t.tolist() if isinstance(t, Tensor) else list(t) for t in targets]
    flat = np.array([label for s in strings for label in s], dtype=np.int64)
    if flat.size and (flat.min() < 0 or (flat == blank).any()):
        raise GraphError(f"targets are labels >= 0 other than the blank, {blank}; not {flat.tolist()[:20]}")
    # NumPy: its calls on small arrays take a fraction of torch's
    state_offset = np.cumsum([0, *(2 * len(s) + 1 for s in strings)])
    place = np.arange(state_offset[-1]) - np.repeat(state_offset[:-1], np.diff(state_offset))
    of_label = place % 2 == 1
    label = np.full(place.shape, blank)
    label[of_label] = flat
    # Arcs into each state: from itself, from its predecessor, and over a blank between two different labels.
    enters = np.stack([place >= 0, place >= 1, (place >= 2) & of_label & (label != np.roll(label, 2))], 1)
    dst, back = enters.nonzero()
    before_last = np.repeat(state_offset[1:], np.diff(state_offset)) - 2
    final = np.where(np.arange(place.size) >= before_last, 0.0, -np.inf)
    arc_offset = np.cumsum([0, *enters.sum(1)])[state_offset]
    read = torch.from_numpy(label[dst])
    return Graph(
        torch.from_numpy(dst - back),
        torch.from_numpy(dst),
        read,
        read,
        torch.zeros(dst.size, dtype=dtype, device="cpu"),
        torch.from_numpy(arc_offset),
        torch.from_numpy(state_offset),
        torch.from_numpy(place == 0),
        torch.from_numpy(final).to(dtype),
    ).to(device)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor | Sequence[Sequence[int]],
    input_lengths: Tensor | Sequence[int] | None = None,
    target_lengths: Tensor | Sequence[int] | None = None,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Compute the CTC loss by graphs, with the arguments and results of torch.nn.functional.ctc_loss.

    Args:
        log_probs: (T, B, C) log-probabilities.
        targets: (B, L) padded or the rows end to end, as in torch; or a list of B strings.
        input_lengths: (B,) time steps of each item; None is T.
        target_lengths: (B,) labels of each target; None where targets is a list.
        blank: The label of a blank.
        reduction: "none", "sum", or "mean", which divides each loss by the length of its target first.
        zero_infinity: Count a target that does not fit into its time steps as 0, instead of inf.

    Raises:
        GraphError: Sizes do not fit, a label is out of range, or reduction is something else.
    """
    if log_probs.ndim != 3:
        raise GraphError(f"log_probs must be (T, B, C), not {tuple(log_probs.shape)}")
    strings = _as_lists(targets, target_lengths)
    if len(strings) != log_probs.shape[1]:
        raise GraphError(f"{len(strings)} targets for {log_probs.shape[1]} items of log_probs (T, B, C)")
    if any(label >= log_probs.shape[2] for s in strings for label in s):
        raise GraphError(f"a target has a label >= {log_probs.shape[2]}, the number of classes")
    frames = floats(log_probs).transpose(0, 1)
    right = ctc_graph(strings, blank, dtype=frames.dtype, device=frames.device)
    score = frame_score(frames, right, input_lengths)
    possible = score > -torch.inf
    value = -torch.where(possible, score, 0.0)
    value = value.masked_fill(~possible, 0.0 if zero_infinity else torch.inf)
    if reduction == "mean":
        value = value / torch.tensor(
            [max(len(s), 1) for s in strings], dtype=value.dtype, device=value.device
        )
    return reduce_loss(value, reduction)


def _as_lists(
    targets: Tensor | Sequence[Sequence[int]], lengths: Tensor | Sequence[int] | None
) -> list[list[int]]:
    if not isinstance(targets, Tensor):
        return [list(s) for s in targets]
    if lengths is None:
        raise GraphError("target_lengths are needed where targets is a tensor")
    sizes = torch.as_tensor(lengths).tolist()
    if targets.ndim == 2:
        return [row[:n] for row, n in zip(targets.tolist(), sizes, strict=True)]
    flat, ends = targets.tolist(), torch.as_tensor(lengths).cumsum(0).tolist()
    return [flat[end - n : end] for n, end in zip(sizes, ends, strict=True)]
