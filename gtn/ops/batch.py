"""Batching of graphs."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.errors import BatchError
from gtn.graph import NO_PAYLOAD, Graph
from gtn.ragged import lengths_to_offsets


def batch(graphs: Sequence[Graph]) -> Graph:
    """Concatenate graphs (or batches of graphs) to one batch, in order; differentiable.

    Raises:
        BatchError: The list is empty, or devices or dtypes differ.

    Example:
        >>> import gtn
        >>> gtn.batch([gtn.string_acceptor([1, 2]), gtn.string_acceptor([3])])
        Graph(batch=2, states=5, arcs=3, acceptor, float32)
    """
    graphs = list(graphs)
    if not graphs:
        raise BatchError("no graphs to put into a batch")
    if len(graphs) == 1:
        return graphs[0]
    require_same_device_and_dtype(*graphs)
    shifts, first = [], 0
    for g in graphs:
        shifts.append(first)
        first += g.num_states
    ilabel = torch.cat([g.ilabel for g in graphs])
    acceptor = all(g.is_acceptor for g in graphs)
    payload = None
    if any(g.payload is not None for g in graphs):
        payload = torch.cat(
            [torch.full_like(g.src, NO_PAYLOAD) if g.payload is None else g.payload for g in graphs]
        )
    return Graph(
        torch.cat([g.src + n for g, n in zip(graphs, shifts, strict=True)]),
        torch.cat([g.dst + n for g, n in zip(graphs, shifts, strict=True)]),
        ilabel,
        ilabel if acceptor else torch.cat([g.olabel for g in graphs]),
        torch.cat([g.weight for g in graphs]),
        lengths_to_offsets(torch.cat([g.arc_offset.diff() for g in graphs])),
        lengths_to_offsets(torch.cat([g.state_offset.diff() for g in graphs])),
        torch.cat([g.start for g in graphs]),
        torch.cat([g.final_weight for g in graphs]),
        payload,
    )


def require_same_device_and_dtype(*graphs: Graph | Tensor) -> None:
    """Raise BatchError unless the graphs, or tensors of scores, share device and dtype."""
    for g in graphs[1:]:
        if g.device != graphs[0].device or g.dtype != graphs[0].dtype:
            raise BatchError(
                f"graphs on {graphs[0].device} ({graphs[0].dtype}) and {g.device} ({g.dtype}); "
                "bring them together with .to(device=, dtype=)"
            )
