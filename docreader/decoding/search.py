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
    no_amount: float = 0.0
    """Posterior that the image shows none of the texts allowed, 0 .. 1; the same for all hypotheses of an image."""
    pass_number: int = 0
    """The pass of the recognizer that found the path, see `docreader.recognition.base.Recognizer`."""

    @property
    def candidate(self) -> int:
        """Number of the field candidate that the path goes through."""
        return self.path[0].candidate if self.path else 0


def best_hypotheses(
    lattice: Lattice,
    grammar: Grammar,
    n_best: int,
    no_amount: float | torch.Tensor = 0.0,
    currency_symbols: Sequence[str | None] = (),
    max_arcs: int = MAX_ARCS,
) -> list[list[Hypothesis]]:
    """Search the most probable texts of each graph of a batch.

    The posterior of a text is exp(C_forw(text) - C_forw) with forward scores. C_forw is that of the whole graph: beside
    the amounts stands a branch of all that the grammar forbids, such as other characters, a second point, or nothing at
    all (the rubbish class of GBL98 sec. VII, for strings). Texts of the same amount are one hypothesis, which has the
    most probable text and the posterior of all.

    Args:
        lattice: B graphs, weights in log scores.
        grammar: Texts allowed.
        n_best: Hypotheses of different values wanted per graph; fewer where the grammar allows fewer.
        no_amount: Score of the branch without an amount, nats, for all graphs or (B,): its log prior odds.
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
    weighted = gtn.forward_score(composed)
    # the odds of the forms move probability between amounts, none to the branch without one
    amounts = gtn.forward_score(_without_odds(composed, graph)) if allowed.weight.any() else weighted
    total = torch.logaddexp(amounts, no_amount + _difference(gtn.forward_score(graph), amounts))
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
    posterior = iter((score + (amounts - weighted - total)[best.item]).exp().clamp(max=1.0).tolist())
    without = (1 - (amounts - total).exp()).clamp(min=0.0).tolist()
    weight = iter(composed.weight[best.arcs].tolist())
    rows = torch.tensor([row for of_graph in paths for path in of_graph for row in path.payload])
    origin = iter(lattice.origin[rows].tolist())
    found = [
        [_hypothesis(path, next(posterior), none, weight, origin) for path in of_graph]
        for of_graph, none in zip(paths, without, strict=True)
    ]
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


def _without_odds(composed: gtn.Graph, lattice: gtn.Graph) -> gtn.Graph:
    """Return composed graphs with the weights of the lattice alone: one for each unit and input symbol of an item."""
    if not lattice.num_arcs:
        return composed
    of_lattice, of_composed = _units_and_symbols(lattice), _units_and_symbols(composed)
    size = (of_lattice.amax(dim=0) + 1).tolist()
    table = lattice.weight.new_zeros(size)
    table[tuple(of_lattice.T)] = lattice.weight
    return composed.with_weight(table[tuple(of_composed.T)], composed.final_weight)


def _units_and_symbols(graph: gtn.Graph) -> torch.Tensor:
    """Return (A, 3) the item, unit and input symbol of each arc, the last two from 0 for none."""
    assert graph.payload is not None
    item = torch.arange(len(graph), device=graph.device).repeat_interleave(graph.arc_offset.diff())
    return torch.stack([item, graph.payload + 1, graph.ilabel + 1], dim=1)


def _difference(whole: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """Compute log(exp(whole) - exp(part)); minus infinity where rounding makes the part the larger."""
    return whole + torch.log1p(-(part - whole).exp().clamp(max=1.0))


def _hypothesis(
    path: gtn.Path,
    posterior: float,
    no_amount: float,
    weight: Iterator[float],
    origin: Iterator[Sequence[int]],
) -> Hypothesis:
    steps = []
    for label in path.ilabels:
        candidate, view, unit = next(origin)
        score = next(weight)
        if label != gtn.EPSILON:
            steps.append(PathArc(candidate, view, unit, alphabet.INPUT_SYMBOLS[label], score))
    return Hypothesis(alphabet.decode(path.output), posterior, tuple(steps), no_amount)
