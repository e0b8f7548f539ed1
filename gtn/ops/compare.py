"""Comparison of graphs: equality, isomorphism, equivalence of the accepted strings.

For tests and inspection: batches are processed item by item, on the CPU.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import torch

from gtn.errors import BatchError, BudgetError, GraphError
from gtn.graph import EPSILON, Graph
from gtn.ops.topsort import topological_order
from gtn.ops.trim import trim
from gtn.semirings import LogSemiring, SemiringType

if TYPE_CHECKING:
    import networkx as nx

Strings = tuple[tuple[int, ...], tuple[int, ...]]


def equal(a: Graph, b: Graph) -> bool:
    """Return True if two batches have the same states, numbered alike, and the same arcs in any order.

    Weights and payloads are compared exactly. False for batches of different size.
    """
    if len(a) != len(b) or not all(
        torch.equal(x.cpu(), y.cpu())
        for x, y in (
            (a.state_offset, b.state_offset),
            (a.arc_offset, b.arc_offset),
            (a.start, b.start),
            (a.final_weight, b.final_weight),
        )
    ):
        return False
    return _rows(a) == _rows(b)


def isomorphic(a: Graph, b: Graph, *, tolerance: float = 0.0) -> bool:
    """Return True if two batches are the same up to the numbering of states and the order of arcs.

    Args:
        a: A batch.
        b: A batch.
        tolerance: Largest difference of weights.

    Example:
        >>> import gtn
        >>> a = gtn.Graph.from_arcs([0], [1], [5], num_states=2, start=0, final=1)
        >>> b = gtn.Graph.from_arcs([1], [0], [5], num_states=2, start=1, final=0)
        >>> gtn.equal(a, b), gtn.isomorphic(a, b)
        (False, True)
    """
    import networkx as nx  # deferred: slow to import

    if len(a) != len(b):
        return False

    def near(x: float, y: float) -> bool:
        return x == y or abs(x - y) <= tolerance

    def same_state(x: dict[str, object], y: dict[str, object]) -> bool:
        return x["start"] == y["start"] and near(float(str(x["final"])), float(str(y["final"])))

    def same_arcs(
        x: dict[str, list[tuple[int, int, int, float]]], y: dict[str, list[tuple[int, int, int, float]]]
    ) -> bool:
        left, right = sorted(x["arcs"]), sorted(y["arcs"])
        return len(left) == len(right) and all(
            p[:3] == q[:3] and near(p[3], q[3]) for p, q in zip(left, right, strict=True)
        )

    return all(
        nx.is_isomorphic(_bundled(x), _bundled(y), node_match=same_state, edge_match=same_arcs)
        for x, y in zip(a, b, strict=True)
    )


def equivalent(
    a: Graph,
    b: Graph,
    *,
    semiring: SemiringType = LogSemiring,
    tolerance: float = 1e-4,
    max_strings: int = 1_000_000,
) -> bool:
    """Return True if two batches of acyclic graphs assign the same strings (pairs of strings) the same scores.

    Args:
        a: A batch.
        b: A batch.
        semiring: Semiring of the sum over the paths of one string.
        tolerance: Largest difference of scores, in nats.
        max_strings: Budget of strings of each graph; all are enumerated, state by state.

    Raises:
        BatchError: Batches of different size.
        CycleError: A graph has a useful cycle.
        BudgetError: A graph has more strings than the budget.

    Example:
        >>> import gtn
        >>> a = gtn.concat([gtn.string_acceptor([1]), gtn.string_acceptor([2])])
        >>> gtn.equivalent(a, gtn.string_acceptor([1, 2]))
        True
    """
    if len(a) != len(b):
        raise BatchError(f"batches of {len(a)} and {len(b)} graphs cannot be equivalent")
    for x, y in zip(a, b, strict=True):
        left, right = language(x, semiring, max_strings), language(y, semiring, max_strings)
        if left.keys() != right.keys() or any(abs(left[s] - right[s]) > tolerance for s in left):
            return False
    return True


def language(
    g: Graph, semiring: SemiringType = LogSemiring, max_strings: int = 1_000_000
) -> dict[Strings, float]:
    """Enumerate the strings that one acyclic graph accepts.

    Returns:
        The score of each (input string, output string); those with the semiring's zero are left out.

    Raises:
        GraphError: g is a batch of other than one.
        CycleError: The graph has a useful cycle.
        BudgetError: There are more strings than the budget.
    """
    if len(g) != 1:
        raise GraphError(f"language takes one graph, this is a batch of {len(g)}; take g[i]")
    g = trim(g)
    counting = semiring.one == 1.0
    arcs = defaultdict(list)
    columns = (g.src, g.dst, g.ilabel, g.olabel, g.weight)
    for s, d, i, o, w in zip(*(c.tolist() for c in columns), strict=True):
        if w > -math.inf:
            arcs[s].append((d, i, o, 1.0 if counting else w))
    here: list[dict[Strings, float]] = [
        {((), ()): semiring.one} if begins else {} for begins in g.start.tolist()
    ]
    accepted: dict[Strings, float] = {}
    final = g.final_weight.tolist()
    for state in topological_order(g).tolist():
        for (read, written), score in here[state].items():
            for d, i, o, w in arcs[state]:
                key = (read if i == EPSILON else (*read, i), written if o == EPSILON else (*written, o))
                here[d][key] = semiring.plus(here[d].get(key, semiring.zero), semiring.times(score, w))
            if final[state] > -math.inf:
                end = semiring.times(score, 1.0 if counting else final[state])
                key = (read, written)
                accepted[key] = semiring.plus(accepted.get(key, semiring.zero), end)
        here[state] = {}
        if sum(map(len, here)) + len(accepted) > max_strings:
            raise BudgetError(f"the graph has more than max_strings={max_strings} strings")
    return accepted


def _rows(g: Graph) -> list[tuple[float, ...]]:
    columns = [g.src, g.dst, g.ilabel, g.olabel, g.weight, *([] if g.payload is None else [g.payload])]
    return sorted(zip(*(c.tolist() for c in columns), strict=True))


def _bundled(g: Graph) -> nx.DiGraph[int]:
    """Build a simple graph whose edges hold all arcs between two states."""
    import networkx as nx  # deferred: slow to import

    result: nx.DiGraph[int] = nx.DiGraph()
    for state, (begins, final) in enumerate(zip(g.start.tolist(), g.final_weight.tolist(), strict=True)):
        result.add_node(state, start=begins, final=final)
    payload = [-1] * g.num_arcs if g.payload is None else g.payload.tolist()
    columns = (g.src, g.dst, g.ilabel, g.olabel, g.weight)
    for (s, d, i, o, w), p in zip(zip(*(c.tolist() for c in columns), strict=True), payload, strict=True):
        if not result.has_edge(s, d):
            result.add_edge(s, d, arcs=[])
        result.edges[s, d]["arcs"].append((i, o, p, w))
    return result
