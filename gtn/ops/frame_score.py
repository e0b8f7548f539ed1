"""Forward scores of graphs over score sequences, without building the composition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gtn.backends import uses_numba
from gtn.build.frames import as_frames, linear_graph
from gtn.graph import EPSILON, Graph
from gtn.ops.batch import require_same_device_and_dtype
from gtn.ops.compose import common_size, compose
from gtn.ops.shortest import forward_score
from gtn.semirings import LogSemiring, SemiringType, TropicalSemiring, require_semiring


def frame_score(
    scores: Tensor,
    g: Graph,
    lengths: Sequence[int] | Tensor | None = None,
    semiring: SemiringType = LogSemiring,
) -> Tensor:
    """Score each graph over the paths that read one label per time step, each with the score of its time step.

    Equals ``forward_score(compose(linear_graph(scores, lengths), g), semiring)``, gradients included. In the log
    semiring, on the CPU and without epsilons as input labels of g, the composition, which would take most of the
    time, is not built. g may have cycles.

    Args:
        scores: (T, C) or (B, T, C) log scores of the labels 0 .. C - 1 at each time step. Differentiable.
        g: B graphs, or one that reads all. Differentiable.
        lengths: (B,) the number of time steps of each item; None is T for all.
        semiring: ``LogSemiring`` or ``TropicalSemiring``.

    Returns:
        (B,) of the dtype of the scores; -inf where a graph accepts no string of that length.

    Raises:
        GraphError: Scores are of another shape, a length is out of range, or semiring is something else.
        BatchError: The numbers of graphs and of items differ; or devices or dtypes differ.
        BudgetError: The composition, where it is built, is too large.

    Example:
        >>> import torch, gtn
        >>> ones = gtn.closure(gtn.string_acceptor([1]))
        >>> gtn.frame_score(torch.tensor([[0.0, 0.5], [0.0, 2.0]]), ones)
        tensor([2.5000])
    """
    require_semiring(semiring, LogSemiring, TropicalSemiring)
    frames, count = as_frames(scores, lengths)
    require_same_device_and_dtype(frames, g)
    size = common_size(len(frames), len(g))
    plain = semiring is LogSemiring and size == len(frames) and not _has_silent_arcs(g)
    if not plain or not uses_numba(frames):
        return forward_score(compose(linear_graph(frames, count), g), semiring)
    score: Tensor = _FrameScore.apply(frames, g.weight, g.final_weight, g, count)  # type: ignore[no-untyped-call]
    return score


def _has_silent_arcs(g: Graph) -> bool:
    if g.index.lowest_ilabel is None:
        g.index.lowest_ilabel = int(g.ilabel.min()) if g.num_arcs else 0
    return g.index.lowest_ilabel == EPSILON


class _FrameScore(torch.autograd.Function):
    """``frame_score`` in the log semiring by the numba back end, with an analytic backward pass."""

    @staticmethod
    def forward(
        ctx: Any, scores: Tensor, weight: Tensor, final_weight: Tensor, g: Graph, count: Tensor
    ) -> Tensor:
        from gtn.backends.numba import frame_score as numba_backend  # deferred: slow to import

        score, saved = numba_backend.forward(scores, g, count)
        ctx.save_for_backward(*saved)
        ctx.structure = g.detach()
        return score.to(weight.dtype)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor | None, Tensor, None, None]:
        from gtn.backends.numba import frame_score as numba_backend

        g = ctx.structure
        by_scores, by_arc, by_final = numba_backend.backward(
            g, ctx.saved_tensors, grad, ctx.needs_input_grad[1]
        )
        by_arc = by_arc if by_arc is None else by_arc.to(g.dtype)
        return by_scores.to(g.dtype), by_arc, by_final.to(g.dtype), None, None
