"""Shortest distances of acyclic graphs: forward score, Viterbi path, posteriors.

Gradients are analytic: one forward and one backward pass, no autograd tape over arcs.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gtn.backends import distance_backend
from gtn.graph import Graph
from gtn.paths import linear_graphs
from gtn.semirings import CountingSemiring, LogSemiring, SemiringType, TropicalSemiring, require_semiring


def forward_score(g: Graph, semiring: SemiringType = LogSemiring) -> Tensor:
    """Compute the score of each graph over all its paths.

    Differentiable in the log and the tropical semiring, by arc weights and final weights.

    Args:
        g: A batch of acyclic graphs (cycles outside of all paths are allowed).
        semiring: ``LogSemiring``: log of the sum over paths of exp(score), the forward algorithm of
            GBL98 sec. VI-E with the opposite sign. ``TropicalSemiring``: the best path's score.
            ``CountingSemiring``: the number of paths.

    Returns:
        (B,) of the dtype of the weights (float64 for counts). -inf, or 0 paths, for a graph that
        accepts nothing: empty, its final states unreachable, or each path with an arc of -inf.

    Raises:
        CycleError: A graph has a cycle on a path from a start state to a final state.
        GraphError: A weight is NaN, in the tropical semiring (in the log semiring the score is NaN); or
            ``semiring`` is none of the three.

    Example:
        >>> import math, torch, gtn
        >>> weight = torch.tensor([math.log(3.0), 0.0], requires_grad=True)
        >>> g = gtn.Graph.from_arcs([0, 0], [1, 1], [7, 8], weight=weight, num_states=2, start=0, final=1)
        >>> score = gtn.forward_score(g)
        >>> round(score.exp().item(), 4)
        4.0
        >>> score.sum().backward()
        >>> weight.grad
        tensor([0.7500, 0.2500])
    """
    require_semiring(semiring, LogSemiring, TropicalSemiring, CountingSemiring)
    if semiring is CountingSemiring:
        counts: Tensor = distance_backend(g.src).forward(g, semiring)[0]
        return counts
    score: Tensor = _Score.apply(g.weight, g.final_weight, g, semiring)  # type: ignore[no-untyped-call]
    return score


def viterbi_score(g: Graph) -> Tensor:
    """Compute the score of the best path of each graph: ``forward_score`` in the tropical semiring.

    Returns:
        (B,); -inf for a graph that accepts nothing. The gradient is 1 on the best path's arcs.

    Raises:
        CycleError: As in ``forward_score``.
    """
    return forward_score(g, TropicalSemiring)


def viterbi_path(g: Graph) -> Graph:
    """Find the best path of each graph, as a linear graph with the labels, weights and payload of its arcs.

    Its ``viterbi_score`` is that of ``g``, and its weights are differentiable by those of ``g``. Among
    equally good paths, at each state (from the last one back) the arc with the lowest index is chosen.

    Returns:
        A batch of as many linear graphs. A graph that accepts nothing gives one start state that is
        not final: again a graph that accepts nothing, of score -inf.

    Raises:
        CycleError: As in ``forward_score``.
        GraphError: A weight is NaN.

    Example:
        >>> import gtn
        >>> g = gtn.Graph.from_arcs([0, 0], [1, 1], [7, 8], weight=[0.5, 1.5], num_states=2, start=0, final=1)
        >>> print(gtn.to_text(gtn.viterbi_path(g)))
        start 0
        0 1 8 8 1.5
        final 1 0
    """
    return linear_graphs(g, *distance_backend(g.src).best_path(g))


def posteriors(g: Graph, semiring: SemiringType = LogSemiring) -> Tensor:
    """Compute the posterior (marginal) of each arc: the gradient of ``forward_score``. Not differentiable.

    Returns:
        (A,) of the dtype of the weights. Log semiring: the probability that a path, drawn with
        probability proportional to exp(score), uses the arc. Tropical: 1 on the best path. Counting:
        the number of paths through the arc (float64). 0 everywhere in a graph that accepts nothing.

    Raises:
        CycleError: As in ``forward_score``.
        GraphError: As in ``forward_score``.
    """
    return _marginals(g, semiring)[0]


def state_posteriors(g: Graph, semiring: SemiringType = LogSemiring) -> Tensor:
    """Compute the posterior (marginal) of each state, as ``posteriors`` does for arcs; (S,)."""
    by_arc, by_final = _marginals(g, semiring)
    # A path leaves a state by an arc, or ends there.
    return by_final.index_add(0, g.src, by_arc)


def distances(g: Graph, semiring: SemiringType) -> tuple[Tensor, Tensor]:
    """Compute distances as ``gtn.backends.torch.distance.distances`` does."""
    found: tuple[Tensor, Tensor] = distance_backend(g.src).distances(g, semiring)
    return found


def _marginals(g: Graph, semiring: SemiringType) -> tuple[Tensor, Tensor]:
    require_semiring(semiring, LogSemiring, TropicalSemiring, CountingSemiring)
    score, saved = distance_backend(g.src).forward(g, semiring)
    by_arc, by_final = distance_backend(g.src).backward(g, semiring, saved, torch.ones_like(score))
    dtype = torch.float64 if semiring is CountingSemiring else g.dtype
    return by_arc.to(dtype), by_final.to(dtype)


class _Score(torch.autograd.Function):
    """``forward_score`` with an analytic backward pass."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, final_weight: Tensor, g: Graph, semiring: SemiringType) -> Tensor:
        ctx.backend, ctx.semiring = distance_backend(g.src), semiring
        score: Tensor
        score, saved = ctx.backend.forward(g, semiring)
        # g itself would keep the tape of its weights alive; the detached graph has none.
        ctx.save_for_backward(weight, final_weight, *saved)
        ctx.structure = g.detach()
        return score.to(weight.dtype)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None]:
        weight, final_weight, *saved = ctx.saved_tensors
        g = ctx.structure.with_weight(weight.detach(), final_weight.detach())
        by_arc, by_final = ctx.backend.backward(g, ctx.semiring, tuple(saved), grad)
        return by_arc.to(weight.dtype), by_final.to(weight.dtype), None, None
