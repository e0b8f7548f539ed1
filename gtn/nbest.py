"""The n best paths of acyclic graphs, or the best path of each of the n best strings."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from gtn import nbest_torch
from gtn.errors import GraphError
from gtn.graph import EPSILON, Graph
from gtn.ragged import owners
from gtn.shortest import linear_graphs, refuse_nan


@dataclass(frozen=True)
class Path:
    """One path, as plain numbers.

    Attributes:
        score: sum of the weights of its arcs and of the final weight.
        ilabels: input label of each arc, ``EPSILON`` included.
        olabels: output label of each arc, ``EPSILON`` included.
        payload: payload of each arc; empty if the graph has none.
        arcs: the arcs, as numbered in the batch.
    """

    score: float
    ilabels: tuple[int, ...]
    olabels: tuple[int, ...]
    payload: tuple[int, ...]
    arcs: tuple[int, ...]

    @property
    def input(self) -> tuple[int, ...]:
        """The string it reads: input labels without epsilons."""
        return tuple(label for label in self.ilabels if label != EPSILON)

    @property
    def output(self) -> tuple[int, ...]:
        """The string it writes: output labels without epsilons."""
        return tuple(label for label in self.olabels if label != EPSILON)


@dataclass(frozen=True)
class NBest:
    """The best paths of each graph of a batch: ``best[i]`` is the list of those of graph i, best first.

    Attributes:
        paths: P linear graphs, all paths of graph 0 first; weights and payloads are those of their arcs.
        score: (P,) score of each path; gradients flow back.
        item: (P,) the graph of the batch that each path is of.
        offset: (B + 1,) where the paths of each graph begin.
        arcs: (N,) the arcs of all paths, as numbered in the batch.
    """

    paths: Graph
    score: Tensor
    item: Tensor
    offset: Tensor
    arcs: Tensor

    def __len__(self) -> int:
        return self.offset.numel() - 1

    def __getitem__(self, index: int) -> list[Path]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"graph {index} of a batch of {len(self)}")
        begin, end = self.offset[index % len(self)].item(), self.offset[index % len(self) + 1].item()
        return self._lists(int(begin), int(end))

    def tolist(self) -> list[list[Path]]:
        """The paths of every graph; faster than to ask for each graph."""
        flat = self._lists(0, len(self.paths))
        offset = self.offset.tolist()
        return [flat[a:b] for a, b in pairwise(offset)]

    def _lists(self, begin: int, end: int) -> list[Path]:
        offset = self.paths.arc_offset[begin : end + 1].tolist()
        if not offset:
            return []
        span = slice(offset[0], offset[-1])
        columns = [self.paths.ilabel, self.paths.olabel, self.arcs]
        if self.paths.payload is not None:
            columns.append(self.paths.payload)
        ilabel, olabel, arcs, *payload = (column[span].tolist() for column in columns)
        score = self.score[begin:end].tolist()
        result = []
        for k, value in enumerate(score):
            part = slice(offset[k] - offset[0], offset[k + 1] - offset[0])
            carried = tuple(payload[0][part]) if payload else ()
            result.append(Path(value, tuple(ilabel[part]), tuple(olabel[part]), carried, tuple(arcs[part])))
        return result


def n_best(g: Graph, n: int, *, distinct: bool = True) -> NBest:
    """Find the n best paths of each graph, or the best path of each of its n best output strings.

    Args:
        g: a batch of acyclic graphs.
        n: how many, >= 1. Fewer are given where a graph has fewer (none where it accepts nothing).
        distinct: True: no two paths of a graph write the same output string (epsilons left out), each
            is the best of those that do, and these are the n best strings by their best path. False: the
            n best paths. Paths of score -inf never count. Equal scores come in no particular order.

    Raises:
        CycleError: a graph has a cycle on a path from a start state to a final state.
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
    if n < 1:
        raise GraphError(f"n is {n}; ask for 1 or more paths")
    refuse_nan(g)
    arcs, arc_offset, end, offset = nbest_torch.best_paths(g, n, distinct)
    paths = linear_graphs(g, arcs, arc_offset, end)
    score = g.final_weight[end].double()
    score = score.index_add(0, owners(arc_offset, arcs.numel()), paths.weight.double()).to(g.dtype)
    return NBest(paths, score, owners(offset, end.numel()), offset, arcs)
