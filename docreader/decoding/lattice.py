"""Lattices: batches of interpretation graphs with a table of where each arc comes from (GBL98 sec. V-B, X)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

import gtn
from docreader.decoding import alphabet


@dataclass(frozen=True, eq=False)
class Lattice:
    """Interpretation graphs over `alphabet.INPUT_SYMBOLS`, and the origins of their arcs.

    Attributes:
        graph: A batch. The payload of an arc is a row of `origin`, -1 for none.
        origin: (R, 3) int64. Field candidate, view, and unit: the time step of a score sequence, or the candidate
            segment.
    """

    graph: gtn.Graph
    origin: Tensor

    @classmethod
    def of(cls, graph: gtn.Graph) -> Lattice:
        """Wrap graphs of one view of one field each, with payloads that are units."""
        assert graph.payload is not None  # time steps and segments are payloads
        units = int(graph.payload.max()) + 1 if graph.payload.numel() else 0
        return cls(graph, origins(torch.arange(units)))

    def __len__(self) -> int:
        """Return the number of graphs."""
        return len(self.graph)

    def __getitem__(self, part: slice) -> Lattice:
        """Return part of the batch."""
        return Lattice(self.graph[part], self.origin)

    @classmethod
    def union_views(cls, graphs: Sequence[gtn.Graph]) -> Lattice:
        """Unite the views of each field: the graphs of view 0, of view 1, ... of the same B fields.

        The score of a text is that of all its paths in all views. Its posterior is the mean over the views, each
        weighted by the probability of all that the grammar allows in it.

        Args:
            graphs: Batches of B graphs, one batch per view, with payloads that are units.
        """
        views = [cls.of(graph) for graph in graphs]
        origins = [view.origin.clone() for view in views]
        for number, origin in enumerate(origins):
            origin[:, 1] = number
        starts = _starts(origins)
        shifted = [_shifted(view.graph, start) for view, start in zip(views, starts, strict=True)]
        return cls(gtn.union(shifted), torch.cat(origins))

    def union_candidates(self, scores: Sequence[Sequence[float]]) -> Lattice:
        """Unite the field candidates of each page as parallel branches of one graph.

        Args:
            scores: For each page the log scores of its candidates, which every path through them receives. The graphs
                of the batch are those of all candidates of all pages, page after page.

        Returns:
            A lattice of one graph per page.
        """
        rows = len(self.origin)
        pages, first = [], 0
        for of_page in scores:
            parts = []
            for number, score in enumerate(of_page):
                graph = _shifted(self.graph[first + number], number * rows)
                parts.append(graph.with_weight(graph.weight, graph.final_weight + score))
            pages.append(gtn.union(parts))
            first += len(of_page)
        origin = self.origin.repeat(max(map(len, scores), default=0), 1)
        origin[:, 0] = torch.arange(len(origin)) // max(rows, 1)
        return Lattice(gtn.batch(pages), origin)


def origins(units: Tensor) -> Tensor:
    """Make a table of origins from (R,) units of the first view of the first candidate."""
    return torch.stack([torch.zeros_like(units), torch.zeros_like(units), units], dim=1)


def segment_interpretation(segmentation: gtn.Graph, scores: Tensor, classes: Sequence[str]) -> gtn.Graph:
    """Build the interpretation graphs of segmentation graphs: one arc for each class of each candidate segment.

    Args:
        segmentation: Batch of segmentation graphs with N arcs in all.
        scores: (N, len(classes)) log scores, in the order of the arcs.
        classes: Characters of `alphabet.INPUT_SYMBOLS`.

    Returns:
        Acceptors over `alphabet.INPUT_SYMBOLS` with the same states and payloads.
    """
    return gtn.interpretation_graph(
        segmentation, scores, [alphabet.INDEX[character] for character in classes]
    )


def _starts(origins: Sequence[Tensor]) -> list[int]:
    """Compute the first row of each table in their concatenation."""
    return torch.tensor([0, *map(len, origins[:-1])]).cumsum(0).tolist() if origins else []


def _shifted(graph: gtn.Graph, offset: int) -> gtn.Graph:
    """Add an offset to the payloads; arcs without one (-1) keep it."""
    assert graph.payload is not None
    return replace(graph, payload=torch.where(graph.payload < 0, graph.payload, graph.payload + offset))
