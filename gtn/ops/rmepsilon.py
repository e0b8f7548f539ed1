"""Epsilon removal."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.backends.torch.levels import state_levels
from gtn.errors import BudgetError, CycleError
from gtn.graph import EPSILON, Graph
from gtn.ops.trim import trim
from gtn.ragged import expand, group, lengths_to_offsets, owners
from gtn.semirings import LogSemiring, SemiringType, TropicalSemiring, require_semiring


def remove(
    g: Graph,
    ilabel: int = EPSILON,
    olabel: int | None = None,
    *,
    semiring: SemiringType = LogSemiring,
    max_arcs: int = 100_000_000,
) -> Graph:
    """Remove epsilon arcs, which read and write nothing (or the arcs with the labels given).

    *Accepts* the same strings (without the removed label) with the same *scores*: each path over such
    arcs to another arc becomes one arc with the sum of the weights, so that each path of g is one path of
    the result. Such paths to a *final* state are summed in the semiring, as a state has one final weight.
    Differentiable. An arc keeps its payload; those of removed arcs are lost. The result is trimmed.

    Args:
        g: A batch; removed arcs must not form a cycle.
        ilabel: Input label of the arcs to remove.
        olabel: Output label of the arcs to remove; None is ``ilabel``.
        semiring: ``LogSemiring`` or ``TropicalSemiring``; see above.
        max_arcs: Budget of arcs of the result.

    Raises:
        CycleError: Arcs to remove form a cycle.
        BudgetError: The result is larger than the budget.
        GraphError: Another semiring.

    Example:
        >>> import gtn
        >>> g = gtn.concat([gtn.string_acceptor([1]), gtn.string_acceptor([2])])
        >>> print(gtn.to_text(gtn.remove(g)))
        start 0
        0 1 1 1 0
        1 2 2 2 0
        final 2 0
    """
    require_semiring(semiring, LogSemiring, TropicalSemiring)
    epsilon = (g.ilabel == ilabel) & (g.olabel == (ilabel if olabel is None else olabel))
    labeled, silent = (~epsilon).nonzero().flatten(), epsilon.nonzero().flatten()
    level = state_levels(g.src[silent], g.dst[silent], g.num_states)
    if bool((level < 0).any()):
        raise CycleError(
            f"arcs labeled {ilabel} form a cycle, which gives an infinite number of paths for one string"
        )
    labeled_order, labeled_offset = group(g.src[labeled], g.num_states)
    silent_order, silent_offset = group(g.src[silent], g.num_states)
    # Partial paths over epsilon arcs: first state, last state, score.
    needed = g.start.clone()
    needed[g.dst[labeled]] = True
    origin = needed.nonzero().flatten()
    at, score = origin, g.weight.new_zeros(origin.numel(), requires_grad=False)
    arcs, ends, total = [], [], 0
    while origin.numel():
        owner, place = expand(labeled_offset, at)
        arc = labeled[labeled_order[place]]
        arcs.append((origin[owner], arc, score[owner] + g.weight[arc]))
        total += arc.numel()
        over = g.final[at]
        ends.append((origin[over], score[over] + g.final_weight[at[over]]))
        owner, place = expand(silent_offset, at)
        arc = silent[silent_order[place]]
        origin, at, score = origin[owner], g.dst[arc], score[owner] + g.weight[arc]
        total += arc.numel()
        if total > max_arcs:
            raise BudgetError(f"removal makes {total} or more arcs, its budget is max_arcs={max_arcs}")
    return trim(_rebuilt(g, arcs, ends, semiring))


def _rebuilt(
    g: Graph, arcs: Sequence[tuple[Tensor, ...]], ends: Sequence[tuple[Tensor, ...]], semiring: SemiringType
) -> Graph:
    nothing = g.src[:0]
    src, arc, weight = (
        (torch.cat(x) for x in zip(*arcs, strict=True)) if arcs else (nothing, nothing, g.weight[:0])
    )
    state, score = (torch.cat(x) for x in zip(*ends, strict=True)) if ends else (nothing, g.weight[:0])
    order = arc.argsort(stable=True)
    order = order[src[order].argsort(stable=True)]
    src, arc, weight = src[order], arc[order], weight[order]
    ilabel = g.ilabel[arc]
    item = owners(g.state_offset, g.num_states)[src]
    return Graph(
        src,
        g.dst[arc],
        ilabel,
        ilabel if g.is_acceptor else g.olabel[arc],
        weight,
        lengths_to_offsets(torch.bincount(item, minlength=len(g))),
        g.state_offset,
        g.start,
        _join(state, score, g.num_states, semiring),
        None if g.payload is None else g.payload[arc],
    )


def _join(state: Tensor, score: Tensor, num_states: int, semiring: SemiringType) -> Tensor:
    """Sum the scores of each state in the semiring, (S,); differentiable."""
    kept = score > -torch.inf
    state, score = state[kept], score[kept]
    base = score.new_full((num_states,), -torch.inf)
    high = base.scatter_reduce(0, state, score.detach(), "amax")
    if semiring is TropicalSemiring:
        # ties: the gradient goes to the first, as in all operations
        place = torch.full_like(base, score.numel(), dtype=torch.int64)
        best = (score.detach() == high[state]).nonzero().flatten()
        place = place.scatter_reduce(0, state[best], best, "amin")
        found = (place < score.numel()).nonzero().flatten()
        return base.index_put((found,), score[place[found]])
    total = score.new_zeros(num_states).index_add(0, state, (score - high[state]).exp())
    found = (high > -torch.inf).nonzero().flatten()
    return base.index_put((found,), high[found] + total[found].log())
