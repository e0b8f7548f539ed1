"""The four losses of graph transformer networks (GBL98 sec. V and VI).

With penalties C = -score, and "c" for the graph constrained to the right string:

=========================  ====================  ====================================================
Viterbi                    C_cvit                the best right path; can collapse (sec. V-A)
discriminative Viterbi     C_cvit - C_vit        >= 0; no margin (sec. V-B)
forward                    C_cforw               all right paths; can collapse too
discriminative forward     C_cforw - C_forw      >= 0, -log P(right string); the one to use (sec. VI)
=========================  ====================  ====================================================

Each takes a batch of graphs and a target for each, and has the ``reduction`` of torch's losses. The loss of a
target that the graph cannot write is inf; ``zero_infinity`` makes it, and its gradient, 0.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.nn.transformers import Targets, select_paths
from gtn.ops.shortest import forward_score
from gtn.semirings import LogSemiring, SemiringType, TropicalSemiring


def viterbi_loss(
    graph: Graph, targets: Targets, reduction: str = "mean", zero_infinity: bool = False
) -> Tensor:
    """Compute the penalty of the best path that writes the target: C_cvit (GBL98 sec. V-A)."""
    return _loss(graph, targets, TropicalSemiring, False, reduction, zero_infinity)


def discriminative_viterbi_loss(
    graph: Graph, targets: Targets, reduction: str = "mean", zero_infinity: bool = False
) -> Tensor:
    """Compute the penalty of the best right path minus that of the best path: C_cvit - C_vit (GBL98 sec. V-B)."""
    return _loss(graph, targets, TropicalSemiring, True, reduction, zero_infinity)


def forward_loss(
    graph: Graph, targets: Targets, reduction: str = "mean", zero_infinity: bool = False
) -> Tensor:
    """Compute the penalty of all paths that write the target: C_cforw (GBL98 sec. VI)."""
    return _loss(graph, targets, LogSemiring, False, reduction, zero_infinity)


def discriminative_forward_loss(
    graph: Graph, targets: Targets, reduction: str = "mean", zero_infinity: bool = False
) -> Tensor:
    """Compute minus the log of the target's posterior: C_cforw - C_forw (GBL98 sec. VI, eq. 16 ff.).

    Args:
        graph: A batch of B acyclic graphs.
        targets: B strings of output labels, or acceptors of them (a batch of B or 1).
        reduction: "none" returns (B,), "mean" their mean, "sum" their sum.
        zero_infinity: Count a target that the graph cannot write as 0, instead of inf.

    Returns:
        The loss; () or (B,).

    Raises:
        GraphError: reduction is something else.
        CycleError: A graph has a useful cycle.

    Example:
        >>> import math, gtn
        >>> g = gtn.Graph.from_arcs([0, 0], [1, 1], [7, 8], weight=[math.log(3.0), 0.0], num_states=2, final=1)
        >>> (-gtn.nn.discriminative_forward_loss(g, [[7]])).exp()
        tensor(0.7500)
    """
    return _loss(graph, targets, LogSemiring, True, reduction, zero_infinity)


class GraphLoss(nn.Module):
    """Base of the four losses as modules.

    Args:
        reduction: "none", "mean" or "sum", as in torch's losses.
        zero_infinity: Count a target that the graph cannot write as 0, instead of inf.
    """

    semiring: ClassVar[SemiringType]
    discriminative: ClassVar[bool]

    def __init__(self, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__()
        if reduction not in ("none", "mean", "sum"):
            raise GraphError(f"reduction is 'none', 'mean' or 'sum', not {reduction!r}")
        self.reduction = reduction
        self.zero_infinity = zero_infinity

    def forward(self, graph: Graph, targets: Targets) -> Tensor:
        """Compute the loss of a batch of graphs, () or (B,)."""
        return _loss(graph, targets, self.semiring, self.discriminative, self.reduction, self.zero_infinity)


class ViterbiLoss(GraphLoss):
    """``viterbi_loss`` as a module."""

    semiring, discriminative = TropicalSemiring, False


class DiscriminativeViterbiLoss(GraphLoss):
    """``discriminative_viterbi_loss`` as a module."""

    semiring, discriminative = TropicalSemiring, True


class ForwardLoss(GraphLoss):
    """``forward_loss`` as a module."""

    semiring, discriminative = LogSemiring, False


class DiscriminativeForwardLoss(GraphLoss):
    """``discriminative_forward_loss`` as a module."""

    semiring, discriminative = LogSemiring, True


def _loss(
    graph: Graph,
    targets: Targets,
    semiring: SemiringType,
    discriminative: bool,
    reduction: str,
    zero_infinity: bool,
) -> Tensor:
    right = forward_score(select_paths(graph, targets), semiring)
    free = forward_score(graph, semiring) if discriminative else torch.zeros_like(right)
    possible = right > -torch.inf
    # inf - inf would be NaN, and its gradient too
    value = torch.where(possible, free, 0.0) - torch.where(possible, right, 0.0)
    return reduce_loss(value.masked_fill(~possible, 0.0 if zero_infinity else torch.inf), reduction)


def reduce_loss(value: Tensor, reduction: str) -> Tensor:
    """Reduce the losses (B,) by torch's conventions.

    Raises:
        GraphError: reduction is not "none", "mean" or "sum".
    """
    if reduction == "none":
        return value
    if reduction == "mean":
        return value.mean()
    if reduction == "sum":
        return value.sum()
    raise GraphError(f"reduction is 'none', 'mean' or 'sum', not {reduction!r}")
