"""Graph transformers (GBL98 sec. IV): modules from graphs to graphs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor, nn

from gtn.build.interpretation import interpretation_graph
from gtn.build.strings import string_acceptor
from gtn.errors import BatchError
from gtn.graph import Graph
from gtn.ops.compose import compose
from gtn.ops.shortest import forward_score, viterbi_path
from gtn.semirings import LogSemiring, SemiringType

Targets = Graph | Sequence[Sequence[int]] | Sequence[Tensor]


class Recognition(nn.Module):
    """Recognize the candidate segments of a segmentation graph: its interpretation graph, one arc per class.

    Args:
        recognizer: A module from segments to log scores (N, C).
        labels: (C,) the labels of the classes; None is 0 .. C - 1.
    """

    def __init__(self, recognizer: nn.Module, labels: Sequence[int] | None = None) -> None:
        super().__init__()
        self.recognizer = recognizer
        self.labels = labels

    def forward(self, segmentation: Graph, segments: Any) -> Graph:
        """Score the segments and build the interpretation graphs.

        Args:
            segmentation: A batch; the payload of an arc is its row in ``segments`` (its number without
                payloads). Several arcs may share a segment.
            segments: The input of the recognizer for the whole batch, such as (N, ...) images.

        Returns:
            The interpretation graphs, see ``gtn.interpretation_graph``.
        """
        scores = self.recognizer(segments)
        if segmentation.payload is not None:
            scores = scores[segmentation.payload]
        return interpretation_graph(segmentation, scores, self.labels)


class GrammarComposition(nn.Module):
    """Compose with a grammar, which follows the module's device and may be trained.

    Args:
        grammar: An acceptor or a transducer, one graph.
        trainable: True to make its arc weights parameters.
    """

    weight: Tensor

    def __init__(self, grammar: Graph, trainable: bool = False) -> None:
        super().__init__()
        self._grammar = grammar.detach()
        if trainable:
            self.weight = nn.Parameter(grammar.weight.detach().clone())
        else:
            self.register_buffer("weight", grammar.weight.detach().clone())

    @property
    def grammar(self) -> Graph:
        """The grammar with its present weights, on their device."""
        if self._grammar.device != self.weight.device or self._grammar.dtype != self.weight.dtype:
            self._grammar = self._grammar.to(self.weight.device, self.weight.dtype)
        return self._grammar.with_weight(self.weight)

    def forward(self, graph: Graph) -> Graph:
        """Compose each graph of the batch with the grammar."""
        return compose(graph, self.grammar)


class ViterbiSelector(nn.Module):
    """Select the best path of each graph (the Viterbi transformer)."""

    def forward(self, graph: Graph) -> Graph:
        """Return ``gtn.viterbi_path``."""
        return viterbi_path(graph)


class ForwardScorer(nn.Module):
    """Score each graph over all its paths (the forward scorer).

    Args:
        semiring: Semiring of the sum over paths.
    """

    def __init__(self, semiring: SemiringType = LogSemiring) -> None:
        super().__init__()
        self.semiring = semiring

    def forward(self, graph: Graph) -> Tensor:
        """Return ``gtn.forward_score``, (B,)."""
        return forward_score(graph, self.semiring)


class PathSelector(nn.Module):
    """Select the paths of each graph that write the right string (the path selector)."""

    def forward(self, graph: Graph, targets: Targets) -> Graph:
        """Return ``select_paths``."""
        return select_paths(graph, targets)


def select_paths(graph: Graph, targets: Targets) -> Graph:
    """Constrain graphs to the paths that write the target (GBL98 sec. V-A). Differentiable.

    Args:
        graph: A batch.
        targets: A list of B label strings, or acceptors (a batch of B or 1) of the right strings.

    Returns:
        Graphs that write nothing but the target; without states where the graph cannot write it.

    Raises:
        BatchError: There is not one string for each graph (a batch of one graph takes any number).
    """
    if not isinstance(targets, Graph):
        targets = string_acceptor(targets, dtype=graph.dtype, device=graph.device)
        if len(graph) not in (1, len(targets)):
            raise BatchError(f"{len(targets)} targets for {len(graph)} graphs: give one string for each")
    return compose(graph, targets)
