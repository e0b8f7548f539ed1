"""Composition and intersection: the graph of all pairs of matching paths."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from gtn.backends import uses_numba
from gtn.backends.torch import compose as torch_backend
from gtn.backends.torch.compose import Pairs
from gtn.errors import BatchError, GraphError
from gtn.graph import Graph
from gtn.ops.batch import require_same_device_and_dtype

MAX_STATES = 20_000_000
MAX_ARCS = 100_000_000


def compose(
    a: Graph,
    b: Graph,
    *,
    items: Tensor | None = None,
    max_states: int = MAX_STATES,
    max_arcs: int = MAX_ARCS,
) -> Graph:
    """Compose transducers: the result *accepts* x -> z if a accepts x -> y and b accepts y -> z.

    The *score* of x -> z sums over all such y: each pair of a path of a and a path of b whose labels match
    gives exactly one path, with the sum of their scores, epsilons or not (where both could move without
    the other, a moves first: the epsilon filter of Mohri, Pereira and Riley 2002). Differentiable by
    the weights of both. The result is trimmed; arcs of weight -inf are kept.

    Either operand may be a batch of one, which is then composed with every graph of the other.

    States of the result are sorted by the state of a, then that of b, each in topological order where
    there is one, so that composing an acyclic graph numbers the states topologically. Arcs are sorted by
    (src, label that matches, arc of a, arc of b). The payload of an arc is that of a's arc, or b's where a's has none.

    Args:
        a: Operand matched by its output labels.
        b: Operand matched by its input labels.
        items: (N,) int64: graph k of b is composed with graph ``items[k]`` of a. The result equals that of
            ``a[items]``, without copies of a large graph that several strings are matched with.
        max_states: Budget of states of the result, over the whole batch, before trimming.
        max_arcs: Budget of arcs, over the whole batch, before trimming.

    Returns:
        A batch; an acceptor if both are. A graph without a path is an item without states.

    Raises:
        BatchError: The batches differ in size and neither is of one, or ``items`` is not as long as b; devices or
            dtypes differ.
        BudgetError: The result is larger than the budget.

    Example:
        >>> import gtn
        >>> spell = gtn.Graph.from_arcs([0, 1], [1, 2], [1, 2], [7, gtn.EPSILON], num_states=3, final=2)
        >>> print(gtn.to_text(gtn.compose(gtn.string_acceptor([1, 2]), spell)))
        start 0
        0 1 1 7 0
        1 2 2 -1 0
        final 2 0
    """
    require_same_device_and_dtype(a, b)
    if items is not None:
        _check_items(items, a, b)
    size = common_size(len(a), len(b)) if items is None else len(b)
    pairs = None
    if uses_numba(a.src):
        from gtn.backends.numba import compose as numba_backend  # deferred: slow to import

        pairs = numba_backend.matching_pairs(a, b, size, max_states, max_arcs, items)
        columns = numba_backend.columns
    if pairs is None:
        a = a if items is None else a[items]
        pairs = torch_backend.matching_pairs(a, b, size, max_states, max_arcs)
        columns = torch_backend.columns
    ilabel, olabel, weight, payload = columns(a, b, pairs)
    if torch.is_grad_enabled() and (a.weight.requires_grad or b.weight.requires_grad):
        weight = _SummedWeight.apply(a.weight, b.weight, weight, pairs.arc_a, pairs.arc_b)  # type: ignore[no-untyped-call]
    start, final = _ends(a, b, pairs)
    offsets = (pairs.arc_offset, pairs.state_offset)
    return Graph(pairs.src, pairs.dst, ilabel, olabel, weight, *offsets, start, final, payload)


def intersect(a: Graph, b: Graph, *, max_states: int = MAX_STATES, max_arcs: int = MAX_ARCS) -> Graph:
    """Intersect acceptors: the result *accepts* the strings that both accept, with the sum of the *scores*.

    This is ``compose`` for acceptors, with its batches, budget and gradients.

    Raises:
        GraphError: a or b is a transducer.
    """
    for name, g in (("a", a), ("b", b)):
        if not g.is_acceptor:
            raise GraphError(
                f"{name} is a transducer: use compose, or take project_input/project_output of it first"
            )
    return compose(a, b, max_states=max_states, max_arcs=max_arcs)


def common_size(a: int, b: int) -> int:
    """Return the size of the result for batches of a and b graphs; raises BatchError."""
    if a != b and 1 not in (a, b):
        raise BatchError(f"batches of {a} and {b} graphs: they must be of one size, or one of them of 1")
    return a if b == 1 else b


def _check_items(items: Tensor, a: Graph, b: Graph) -> None:
    if items.shape != (len(b),) or items.dtype != torch.int64:
        raise BatchError(
            f"items must be ({len(b)},) torch.int64, one for each graph of b; not {tuple(items.shape)} {items.dtype}"
        )
    if items.numel() and not 0 <= int(items.min()) <= int(items.max()) < len(a):
        raise BatchError(f"items {items.tolist()[:20]} of a batch of {len(a)}")


def _ends(a: Graph, b: Graph, pairs: Pairs) -> tuple[Tensor, Tensor]:
    """Compute start flags and final weights of the states of the result."""
    if uses_numba(a.src) and not (a.final_weight.requires_grad or b.final_weight.requires_grad):
        from gtn.backends.numba import compose as numba_backend

        return numba_backend.ends(a, b, pairs)
    start = a.start[pairs.state_a] & b.start[pairs.state_b] & pairs.first
    return start, a.final_weight[pairs.state_a] + b.final_weight[pairs.state_b]


class _SummedWeight(torch.autograd.Function):
    """Sum of the weights of two arcs, computed by the back end, with its gradient."""

    @staticmethod
    def forward(ctx: Any, a: Tensor, b: Tensor, weight: Tensor, arc_a: Tensor, arc_b: Tensor) -> Tensor:
        ctx.save_for_backward(arc_a, arc_b)
        ctx.sizes = (a.numel() if ctx.needs_input_grad[0] else 0, b.numel() if ctx.needs_input_grad[1] else 0)
        ctx.dtype = a.dtype
        return weight

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None, None, None]:
        arc_a, arc_b = ctx.saved_tensors
        if uses_numba(grad):
            from gtn.backends.numba import compose as numba_backend

            by_a, by_b = numba_backend.scatter(arc_a, arc_b, grad, *ctx.sizes)
        else:
            by_a, by_b = torch_backend.scatter(arc_a, arc_b, grad, *ctx.sizes)
        wanted = ctx.needs_input_grad
        return (
            by_a.to(ctx.dtype) if wanted[0] else None,
            by_b.to(ctx.dtype) if wanted[1] else None,
            None,
            None,
            None,
        )
