"""Acceptors of strings."""

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
    """Build acceptors of one string each.

    Args:
        labels: The labels of one string, or a list of such strings for a batch. The empty string is
            allowed: one state. An empty list is one empty string.
        weight: The score of each arc; or (C,) scores of the labels 0 .. C - 1, whose dtype and device
            the graphs take. Differentiable.
        dtype: Dtype of the weights.
        device: Device of the tensors.

    Raises:
        GraphError: A label is not an integer >= 0, or has no score.

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
    """Convert one string, or a list of strings, to lists of labels; from lists, arrays or tensors."""
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
