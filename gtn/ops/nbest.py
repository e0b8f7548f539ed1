"""N-best paths and n-best strings of acyclic graphs."""

from __future__ import annotations

from gtn.backends import uses_numba
from gtn.backends.torch.nbest import best_paths
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.paths import Paths, collect
from gtn.tensors import reject_nan


def n_best(g: Graph, n: int, *, distinct: bool = True) -> Paths:
    """Find the n best paths of each graph, or the best path of each of its n best output strings.

    Args:
        g: A batch of acyclic graphs.
        n: Number of paths, >= 1. A graph with fewer gives those (none if it accepts nothing).
        distinct: True: the n best output strings (epsilons left out) by their best paths, one path for each.
            False: the n best paths. Paths of score -inf never count. The order of equal scores is
            unspecified.

    Raises:
        CycleError: A graph has a cycle on a path from a start state to a final state.
        GraphError: n < 1, or a weight is NaN.

    Example:
        >>> import gtn
        >>> g = gtn.Graph.from_arcs(
        ...     [0, 0, 0], [1, 1, 1], [7, 7, 8], weight=[3.0, 2.0, 1.0], num_states=2, start=0, final=1)
        >>> [(p.output, p.score) for p in gtn.n_best(g, 2)[0]]
        [((7,), 3.0), ((8,), 1.0)]
        >>> [(p.output, p.score) for p in gtn.n_best(g, 2, distinct=False)[0]]
        [((7,), 3.0), ((7,), 2.0)]
    """
    if not isinstance(n, int) or n < 1:
        raise GraphError(f"n is {n!r}; ask for 1 or more paths")
    reject_nan(g)
    if distinct and uses_numba(g.src):
        from gtn.backends.numba.nbest import best_strings  # deferred: slow to import

        return collect(g, *best_strings(g, n))
    return collect(g, *best_paths(g, n, distinct))
