"""Topological levels: the order in which shortest distances are worked out.

The level of a state is the length in arcs of the longest path that ends in it. States of one level do
not depend on each other, so a whole level of a whole batch is one step of tensor operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gtn.errors import CycleError
from gtn.graph import Graph
from gtn.ragged import distinct, expand, group


@dataclass(frozen=True)
class Levels:
    """The arcs and states of a batch, level by level.

    Attributes:
        arcs: (A',) arcs sorted by (level of dst, dst, arc); those on useless cycles are left out.
        states: (S',) the states that have such arcs, sorted by level.
        row: (A',) for each arc of ``arcs`` the place of its dst among the states of that level.
        arc_bounds: where each level begins in ``arcs``, and the end.
        state_bounds: where each level begins in ``states``, and the end.
    """

    arcs: Tensor
    states: Tensor
    row: Tensor
    arc_bounds: list[int]
    state_bounds: list[int]


def levels(g: Graph) -> Levels:
    """Work out the levels of a batch; the result is kept with the graph.

    Raises:
        CycleError: a cycle lies on a path from a start state to a final state.
    """
    if "levels" not in g.cache:
        g.cache["levels"] = _levels(g)
    found: Levels = g.cache["levels"]
    return found


def _levels(g: Graph) -> Levels:
    keep = torch.arange(g.num_arcs, device=g.device)
    level = state_levels(g.src, g.dst, g.num_states)
    if bool((level < 0).any()):
        # A cycle among states that no path uses does no harm: look again without them.
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
    arc_bounds = torch.searchsorted(level[dst], torch.arange(depth + 1, device=g.device))
    state_bounds = torch.searchsorted(level[states], torch.arange(depth + 1, device=g.device))
    place = torch.arange(states.numel(), device=g.device) - state_bounds[level[states]]
    row = place.repeat_interleave(count)
    # Level 0 has no arcs; its bounds are (0, 0).
    return Levels(arcs, states, row, arc_bounds.tolist()[1:], state_bounds.tolist()[1:])


def state_levels(src: Tensor, dst: Tensor, num_states: int) -> Tensor:
    """Level of each state, (S,) int64; -1 for states on a cycle or behind one."""
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
    """States to which arcs lead from the states marked in ``begin``, those included; (S,) bool."""
    order, offset = group(src, begin.numel())
    sorted_dst = dst[order]
    seen = begin.clone()
    frontier = seen.nonzero().flatten()
    while frontier.numel():
        entered = sorted_dst[expand(offset, frontier)[1]]
        frontier = distinct(entered[~seen[entered]])
        seen[frontier] = True
    return seen


def useful_states(g: Graph) -> Tensor:
    """(S,) bool, states on a path from a start state to a final state."""
    return reachable(g.src, g.dst, g.start) & reachable(g.dst, g.src, g.final)


def cycle_error(g: Graph, state: int) -> CycleError:
    """The error for a state found on a cycle, or behind one."""
    item = int((g.state_offset <= state).sum()) - 1
    return CycleError(
        f"graph {item} of the batch has a cycle that reaches its state {state - int(g.state_offset[item])}; "
        "scores over all paths need an acyclic graph"
    )


def topological_order(g: Graph) -> Tensor:
    """States of each graph so that every arc leads forwards.

    Returns:
        (S,) int64: the states of graph 0 in order, then those of graph 1, and so on.

    Raises:
        CycleError: some graph has a cycle (here even one that no path uses).
    """
    level = state_levels(g.src, g.dst, g.num_states)
    if bool((level < 0).any()):
        raise cycle_error(g, int((level < 0).nonzero()[0]))
    item = torch.arange(len(g), device=g.device).repeat_interleave(g.state_offset.diff())
    return (item * max(g.num_states, 1) + level).argsort(stable=True)
