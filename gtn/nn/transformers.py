"""Graph transformers (GBL98 sec. IV): modules that take graphs and give graphs."""

from __future__ import annotations

from collections.abc import Sequence

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
    """From a segmentation graph to an interpretation graph: each piece of ink becomes one arc per class.

    Args:
        recognizer: takes the pieces (N, ...) and gives log scores (N, C).
        labels: (C,) the labels of the classes; None is 0 .. C - 1.
    """

    def __init__(self, recognizer: nn.Module, labels: Sequence[int] | None = None) -> None:
        super().__init__()
        self.recognizer = recognizer
        self.labels = labels

    def forward(self, segmentation: Graph, pieces: Tensor) -> Graph:
        """Score the pieces and put the scores on arcs.

        Args:
            segmentation: a batch; the payload of an arc is its row in ``pieces`` (its number where there
                is no payload). Several arcs may share a piece.
            pieces: (N, ...) the images of the pieces of ink of the whole batch.

        Returns:
            The interpretation graphs, see ``gtn.interpretation_graph``.
        """
        scores = self.recognizer(pieces)
        if segmentation.payload is not None:
            scores = scores[segmentation.payload]
        return interpretation_graph(segmentation, scores, self.labels)


class GrammarComposition(nn.Module):
    """Compose with a grammar, which moves with the module and may be trained.

    Args:
        grammar: an acceptor or a transducer, one graph.
        trainable: whether its arc weights are parameters.
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
        """The grammar with its present weights, where they are."""
        if self._grammar.device != self.weight.device or self._grammar.dtype != self.weight.dtype:
            self._grammar = self._grammar.to(self.weight.device, self.weight.dtype)
        return self._grammar.with_weight(self.weight)

    def forward(self, graph: Graph) -> Graph:
        """Compose each graph of the batch with the grammar."""
        return compose(graph, self.grammar)


class ViterbiSelector(nn.Module):
    """From a graph to its best path (the Viterbi transformer)."""

    def forward(self, graph: Graph) -> Graph:
        """See ``gtn.viterbi_path``."""
        return viterbi_path(graph)


class ForwardScorer(nn.Module):
    """From a graph to its score over all paths (the forward scorer).

    Args:
        semiring: how paths are joined.
    """

    def __init__(self, semiring: SemiringType = LogSemiring) -> None:
        super().__init__()
        self.semiring = semiring

    def forward(self, graph: Graph) -> Tensor:
        """See ``gtn.forward_score``; (B,)."""
        return forward_score(graph, self.semiring)


class PathSelector(nn.Module):
    """From a graph to the part of it that writes the right string (the path selector)."""

    def forward(self, graph: Graph, targets: Targets) -> Graph:
        """See ``select_paths``."""
        return select_paths(graph, targets)


def select_paths(graph: Graph, targets: Targets) -> Graph:
    """Keep the paths that write the target (GBL98 sec. V-A, the label-constrained graph). Differentiable.

    Args:
        graph: a batch.
        targets: a list of B label strings, or acceptors (a batch of B or 1) of what may be written.

    Returns:
        Graphs that write nothing but the target; without states where the graph can not write it.

    Raises:
        BatchError: there is not one string for each graph (of one graph several may be asked).
    """
    if not isinstance(targets, Graph):
        targets = string_acceptor(targets, dtype=graph.dtype, device=graph.device)
        if len(graph) not in (1, len(targets)):
            raise BatchError(f"{len(targets)} targets for {len(graph)} graphs: give one string for each")
    return compose(graph, targets)
