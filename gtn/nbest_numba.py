"""The n best paths on the CPU."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gtn.cpu import nbest as kernel
from gtn.cpu.jit import flags, floats, ints
from gtn.cpu.order import by_src, order
from gtn.graph import Graph
from gtn.levels import useful_states


def best_paths(g: Graph, n: int, distinct: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """See ``nbest_torch.best_paths``."""
    plan = order(g)
    src, dst, weight, final = ints(g.src), ints(g.dst), floats(g.weight), floats(g.final_weight)
    rank = np.empty_like(plan.states)
    rank[plan.states] = np.arange(plan.states.size)
    if plan.complete:
        start = flags(g.start)
    else:  # the search must not walk into a cycle
        useful = useful_states(g)
        start = flags(g.start & useful)
        final = np.where(flags(useful), final, -np.inf)
    beta = np.empty(g.num_states, np.float64)
    kernel.best_to_come(plan.states, plan.arcs, plan.offset, src, weight, final, beta)
    found = kernel.best_paths(
        n,
        distinct,
        ints(g.state_offset),
        rank,
        *by_src(g),
        src,
        dst,
        ints(g.olabel),
        weight,
        start,
        final,
        beta,
    )
    arcs, arc_offset, end, offset = (torch.from_numpy(x) for x in found)
    return arcs, arc_offset, end, offset
