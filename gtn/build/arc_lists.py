"""Batches of graphs from lists or tensors of arcs."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.arguments import Floats, Ints, floats
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.ragged import lengths_to_offsets


def graphs_from_arcs(
    src: Sequence[Ints],
    dst: Sequence[Ints],
    ilabel: Sequence[Ints],
    olabel: Sequence[Ints] | None = None,
    weight: Sequence[Floats] | Tensor | None = None,
    *,
    num_states: Sequence[int],
    start: int | Sequence[int] = 0,
    final: int | Sequence[int] = -1,
    payload: Sequence[Ints] | None = None,
    final_weight: Floats | None = None,
) -> Graph:
    """Build a batch from the arcs of each graph; much faster than ``Graph.from_arcs`` for each.

    Args:
        src: For each of B graphs the source states of its arcs, numbered from 0; lists or tensors.
        dst: For each graph the destination states.
        ilabel: For each graph the input labels.
        olabel: For each graph the output labels; None makes acceptors.
        weight: For each graph the log scores, or all of them end to end (A,); None is 0. Differentiable.
        num_states: (B,) the number of states of each graph.
        start: The start state, the same number in each, or (B,) one for each. -1 is the last state.
        final: The final state, in the same form.
        payload: For each graph a number >= -1 for each arc, or None.
        final_weight: (B,) log scores of the final states; None is 0. Differentiable.

    A graph with several start or final states is built by ``Graph.from_arcs``, a batch of such graphs by ``gtn.batch``.

    Raises:
        GraphError: Sizes differ, or a number is out of range; see ``Graph.from_arcs``.

    Example:
        >>> import gtn
        >>> gtn.graphs_from_arcs([[0, 1], [0]], [[1, 2], [1]], [[5, 6], [7]], num_states=[3, 2])
        Graph(batch=2, states=5, arcs=3, acceptor, float32)
    """
    length = [len(one) for one in src]
    if not len(src) == len(dst) == len(ilabel) == len(num_states):
        counts = f"{len(src)}, {len(dst)}, {len(ilabel)}, {len(num_states)}"
        raise GraphError(f"src, dst, ilabel, num_states are of {counts} graphs")
    if [len(one) for one in dst] != length or [len(one) for one in ilabel] != length:
        raise GraphError("src, dst and ilabel of a graph must be of one length")
    if min(num_states, default=1) < 1:
        raise GraphError(
            f"each graph here has a start state: num_states must be >= 1, not {list(num_states)}"
        )
    source = _concatenate(src)
    device = source.device
    count = torch.tensor(num_states, dtype=torch.int64, device=device)
    sizes = torch.tensor(length, dtype=torch.int64, device=device)
    state_offset = lengths_to_offsets(count)
    shift = state_offset[:-1].repeat_interleave(sizes, output_size=source.numel())
    if weight is None:
        scores = torch.zeros(source.numel(), device=device)
    elif isinstance(weight, Tensor):
        scores = weight
    else:
        scores = torch.cat([torch.as_tensor(one) for one in weight])
    scores = scores if scores.dtype == torch.float64 else scores.float()
    begin = torch.zeros(int(state_offset[-1]), dtype=torch.bool, device=device)
    begin[_global_states(start, count, state_offset, "start")] = True
    ends = torch.full(begin.shape, -torch.inf, dtype=scores.dtype, device=device)
    last = _global_states(final, count, state_offset, "final")
    if final_weight is None:
        ends[last] = 0.0
    else:
        value = floats(final_weight).to(device=device, dtype=scores.dtype)
        if value.shape != count.shape:
            raise GraphError(f"final_weight has shape {tuple(value.shape)}, expected ({count.numel()},)")
        ends = ends.index_put((last,), value)
    return Graph.from_flat(
        source + shift,
        _concatenate(dst) + shift,
        _concatenate(ilabel),
        None if olabel is None else _concatenate(olabel),
        scores,
        arc_offset=lengths_to_offsets(sizes),
        state_offset=state_offset,
        start=begin,
        final_weight=ends,
        payload=None if payload is None else _concatenate(payload),
    )


def _concatenate(columns: Sequence[Ints]) -> Tensor:
    if columns and all(isinstance(one, Tensor) for one in columns):
        return torch.cat([torch.as_tensor(one) for one in columns]).long()
    rows = [one.tolist() if isinstance(one, Tensor) else list(one) for one in columns]
    try:
        try:
            return _concatenate_bytes(rows)
        except ValueError:  # a number is 256 or more
            flat = array("q")
            for one in rows:
                flat.fromlist(one)  # four times as fast as extend
            return torch.frombuffer(flat, dtype=torch.int64)
    except (TypeError, OverflowError) as error:
        raise GraphError(f"states, labels and payloads are integers below 2**63: {error}") from error


def _concatenate_bytes(rows: Sequence[list[int]]) -> Tensor:
    """Concatenate rows of numbers below 256: bytes() reads a list twice as fast as any other constructor."""
    flat = bytearray().join(map(bytes, rows))
    return torch.frombuffer(flat, dtype=torch.uint8).long() if flat else torch.zeros(0, dtype=torch.int64)


def _global_states(state: int | Sequence[int], count: Tensor, offset: Tensor, name: str) -> Tensor:
    local = torch.as_tensor(state, dtype=torch.int64, device=count.device).expand(count.shape)
    local = torch.where(local < 0, local + count, local)
    if bool(((local < 0) | (local >= count)).any()):
        raise GraphError(f"{name} is {state}, out of range for graphs of {count.tolist()[:20]} states")
    return offset[:-1] + local
