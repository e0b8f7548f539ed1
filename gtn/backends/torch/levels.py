"""Topological levels: the order in which shortest distances are computed.

The level of a state is the length in arcs of the longest path that ends in it. States of one level do
not depend on each other, so that a whole level of a whole batch is one step of tensor operations.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.errors import CycleError
from gtn.ragged import distinct, expand, group
from gtn.tensors import GraphTensors, Levels


def levels(g: GraphTensors) -> Levels:
    """Compute the levels of a batch; kept in the index of the graph.

    Raises:
        CycleError: A cycle lies on a path from a start state to a final state.
    """
    if g.index.levels is None:
        g.index.levels = _levels(g)
    return g.index.levels


def _levels(g: GraphTensors) -> Levels:
    keep = torch.arange(g.num_arcs, device=g.device)
    level = state_levels(g.src, g.dst, g.num_states)
    if bool((level < 0).any()):
        # Cycles among useless states are allowed: retry without these states.
        useful = useful_states(g)
        keep = (useful[g.src] & useful[g.dst]).nonzero().flatten()
        level = state_levels(g.src[keep], g.dst[keep], g.num_states)
        if bool((level < 0).any()):
            raise cycle_error(g, int((level < 0).nonzero()[0]))
    dst = g.dst[keep]
    order = (level[dst] * max(g.num_states, 1) + dst).argsort(stable=True)
    arcs, dst = keep[order], dst[order]
    states, count = torch.unique_consecutive(dst, return_counts=True)
    depth = int(level.max()) + 1 if level.numel() else 0
    arc_offsets = torch.searchsorted(level[dst], torch.arange(depth + 1, device=g.device))
    state_offsets = torch.searchsorted(level[states], torch.arange(depth + 1, device=g.device))
    place = torch.arange(states.numel(), device=g.device) - state_offsets[level[states]]
    row = place.repeat_interleave(count)
    # Level 0 has no arcs; its offsets are (0, 0).
    return Levels(arcs, states, row, arc_offsets.tolist()[1:], state_offsets.tolist()[1:])


def state_levels(src: Tensor, dst: Tensor, num_states: int) -> Tensor:
    """Compute the level of each state, (S,) int64; -1 for states on a cycle or behind one."""
    order, offset = group(src, num_states)
    sorted_dst = dst[order]
    waiting = torch.bincount(dst, minlength=num_states)
    level = torch.full((num_states,), -1, dtype=torch.int64, device=src.device)
    frontier = (waiting == 0).nonzero().flatten()
    depth = 0
    while frontier.numel():
        level[frontier] = depth
        entered = sorted_dst[expand(offset, frontier)[1]]
        waiting.index_add_(0, entered, torch.full_like(entered, -1))
        frontier = distinct(entered[waiting[entered] == 0])
        depth += 1
    return level


def reachable(src: Tensor, dst: Tensor, begin: Tensor) -> Tensor:
    """Mark the states reachable from the states of ``begin``, these included; (S,) bool."""
    order, offset = group(src, begin.numel())
    sorted_dst = dst[order]
    seen = begin.clone()
    frontier = seen.nonzero().flatten()
    while frontier.numel():
        entered = sorted_dst[expand(offset, frontier)[1]]
        frontier = distinct(entered[~seen[entered]])
        seen[frontier] = True
    return seen


def useful_states(g: GraphTensors) -> Tensor:
    """Mark the states on a path from a start state to a final state; (S,) bool."""
    return reachable(g.src, g.dst, g.start) & reachable(g.dst, g.src, g.final)


def cycle_error(g: GraphTensors, state: int) -> CycleError:
    """Return the error for a state on a cycle, or behind one."""
    item = int((g.state_offset <= state).sum()) - 1
    return CycleError(
        f"graph {item} of the batch has a cycle that reaches its state {state - int(g.state_offset[item])}; "
        "scores over all paths need an acyclic graph"
    )
