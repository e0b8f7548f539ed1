"""Shortest distances in plain torch, level by level: the reference implementation, for any device.

``x`` is always the score of the best (or of all) paths up to and including an arc; distances are
float64 whatever the weights are, because the differences of large sums make the gradient.
"""

from __future__ import annotations

from typing import TypeAlias

import torch
from torch import Tensor

from gtn.backends.torch.levels import levels
from gtn.ragged import lengths_to_offsets, owners
from gtn.semirings import CountingSemiring, LogSemiring, SemiringType, TropicalSemiring
from gtn.tensors import GraphTensors, reject_nan

Saved: TypeAlias = tuple[Tensor, ...]
"""The tensors of the forward pass that the backward pass needs; the form is the back end's own."""


def forward(g: GraphTensors, semiring: SemiringType) -> tuple[Tensor, Saved]:
    """Compute the distance of each graph: the semiring sum over its paths.

    Returns:
        (B,) float64, and the tensors that ``backward`` needs.

    Raises:
        GraphError: A weight is NaN, in the tropical semiring.
    """
    if semiring is TropicalSemiring:
        reject_nan(g)
    weight, final = g.weight.detach().double(), g.final_weight.detach().double()
    if semiring is CountingSemiring:
        weight, final = (weight > -torch.inf).double(), (final > -torch.inf).double()
    alpha = torch.where(g.start, semiring.one, semiring.zero).double()
    plan = levels(g)
    src = g.src[plan.arcs]
    weight = weight[plan.arcs]
    for arcs, states in _steps(plan.arc_offsets, plan.state_offsets):
        target = plan.states[states]
        x = _times(alpha[src[arcs]], weight[arcs], semiring)
        alpha[target] = _plus(alpha[target], x, plan.row[arcs], semiring)
    end = _times(alpha, final, semiring)
    empty = torch.full((len(g),), semiring.zero, dtype=torch.float64, device=g.device)
    score = _plus(empty, end, owners(g.state_offset, g.num_states), semiring)
    return score, (score, alpha)


def distances(g: GraphTensors, semiring: SemiringType) -> tuple[Tensor, Tensor]:
    """Return the score (B,) of each graph and the semiring sum (S,) over the paths to each state; float64."""
    _, (score, alpha) = forward(g, semiring)
    return score, alpha


def backward(g: GraphTensors, semiring: SemiringType, saved: Saved, grad: Tensor) -> tuple[Tensor, Tensor]:
    """Compute the gradients of the distances (B,), times grad (B,), by arc weight and by final weight.

    A state's gradient is distributed over the arcs that enter it, in proportion to the share of the
    arc's ``x`` in the state's distance: exp(x - alpha) in the log semiring, all to the best arc in
    the tropical one. In the counting semiring the result is the number of paths through the arc.

    Returns:
        (A,) and (S,) float64.
    """
    score, alpha = saved
    grad = grad.double()
    weight, final = g.weight.detach().double(), g.final_weight.detach().double()
    item = owners(g.state_offset, g.num_states)
    plan = levels(g)
    src, dst = g.src[plan.arcs], g.dst[plan.arcs]
    weight = weight[plan.arcs]
    by_arc = torch.zeros(g.num_arcs, dtype=torch.float64, device=g.device)
    if semiring is CountingSemiring:
        weight, final = (weight > -torch.inf).double(), (final > -torch.inf).double()
        by_final = alpha * final * grad[item]
        by_state = final * grad[item]
    elif semiring is LogSemiring:
        by_final = _share(alpha + final, score[item]) * grad[item]
        by_state = by_final.clone()
    else:
        by_final = torch.zeros_like(final)
        ends = best_end(g, alpha)
        ends, value = ends[ends >= 0], grad[ends >= 0]
        by_final[ends] = value
        by_state = by_final.clone()
        back = best_arcs(g, alpha)
    for arcs, _ in reversed(_steps(plan.arc_offsets, plan.state_offsets)):
        upper = by_state[dst[arcs]]
        if semiring is CountingSemiring:
            part = upper * weight[arcs]
            by_arc[plan.arcs[arcs]] = part * alpha[src[arcs]]
        elif semiring is LogSemiring:
            part = upper * _share(alpha[src[arcs]] + weight[arcs], alpha[dst[arcs]])
            by_arc[plan.arcs[arcs]] = part
        else:
            part = upper * (back[dst[arcs]] == plan.arcs[arcs])
            by_arc[plan.arcs[arcs]] = part
        by_state.index_add_(0, src[arcs], part)
    return by_arc, by_final


def best_arcs(g: GraphTensors, alpha: Tensor) -> Tensor:
    """Find the arc by which the best path enters each state, given tropical distances alpha.

    Returns:
        (S,) int64; -1 where the best path begins in the state, or no path leads there.
    """
    plan = levels(g)
    dst = g.dst[plan.arcs]
    x = alpha[g.src[plan.arcs]] + g.weight.detach().double()[plan.arcs]
    # In a start state without a better incoming arc the path begins: shorter paths win ties.
    begins = (g.start & (alpha <= 0))[dst]
    best = (x == alpha[dst]) & (x > -torch.inf) & ~begins
    back = torch.full((g.num_states,), g.num_arcs, dtype=torch.int64, device=g.device)
    back.scatter_reduce_(0, dst[best], plan.arcs[best], "amin")
    return torch.where(back == g.num_arcs, -1, back)


def best_end(g: GraphTensors, alpha: Tensor) -> Tensor:
    """Find the final state of each graph's best path, given tropical distances; (B,) int64, -1 without a path."""
    item = owners(g.state_offset, g.num_states)
    x = alpha + g.final_weight.detach().double()
    high = torch.full((len(g),), -torch.inf, dtype=torch.float64, device=g.device)
    high.scatter_reduce_(0, item, x, "amax")
    state = torch.arange(g.num_states, device=g.device).masked_fill(
        (x < high[item]) | (x == -torch.inf), g.num_states
    )
    end = torch.full((len(g),), g.num_states, dtype=torch.int64, device=g.device)
    end.scatter_reduce_(0, item, state, "amin")
    return torch.where(end == g.num_states, -1, end)


def best_path(g: GraphTensors) -> tuple[Tensor, Tensor, Tensor]:
    """Find each graph's best path.

    Returns:
        The arcs of all paths end to end, offsets (B + 1,), and the last state of each path (-1: no path).
    """
    _, (_, alpha) = forward(g, TropicalSemiring)
    back, end = best_arcs(g, alpha), best_end(g, alpha)
    # Every path takes as many steps back as the longest needs: no step waits for a device-to-host copy.
    state, steps = end, []
    for _ in range(len(levels(g).arc_offsets) - 1):
        arc = torch.where(state >= 0, back[state.clamp(min=0)], -1)
        steps.append(arc)
        state = torch.where(arc >= 0, g.src[arc.clamp(min=0)], -1)
    return *concatenate_steps(steps, end), end


def linear_states(
    g: GraphTensors, num: int, offset: Tensor, end: Tensor
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Build the states of linear graphs whose arcs are given.

    Args:
        g: The batch that the paths belong to.
        num: N, the number of arcs.
        offset: (P + 1,) first arc of each path.
        end: (P,) the last state of each path, -1 for no path.

    Returns:
        src (N,), dst (N,), offsets of the states (P + 1,), start flags (N + P,) and final weights (N + P,).
    """
    src = torch.arange(num, device=g.device) + owners(offset, num)
    state_offset = offset + torch.arange(offset.numel(), device=g.device)
    start = torch.zeros(num + end.numel(), dtype=torch.bool, device=g.device)
    start[state_offset[:-1]] = True
    final_weight = g.weight.new_full(start.shape, -torch.inf)
    if g.num_states:
        last = g.final_weight[end.clamp(min=0)].masked_fill(end < 0, -torch.inf)
        final_weight = final_weight.index_put((state_offset[1:] - 1,), last)
    return src, src + 1, state_offset, start, final_weight


def concatenate_steps(steps: list[Tensor], like: Tensor) -> tuple[Tensor, Tensor]:
    """Concatenate the arcs of paths; return them and the first arc of each path (P + 1,).

    Args:
        steps: Arcs of each path (P,), the last step first; -1 where a path has ended.
        like: (P,) int64, to know P where there are no steps.
    """
    table = torch.stack(steps[::-1], 1) if steps else like.new_zeros(like.numel(), 0)
    there = table >= 0
    return table[there], lengths_to_offsets(there.sum(1))


def _steps(arc_offsets: list[int], state_offsets: list[int]) -> list[tuple[slice, slice]]:
    return [
        (slice(a, b), slice(c, d))
        for a, b, c, d in zip(arc_offsets, arc_offsets[1:], state_offsets, state_offsets[1:], strict=False)
    ]


def _times(a: Tensor, b: Tensor, semiring: SemiringType) -> Tensor:
    return a * b if semiring is CountingSemiring else a + b


def _plus(base: Tensor, x: Tensor, row: Tensor, semiring: SemiringType) -> Tensor:
    """Add to base (R,) the values x (E,) of each row, in the semiring."""
    if semiring is CountingSemiring:
        return base.index_add(0, row, x)
    high = base.scatter_reduce(0, row, x, "amax")
    if semiring is TropicalSemiring:
        return high
    # All -inf: subtracting it would give NaN.
    safe = high.masked_fill(high == -torch.inf, 0.0)
    total = torch.exp(base - safe).index_add(0, row, torch.exp(x - safe[row]))
    return torch.where(high == -torch.inf, high, safe + torch.log(total))


def _share(x: Tensor, total: Tensor) -> Tensor:
    """Return exp(x - total), 0 where total is -inf."""
    return torch.exp(x - total.masked_fill(total == -torch.inf, 0.0))
