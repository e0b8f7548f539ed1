"""Emission graphs of score sequences."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.arguments import floats
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.ragged import lengths_to_offsets


def linear_graph(scores: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Graph:
    """Build the emission graph of a score sequence: a chain with one arc per time step and label.

    *Accepts* every string of T labels, with the sum of their *scores*. Differentiable. The payload of
    an arc is its time step. An item without time steps accepts the empty string.

    Args:
        scores: (T, C) or (B, T, C) log scores of the labels 0 .. C - 1 at each time step.
        lengths: (B,) the number of time steps of each item; None is T for all.

    Raises:
        GraphError: Scores are of another shape, or a length is out of range.

    Example:
        >>> import torch, gtn
        >>> gtn.linear_graph(torch.zeros(2, 3, 4), lengths=[3, 1])
        Graph(batch=2, states=6, arcs=16, acceptor, payload, float32)
    """
    scores, count = as_frames(scores, lengths)
    size, frames, classes = scores.shape
    device = scores.device
    frame = torch.arange(frames, device=device).expand(size, frames)
    state_offset = lengths_to_offsets(count + 1)
    state = state_offset[:-1, None] + frame
    if lengths is not None:
        inside = frame < count[:, None]
        frame, state, scores = frame[inside], state[inside], scores[inside]

    def for_each_class(values: Tensor) -> Tensor:
        return values.reshape(-1, 1).expand(-1, classes).reshape(-1)

    src = for_each_class(state)
    label = torch.arange(classes, device=device).repeat(state.numel())
    start = torch.zeros(state.numel() + size, dtype=torch.bool, device=device)
    start[state_offset[:-1]] = True
    final_weight = scores.new_full(start.shape, -torch.inf, requires_grad=False)
    final_weight[state_offset[1:] - 1] = 0.0
    return Graph(
        src,
        src + 1,
        label,
        label,
        scores.reshape(-1),
        lengths_to_offsets(count * classes),
        state_offset,
        start,
        final_weight,
        for_each_class(frame),
    )


def as_frames(scores: Tensor, lengths: Sequence[int] | Tensor | None) -> tuple[Tensor, Tensor]:
    """Convert score sequences to (B, T, C), and lengths to (B,) int64; arguments and errors of ``linear_graph``."""
    scores = floats(scores)
    if scores.ndim == 2:
        scores = scores[None]
    if scores.ndim != 3:
        raise GraphError(f"scores must be (T, C) or (B, T, C), not {tuple(scores.shape)}")
    size, frames, _ = scores.shape
    if lengths is None:
        return scores, torch.full((size,), frames, dtype=torch.int64, device=scores.device)
    count = torch.as_tensor(lengths, dtype=torch.int64, device=scores.device)
    if count.shape != (size,) or bool(((count < 0) | (count > frames)).any()):
        raise GraphError(f"lengths must be {size} numbers from 0 to {frames}, not {count.tolist()}")
    return scores, count
