"""Shortest distances by compiled passes over the arcs; the interface of ``gtn.backends.torch.distance``."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.backends.numba import distance_passes as passes
from gtn.backends.numba.jit import Ints, flags, floats, ints
from gtn.backends.numba.order import arc_order
from gtn.backends.numba.scaled_float import LN2, split
from gtn.backends.torch import distance as torch_distance
from gtn.backends.torch.distance import Saved
from gtn.ragged import owners
from gtn.semirings import CountingSemiring, LogSemiring, SemiringType, TropicalSemiring
from gtn.tensors import GraphTensors, nan_error


def forward(g: GraphTensors, semiring: SemiringType) -> tuple[Tensor, Saved]:
    """Compute the distance of each graph as ``gtn.backends.torch.distance.forward`` does."""
    if semiring is LogSemiring:
        return _log_forward(g)
    alpha = torch.empty(g.num_states, dtype=torch.float64)
    operands = (*_sequence(g), floats(g.weight), flags(g.start), alpha.numpy())
    if semiring is TropicalSemiring:
        score = torch.empty(len(g), dtype=torch.float64)
        back, end = torch.empty(g.num_states, dtype=torch.int64), torch.empty(len(g), dtype=torch.int64)
        finite = passes.best_forward(*operands, back.numpy())
        ends = (alpha.numpy(), floats(g.final_weight), score.numpy(), end.numpy())
        if not (passes.best_end(ints(g.state_offset), *ends) and finite):
            raise nan_error()
        return score, (score, alpha, back, end)
    passes.count_forward(*operands)
    score = torch.zeros(len(g), dtype=torch.float64)
    score.index_add_(0, owners(g.state_offset, g.num_states), alpha * g.final)
    return score, (score, alpha)


def _log_forward(g: GraphTensors) -> tuple[Tensor, Saved]:
    # rows: mantissas, exponents; those of the ends begin with a row of logarithms
    saved = tuple(
        torch.empty(rows, size, dtype=torch.float64)
        for rows, size in ((3, len(g)), (2, g.num_states), (2, g.num_arcs), (2, g.num_states))
    )
    end, state, arc, final = (x.numpy() for x in saved)
    split(floats(g.weight), arc[0], arc[1])
    split(floats(g.final_weight), final[0], final[1])
    passes.log_forward(*_sequence(g), arc[0], arc[1], flags(g.start), state[0], state[1])
    sums = (state[0], state[1], final[0], final[1], *end)
    passes.log_end(ints(g.state_offset), *sums)
    return saved[0][0], saved


def distances(g: GraphTensors, semiring: SemiringType) -> tuple[Tensor, Tensor]:
    """Compute the distances as ``gtn.backends.torch.distance.distances`` does."""
    score, saved = forward(g, semiring)
    if semiring is LogSemiring:
        m, e = saved[1]
        return score, m.log() + e * LN2
    return score, saved[1]


def backward(g: GraphTensors, semiring: SemiringType, saved: Saved, grad: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the gradients as ``gtn.backends.torch.distance.backward`` does."""
    if semiring is CountingSemiring:
        return torch_distance.backward(g, semiring, saved, grad)
    by_arc = torch.zeros(g.num_arcs, dtype=torch.float64)
    if semiring is LogSemiring:
        end, state, arc, final = (x.numpy() for x in saved)
        by_final = torch.empty(g.num_states, dtype=torch.float64)
        passes.log_backward(
            *_sequence(g),
            arc[0],
            arc[1],
            state[0],
            state[1],
            ints(g.state_offset),
            final[0],
            final[1],
            end[1],
            end[2],
            floats(grad),
            by_arc.numpy(),
            by_final.numpy(),
        )
        return by_arc, by_final
    _, _, back, end_state = saved
    arcs, offset = passes.trace(ints(g.src), back.numpy(), end_state.numpy())
    by_arc[torch.from_numpy(arcs)] = grad.double().repeat_interleave(torch.from_numpy(offset).diff())
    by_final = torch.zeros(g.num_states, dtype=torch.float64)
    by_final[end_state[end_state >= 0]] = grad.double()[end_state >= 0]
    return by_arc, by_final


def best_path(g: GraphTensors) -> tuple[Tensor, Tensor, Tensor]:
    """Find the best paths as ``gtn.backends.torch.distance.best_path`` does."""
    _, (_, _, back, end) = forward(g, TropicalSemiring)
    arcs, offset = passes.trace(ints(g.src), back.numpy(), end.numpy())
    return torch.from_numpy(arcs), torch.from_numpy(offset), end


def linear_states(
    g: GraphTensors, num: int, offset: Tensor, end: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Build linear graphs as ``gtn.backends.torch.distance.linear_states`` does; final weights are detached."""
    *states, final = passes.linear_states(num, ints(offset), ints(end), floats(g.final_weight))
    src, dst, state_offset, start = (torch.from_numpy(x) for x in states)
    return src, dst, state_offset, start, torch.from_numpy(final).to(g.dtype)


def _sequence(g: GraphTensors) -> tuple[int, Ints, Ints, Ints]:
    order = arc_order(g)
    return order.num, order.arcs, ints(g.src), ints(g.dst)
