"""Composition and intersection: the graph of all pairs of matching paths."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn import compose_torch
from gtn.compose_torch import Pairs
from gtn.errors import BatchError, GraphError
from gtn.graph import NO_PAYLOAD, Graph, require_same_place

MAX_STATES = 20_000_000
MAX_ARCS = 100_000_000


def compose(a: Graph, b: Graph, *, max_states: int = MAX_STATES, max_arcs: int = MAX_ARCS) -> Graph:
    """Compose transducers: the result *accepts* x -> z if a accepts x -> y and b accepts y -> z.

    The *score* of x -> z joins all such y: each pair of a path of a and a path of b whose labels match
    gives exactly one path, of the sum of their scores, epsilons or not (where both could move without
    the other, a moves first: the epsilon filter of Mohri, Pereira and Riley 2002). Differentiable by
    the weights of both. Only states and arcs on a path are kept; arcs of weight -inf are.

    Either side may be a batch of one, which then meets every graph of the other.

    States of the result are sorted by the state of a, then that of b, each in topological order where
    there is one, so composing an acyclic graph gives states that are numbered topologically. The payload
    of an arc is that of a's arc, or b's where a's has none.

    Args:
        a: its output labels are matched,
        b: with its input labels.
        max_states: budget of states of the result, over the whole batch, before trimming.
        max_arcs: budget of arcs, likewise.

    Returns:
        A batch; an acceptor if both are. A graph without a path is an item without states.

    Raises:
        BatchError: the batches differ in size and neither is of one; devices or dtypes differ.
        BudgetError: the result is larger than the budget.

    Example:
        >>> import gtn
        >>> spell = gtn.Graph.from_arcs([0, 1], [1, 2], [1, 2], [7, gtn.EPSILON], num_states=3, final=2)
        >>> print(gtn.to_text(gtn.compose(gtn.string_acceptor([1, 2]), spell)))
        start 0
        0 1 1 7 0
        1 2 2 -1 0
        final 2 0
    """
    require_same_place(a, b)
    size = _common_size(a, b)
    pairs = compose_torch.matching_pairs(a, b, size, max_states, max_arcs)
    acceptor = a.is_acceptor and b.is_acceptor
    ilabel = _gather(a.ilabel, pairs.arc_a, -1)
    return Graph(
        pairs.src,
        pairs.dst,
        ilabel,
        ilabel if acceptor else _gather(b.olabel, pairs.arc_b, -1),
        _gather(a.weight, pairs.arc_a, 0) + _gather(b.weight, pairs.arc_b, 0),
        pairs.arc_offset,
        pairs.state_offset,
        a.start[pairs.state_a] & b.start[pairs.state_b] & pairs.first,
        a.final_weight[pairs.state_a] + b.final_weight[pairs.state_b],
        _payload(a, b, pairs),
    )


def intersect(a: Graph, b: Graph, *, max_states: int = MAX_STATES, max_arcs: int = MAX_ARCS) -> Graph:
    """Intersect acceptors: the result *accepts* the strings that both accept, with the sum of the *scores*.

    This is ``compose`` for acceptors, which see for batches, budget and gradients.

    Raises:
        GraphError: a or b is a transducer.
    """
    for name, g in (("a", a), ("b", b)):
        if not g.is_acceptor:
            raise GraphError(
                f"{name} is a transducer: use compose, or take project_input/project_output of it first"
            )
    return compose(a, b, max_states=max_states, max_arcs=max_arcs)


def _common_size(a: Graph, b: Graph) -> int:
    if len(a) != len(b) and 1 not in (len(a), len(b)):
        raise BatchError(
            f"batches of {len(a)} and {len(b)} graphs: they must be of one size, or one of them of 1"
        )
    return len(a) if len(b) == 1 else len(b)


def _gather(values: Tensor, index: Tensor, default: int) -> Tensor:
    """values[index], and the default where the index is -1."""
    if values.numel() == 0:
        return values.new_full(index.shape, default) + values.sum()
    return torch.where(index >= 0, values[index.clamp(min=0)], default)


def _payload(a: Graph, b: Graph, pairs: Pairs) -> Tensor | None:
    if a.payload is None and b.payload is None:
        return None
    none = torch.full_like(pairs.src, NO_PAYLOAD)
    first = none if a.payload is None else _gather(a.payload, pairs.arc_a, NO_PAYLOAD)
    second = none if b.payload is None else _gather(b.payload, pairs.arc_b, NO_PAYLOAD)
    return torch.where(first >= 0, first, second)
