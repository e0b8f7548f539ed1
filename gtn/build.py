"""Graphs from strings and from tensors of scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import torch
from torch import Tensor

from gtn.arguments import floats
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.ragged import lengths_to_offsets

Labels = Sequence[int] | Tensor


def string_acceptor(
    labels: Labels | Sequence[Labels],
    weight: float | Tensor = 0.0,
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str | None = None,
) -> Graph:
    """Make acceptors of one string each.

    Args:
        labels: the labels of one string, or a list of such strings for a batch. The empty string is
            allowed: one state. A list that is empty is one empty string.
        weight: the score of each arc; or (C,) scores of the labels 0 .. C - 1, which then say the dtype
            and the device, and to which gradients flow.
        dtype: of the weights.
        device: where to put it.

    Raises:
        GraphError: a label is not an integer >= 0, or has no score.

    Example:
        >>> import gtn
        >>> gtn.string_acceptor([[1, 2], [], [3]])
        Graph(batch=3, states=6, arcs=3, acceptor, float32)
    """
    strings = as_strings(labels)
    flat = [label for string in strings for label in string]
    if any(not isinstance(label, (int, np.integer)) or label < 0 for label in flat):
        raise GraphError(f"labels of a string are integers >= 0, not {flat[:20]}")
    if isinstance(weight, Tensor):
        highest = max(flat, default=-1)
        if weight.ndim != 1 or weight.numel() <= highest:
            raise GraphError(
                f"weight has shape {tuple(weight.shape)}; scores (C,) of labels up to {highest} are needed"
            )
        weight = floats(weight)
        dtype, device = weight.dtype, weight.device
    length = torch.tensor([len(s) for s in strings], dtype=torch.int64, device=device)
    label = torch.tensor(flat, dtype=torch.int64, device=device)
    state_offset = lengths_to_offsets(length + 1)
    string = torch.arange(len(strings), device=device).repeat_interleave(length, output_size=len(flat))
    src = torch.arange(len(flat), device=device) + string
    start = torch.zeros(len(flat) + len(strings), dtype=torch.bool, device=device)
    start[state_offset[:-1]] = True
    final_weight = torch.full(start.shape, -torch.inf, dtype=dtype, device=device)
    final_weight[state_offset[1:] - 1] = 0.0
    if isinstance(weight, Tensor):
        score = weight[label]
    else:
        score = torch.full((len(flat),), float(weight), dtype=dtype, device=device)
    return Graph(
        src, src + 1, label, label, score, lengths_to_offsets(length), state_offset, start, final_weight
    )


def as_strings(labels: Labels | Sequence[Labels]) -> list[list[int]]:
    """Lists of labels: of one string, or of each of several; from lists, arrays or tensors."""
    if isinstance(labels, (Tensor, np.ndarray)):
        labels = labels.tolist()
    if all(isinstance(label, (int, np.integer)) for label in labels):
        return [list(cast("Sequence[int]", labels))]
    several = cast("Sequence[Labels]", labels)
    try:
        return [s.tolist() if isinstance(s, (Tensor, np.ndarray)) else list(s) for s in several]
    except TypeError:
        raise GraphError(
            f"labels are those of one string, or a list of strings; not {list(several)[:20]}"
        ) from None


def linear_graph(scores: Tensor, lengths: Sequence[int] | Tensor | None = None) -> Graph:
    """Make a chain of frames from scores of labels: one arc per frame and label (an emission graph).

    *Accepts* every string of T labels, with the sum of their *scores*. Differentiable. The payload of
    an arc is its frame. An item without frames accepts the empty string.

    Args:
        scores: (T, C) or (B, T, C) log scores of the labels 0 .. C - 1 at each frame.
        lengths: (B,) how many frames of each item count; None is all.

    Raises:
        GraphError: scores are of another shape, or a length is out of range.

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
    """Frames (B, T, C) and how many of each item count (B,); arguments and errors as those of ``linear_graph``."""
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


def interpretation_graph(segmentation: Graph, scores: Tensor, labels: Labels | None = None) -> Graph:
    """Replace each arc of a segmentation graph by one arc per class: recognition (GBL98 sec. IV-C).

    Differentiable by ``scores`` and by the weights of ``segmentation``, which are added.

    Args:
        segmentation: a batch; arc k stands for the piece of ink ``payload[k]``, or k where it has no payload.
        scores: (A, C) log scores of the classes for each arc of the batch.
        labels: (C,) the labels of the classes; None is 0 .. C - 1.

    Returns:
        A batch of acceptors: arc ``k * C + c`` reads the label of class c, and has the payload of arc k.

    Raises:
        GraphError: scores are not (A, C), or labels not (C,).
    """
    if scores.ndim != 2 or scores.shape[0] != segmentation.num_arcs:
        raise GraphError(
            f"scores must be ({segmentation.num_arcs}, C), one row per arc; not {tuple(scores.shape)}"
        )
    classes = scores.shape[1]
    if labels is None:
        label = torch.arange(classes, device=segmentation.device)
    else:
        label = torch.as_tensor(labels, dtype=torch.int64, device=segmentation.device)
        if label.shape != (classes,):
            raise GraphError(f"{label.numel()} labels for {classes} classes")
    payload = segmentation.payload
    if payload is None:
        payload = torch.arange(segmentation.num_arcs, device=segmentation.device)
    label = label.repeat(segmentation.num_arcs)
    weight = (segmentation.weight[:, None] + scores.to(segmentation.dtype)).reshape(-1)
    return Graph(
        segmentation.src.repeat_interleave(classes),
        segmentation.dst.repeat_interleave(classes),
        label,
        label,
        weight,
        segmentation.arc_offset * classes,
        segmentation.state_offset,
        segmentation.start,
        segmentation.final_weight,
        payload.repeat_interleave(classes),
    )
