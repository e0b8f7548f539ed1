"""Topological sorting of states."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.backends.torch.levels import cycle_error, state_levels
from gtn.graph import Graph


def topological_order(g: Graph) -> Tensor:
    """Sort the states of each graph topologically: every arc leads forwards.

    Returns:
        (S,) int64: the states of graph 0 in order, then those of graph 1, and so on.

    Raises:
        CycleError: A graph has a cycle, be it outside of all paths.
    """
    level = state_levels(g.src, g.dst, g.num_states)
    if bool((level < 0).any()):
        raise cycle_error(g, int((level < 0).nonzero()[0]))
    item = torch.arange(len(g), device=g.device).repeat_interleave(g.state_offset.diff())
    return (item * max(g.num_states, 1) + level).argsort(stable=True)
