"""Shortest distances on the CPU: ``kernels_torch`` with compiled loops in place of levels."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn import kernels_torch
from gtn.cpu import distance
from gtn.cpu.jit import flags, floats, ints
from gtn.cpu.order import is_swept, order
from gtn.graph import Graph
from gtn.kernels_torch import Saved
from gtn.ragged import owners
from gtn.semirings import CountingSemiring, LogSemiring, SemiringType, TropicalSemiring


def forward(g: Graph, semiring: SemiringType, with_grad: bool = True) -> tuple[Tensor, Saved]:
    """See ``kernels_torch.forward``."""
    alpha = torch.empty(g.num_states, dtype=torch.float64)
    score = torch.empty(len(g), dtype=torch.float64)
    src, weight, start = ints(g.src), floats(g.weight), flags(g.start)
    state_offset, final = ints(g.state_offset), floats(g.final_weight)
    if semiring is TropicalSemiring:
        back, end = torch.empty(g.num_states, dtype=torch.int64), torch.empty(len(g), dtype=torch.int64)
        if is_swept(g):
            distance.best_sweep(src, ints(g.dst), weight, start, alpha.numpy(), back.numpy())
        else:
            plan = order(g)
            ways = (plan.states, plan.arcs, plan.offset, src, weight, start)
            distance.best_forward(*ways, alpha.numpy(), back.numpy())
        distance.best_end(state_offset, alpha.numpy(), final, score.numpy(), end.numpy())
        return score, (score, alpha, back, end)
    plan = order(g)
    ways = (plan.states, plan.arcs, plan.offset, src, weight, start)
    if semiring is LogSemiring:
        share = torch.empty(g.num_arcs if with_grad else 0, dtype=torch.float64)
        distance.log_forward(*ways, alpha.numpy(), share.numpy())
        distance.log_end(state_offset, alpha.numpy(), final, score.numpy())
        return score, (score, alpha, share)
    distance.count_forward(*ways, alpha.numpy())
    score = torch.zeros(len(g), dtype=torch.float64)
    score.index_add_(0, owners(g.state_offset, g.num_states), alpha * g.final)
    return score, (score, alpha)


def backward(g: Graph, semiring: SemiringType, saved: Saved, grad: Tensor) -> tuple[Tensor, Tensor]:
    """See ``kernels_torch.backward``."""
    if semiring is CountingSemiring:
        return kernels_torch.backward(g, semiring, saved, grad)
    by_arc = torch.zeros(g.num_arcs, dtype=torch.float64)
    if semiring is LogSemiring:
        score, alpha, share = saved
        by_final = torch.empty(g.num_states, dtype=torch.float64)
        plan = order(g)
        distance.log_backward(
            plan.states,
            plan.arcs,
            plan.offset,
            ints(g.src),
            ints(g.state_offset),
            alpha.numpy(),
            floats(g.final_weight),
            share.numpy(),
            score.numpy(),
            floats(grad),
            by_arc.numpy(),
            by_final.numpy(),
        )
        return by_arc, by_final
    _, _, back, end = saved
    arcs, offset = distance.trace(ints(g.src), back.numpy(), end.numpy())
    by_arc[torch.from_numpy(arcs)] = grad.double().repeat_interleave(torch.from_numpy(offset).diff())
    by_final = torch.zeros(g.num_states, dtype=torch.float64)
    by_final[end[end >= 0]] = grad.double()[end >= 0]
    return by_arc, by_final


def best_path(g: Graph) -> tuple[Tensor, Tensor, Tensor]:
    """See ``kernels_torch.best_path``."""
    _, (_, _, back, end) = forward(g, TropicalSemiring)
    arcs, offset = distance.trace(ints(g.src), back.numpy(), end.numpy())
    return torch.from_numpy(arcs), torch.from_numpy(offset), end
