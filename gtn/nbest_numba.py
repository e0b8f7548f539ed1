"""The n best strings on the CPU."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gtn.cpu import distance
from gtn.cpu import nbest as kernel
from gtn.cpu.jit import flags, floats, ints
from gtn.cpu.order import by_src, order
from gtn.graph import Graph
from gtn.levels import useful_states


def best_strings(g: Graph, n: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """See ``nbest_torch.best_paths``, with ``distinct``."""
    src, dst, weight, final = ints(g.src), ints(g.dst), floats(g.weight), floats(g.final_weight)
    start = flags(g.start)
    plan = order(g)
    if not plan.complete:  # the search must not walk into a cycle
        useful = useful_states(g)
        start = flags(g.start & useful)
        final = np.where(flags(useful), final, -np.inf)
    beta = final.copy()
    distance.best_backward(plan.num, plan.arcs, src, dst, weight, beta)
    found = kernel.best_paths(
        n,
        ints(g.state_offset),
        plan.rank,
        *by_src(g),
        dst,
        ints(g.olabel),
        weight,
        start,
        final,
        beta,
    )
    arcs, arc_offset, end, offset = (torch.from_numpy(x) for x in found)
    return arcs, arc_offset, end, offset
