"""Paths of a graph, as linear graphs and as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor

from gtn.backends import distance_backend
from gtn.backends.torch import distance as torch_distance
from gtn.graph import EPSILON, Graph
from gtn.ragged import owners


@dataclass(frozen=True)
class Path:
    """One path, as plain numbers.

    Attributes:
        score: Sum of the weights of its arcs and of the final weight.
        ilabels: Input label of each arc, ``EPSILON`` included.
        olabels: Output label of each arc, ``EPSILON`` included.
        payload: Payload of each arc; empty if the graph has none.
        arcs: The arcs, as numbered in the batch.
    """

    score: float
    ilabels: tuple[int, ...]
    olabels: tuple[int, ...]
    payload: tuple[int, ...]
    arcs: tuple[int, ...]

    @property
    def input(self) -> tuple[int, ...]:
        """The input string: input labels without epsilons."""
        return tuple(label for label in self.ilabels if label != EPSILON)

    @property
    def output(self) -> tuple[int, ...]:
        """The output string: output labels without epsilons."""
        return tuple(label for label in self.olabels if label != EPSILON)


@dataclass(frozen=True)
class Paths:
    """Some paths of each graph of a batch: ``paths[i]`` is the list of those of graph i, in order.

    Attributes:
        graph: P linear graphs, all paths of graph 0 first, with the weights and payloads of their arcs.
        score: (P,) score of each path; differentiable.
        item: (P,) the graph of the batch that each path belongs to.
        offset: (B + 1,) first path of each graph.
        arcs: (N,) the arcs of all paths, as numbered in the batch.
    """

    graph: Graph
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
        """Return the paths of every graph; faster than one access for each graph."""
        flat = self._lists(0, len(self.graph))
        offset = self.offset.tolist()
        return [flat[a:b] for a, b in pairwise(offset)]

    def _lists(self, begin: int, end: int) -> list[Path]:
        offset = self.graph.arc_offset[begin : end + 1].tolist()
        if not offset:
            return []
        span = slice(offset[0], offset[-1])
        columns = [self.graph.ilabel, self.graph.olabel, self.arcs]
        if self.graph.payload is not None:
            columns.append(self.graph.payload)
        ilabel, olabel, arcs, *payload = (column[span].tolist() for column in columns)
        score = self.score[begin:end].tolist()
        result = []
        for k, value in enumerate(score):
            part = slice(offset[k] - offset[0], offset[k + 1] - offset[0])
            carried = tuple(payload[0][part]) if payload else ()
            result.append(Path(value, tuple(ilabel[part]), tuple(olabel[part]), carried, tuple(arcs[part])))
        return result


def collect(g: Graph, arcs: Tensor, arc_offset: Tensor, end: Tensor, offset: Tensor) -> Paths:
    """Build Paths from arcs.

    Args:
        g: The batch that the paths belong to.
        arcs: (N,) the arcs of all paths, path after path.
        arc_offset: (P + 1,) first arc of each path.
        end: (P,) the last state of each path.
        offset: (B + 1,) first path of each graph.
    """
    graph = linear_graphs(g, arcs, arc_offset, end)
    score = g.final_weight[end].double()
    score = score.index_add(0, owners(arc_offset, arcs.numel()), graph.weight.double()).to(g.dtype)
    return Paths(graph, score, owners(offset, end.numel()), offset, arcs)


def linear_graphs(g: Graph, arcs: Tensor, offset: Tensor, end: Tensor) -> Graph:
    """Build linear graphs from paths of g.

    Args:
        g: The batch that the paths belong to.
        arcs: (N,) arcs of g, path after path.
        offset: (P + 1,) first arc of each path.
        end: (P,) the last state of each path, -1 for no path (it then has no arcs).
    """
    backend = torch_distance if g.final_weight.requires_grad else distance_backend(g.src)
    src, dst, state_offset, start, final_weight = backend.linear_states(g, arcs.numel(), offset, end)
    ilabel = g.ilabel.index_select(0, arcs)
    return Graph(
        src,
        dst,
        ilabel,
        ilabel if g.is_acceptor else g.olabel[arcs],
        g.weight.index_select(0, arcs),
        offset,
        state_offset,
        start,
        final_weight,
        None if g.payload is None else g.payload[arcs],
    )
