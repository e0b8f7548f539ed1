"""Search: compose lattices with the grammar, find the n best strings and their posteriors (GBL98 sec. IV-D, VI-E)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

import torch

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar import Grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.limits import MAX_ARCS
from docreader.errors import GraphTooLargeError

SPELLINGS_PER_AMOUNT = 2
"""Texts searched per hypothesis where several may spell the same amount."""


class PathArc(NamedTuple):
    """One arc of a path. Hundreds are made for each image, hence no dataclass."""

    candidate: int
    """Number of the field candidate."""
    view: int
    """Number of the view of the field."""
    unit: int
    """Time step of the score sequence, or number of the candidate segment."""
    character: str
    """One of `alphabet.INPUT_SYMBOLS`."""
    score: float
    """Weight of the arc, nats."""


@dataclass(frozen=True)
class Hypothesis:
    """A text with its posterior and its best path."""

    text: str
    posterior: float
    """Probability over every path of this text, 0 .. 1."""
    path: tuple[PathArc, ...]
    """Its best path."""
    pass_number: int = 0
    """The pass of the recognizer that found the path, see `docreader.recognition.base.Recognizer`."""

    @property
    def candidate(self) -> int:
        """Number of the field candidate that the path goes through."""
        return self.path[0].candidate if self.path else 0


def empty_reading_score(interpretation: gtn.Graph) -> torch.Tensor:
    """Compute the forward scores of readings without a digit, (B,): points, fillers and non-characters only."""
    read = [
        alphabet.INDEX[character] for character in alphabet.POINT + alphabet.FILLERS + alphabet.NON_CHARACTER
    ]
    graph = gtn.Graph.from_arcs([0] * len(read), [0] * len(read), read, num_states=1, start=0, final=0)
    return gtn.forward_score(
        gtn.compose(interpretation, graph.to(interpretation.device, interpretation.dtype))
    )


def best_hypotheses(
    lattice: Lattice,
    grammar: Grammar,
    n_best: int,
    empty_score: torch.Tensor | None = None,
    currency_symbols: Sequence[str | None] = (),
    max_arcs: int = MAX_ARCS,
) -> list[list[Hypothesis]]:
    """Search the most probable texts of each graph of a batch.

    The posterior of a text is exp(C_forw(text) - C_forw) with forward scores, over all that the grammar allows and the
    empty reading: ink that is best explained as non-characters gives no text any confidence. Texts of the same amount
    are one hypothesis, which has the most probable text and the posterior of all.

    Args:
        lattice: B graphs, weights in log scores.
        grammar: Texts allowed.
        n_best: Hypotheses of different values wanted per graph; fewer where the grammar allows fewer.
        empty_score: (B,) score of the empty reading; None: that of the graphs, see `empty_reading_score`.
        currency_symbols: Symbol printed before each amount, which weighs the forms of writing; empty: none known.
        max_arcs: Most arcs of the composed graph, over the whole batch.

    Returns:
        B lists, the most probable first; empty where no path satisfies the grammar.

    Raises:
        GraphTooLargeError: The composed graph passes `max_arcs`.
    """
    graph = lattice.graph
    allowed = grammar.graphs(currency_symbols).to(device=graph.device, dtype=graph.dtype)
    try:
        composed = gtn.compose(graph, allowed, max_arcs=max_arcs)
    except gtn.BudgetError as error:
        raise GraphTooLargeError(
            f"the graph of possible texts has more than {max_arcs:,} arcs; if the image is right, raise the limit "
            f"with --max-arcs (in Python: Reader.load(max_arcs=...))"
        ) from error
    if empty_score is None:
        empty_score = empty_reading_score(graph)
    total = torch.logaddexp(gtn.forward_score(composed), empty_score)
    # texts of one value are merged below: 1,25,000 and 125,000
    best = gtn.n_best(
        composed, SPELLINGS_PER_AMOUNT * n_best if grammar.has_amount else n_best, distinct=True
    )
    paths = best.tolist()
    texts = [list(path.output) for of_graph in paths for path in of_graph]
    if not texts:
        return [[] for _ in paths]
    spelled = gtn.string_acceptor(texts).to(graph.device, graph.dtype)
    score = gtn.forward_score(gtn.compose(composed, spelled, items=best.item))
    posterior = iter((score - total[best.item]).exp().clamp(max=1.0).tolist())
    weight = iter(composed.weight[best.arcs].tolist())
    rows = torch.tensor([row for of_graph in paths for path in of_graph for row in path.payload])
    origin = iter(lattice.origin[rows].tolist())
    found = [[_hypothesis(path, next(posterior), weight, origin) for path in of_graph] for of_graph in paths]
    return [_merge_values(of_graph, grammar)[:n_best] for of_graph in found]


def _merge_values(hypotheses: Sequence[Hypothesis], grammar: Grammar) -> list[Hypothesis]:
    """Merge hypotheses of the same value, the most probable first."""
    values: dict[Decimal | str, list[Hypothesis]] = {}
    for hypothesis in sorted(hypotheses, key=lambda hypothesis: -hypothesis.posterior):
        amount = grammar.amount(hypothesis.text)
        values.setdefault(hypothesis.text if amount is None else amount, []).append(hypothesis)
    merged = [
        replace(same[0], posterior=min(1.0, sum(hypothesis.posterior for hypothesis in same)))
        for same in values.values()
    ]
    return sorted(merged, key=lambda hypothesis: -hypothesis.posterior)


def _hypothesis(
    path: gtn.Path, posterior: float, weight: Iterator[float], origin: Iterator[Sequence[int]]
) -> Hypothesis:
    steps = []
    for label in path.ilabels:
        candidate, view, unit = next(origin)
        score = next(weight)
        if label != gtn.EPSILON:
            steps.append(PathArc(candidate, view, unit, alphabet.INPUT_SYMBOLS[label], score))
    return Hypothesis(alphabet.decode(path.output), posterior, tuple(steps))
