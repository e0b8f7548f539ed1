"""N-best strings by compiled best-first search."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from gtn.backends.numba import distance_passes
from gtn.backends.numba.jit import flags, floats, ints
from gtn.backends.numba.nbest_search import best_paths
from gtn.backends.numba.order import arc_order, arcs_by_src
from gtn.backends.torch.levels import useful_states
from gtn.tensors import GraphTensors


def best_strings(g: GraphTensors, n: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Find the n best strings as ``gtn.backends.torch.nbest.best_paths`` does with ``distinct``."""
    src, dst, weight, final = ints(g.src), ints(g.dst), floats(g.weight), floats(g.final_weight)
    start = flags(g.start)
    order = arc_order(g)
    if not order.complete:  # keep the search out of cycles
        useful = useful_states(g)
        start = flags(g.start & useful)
        final = np.where(flags(useful), final, -np.inf)
    beta = final.copy()
    distance_passes.best_backward(order.num, order.arcs, src, dst, weight, beta)
    found = best_paths(
        n,
        ints(g.state_offset),
        order.rank,
        *arcs_by_src(g),
        dst,
        ints(g.olabel),
        weight,
        start,
        final,
        beta,
    )
    arcs, arc_offset, end, offset = (torch.from_numpy(x) for x in found)
    return arcs, arc_offset, end, offset
