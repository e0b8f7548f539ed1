"""From interpretation graphs to answers: grammar, n best strings, posteriors (GBL98 sec. IV-D, VI-E)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

import torch

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar import Grammar
from docreader.decoding.limits import MAX_ARCS
from docreader.errors import GraphTooLargeError

SPELLINGS_PER_AMOUNT = 2
"""Texts that are looked at for each answer where several may mean the same amount."""


class PathArc(NamedTuple):
    """One arc of a path: what was read where. Hundreds are made for each image, hence no dataclass."""

    segment: int
    """Number of the candidate segment, the arc's payload."""
    character: str
    """One of `alphabet.INPUT_SYMBOLS`."""
    score: float
    """The arc's weight, nats."""


@dataclass(frozen=True)
class Hypothesis:
    """A text and how it was read."""

    text: str
    posterior: float
    """Share of all that can be read, 0 .. 1: over every path that says this text."""
    path: tuple[PathArc, ...]
    """Its best path."""
    stage: int = 0
    """In which of several stages of reading that path was found, see `docreader.recognition.cascade`."""


def empty_reading_score(interpretation: gtn.Graph) -> torch.Tensor:
    """(B,) forward scores of the readings on which no digit stands: points, fillers and dirt only."""
    read = [
        alphabet.INDEX[character] for character in alphabet.POINT + alphabet.FILLERS + alphabet.NON_CHARACTER
    ]
    graph = gtn.Graph.from_arcs([0] * len(read), [0] * len(read), read, num_states=1, start=0, final=0)
    return gtn.forward_score(
        gtn.compose(interpretation, graph.to(interpretation.device, interpretation.dtype))
    )


def best_hypotheses(
    interpretation: gtn.Graph,
    grammar: Grammar,
    count: int,
    nothing: torch.Tensor | None = None,
    signs: Sequence[str | None] = (),
    max_arcs: int = MAX_ARCS,
) -> list[list[Hypothesis]]:
    """The answers of each graph of a batch, the most probable first.

    The posterior of a text is exp(C_forw(text) - C_forw) with forward scores, over all that the grammar allows and the
    possibility that nothing legible is written: ink that is best explained as dirt gives no answer any confidence.
    Texts that mean the same amount are one answer, which has the text of the most probable and the posterior of all.

    Args:
        interpretation: batch of B graphs that say `alphabet.INPUT_SYMBOLS`, weights in log scores.
        grammar: what may stand there.
        count: answers wanted for each graph, of different values; fewer where the grammar allows fewer.
        nothing: (B,) score of nothing legible; None is that of the graphs, see `empty_reading_score`.
        signs: the currency sign printed before each amount, which tells how it is likely to be written; none where
            nothing is known of any.
        max_arcs: of all that the grammar lets the graphs say, over the whole batch.

    Returns:
        B lists, empty where no path satisfies the grammar.

    Raises:
        GraphTooLargeError: there are more arcs than that.
    """
    graph = grammar.graphs(signs).to(device=interpretation.device, dtype=interpretation.dtype)
    try:
        composed = gtn.compose(interpretation, graph, max_arcs=max_arcs)
    except gtn.BudgetError as error:
        raise GraphTooLargeError(
            f"the graph of what may stand here has more than {max_arcs:,} arcs; if the picture is what it should be, "
            f"raise the limit with --max-arcs (in Python: Reader.load(max_arcs=...))"
        ) from error
    if nothing is None:
        nothing = empty_reading_score(interpretation)
    total = torch.logaddexp(gtn.forward_score(composed), nothing)
    # texts of one value are joined below: 1,25,000 and 125,000
    best = gtn.n_best(composed, SPELLINGS_PER_AMOUNT * count if grammar.has_amount else count, distinct=True)
    found = best.tolist()
    texts = [list(path.output) for paths in found for path in paths]
    if not texts:
        return [[] for _ in found]
    spelled = gtn.string_acceptor(texts).to(interpretation.device, interpretation.dtype)
    score = gtn.forward_score(gtn.compose(composed, spelled, items=best.item))
    posterior = iter((score - total[best.item]).exp().clamp(max=1.0).tolist())
    weight = iter(composed.weight[best.arcs].tolist())
    answers = [[_answer(path, next(posterior), weight) for path in paths] for paths in found]
    return [_by_value(of_one, grammar)[:count] for of_one in answers]


def _by_value(answers: Sequence[Hypothesis], grammar: Grammar) -> list[Hypothesis]:
    """Answers of different values, the most probable first."""
    values: dict[Decimal | str, list[Hypothesis]] = {}
    for answer in sorted(answers, key=lambda answer: -answer.posterior):
        amount = grammar.amount(answer.text)
        values.setdefault(answer.text if amount is None else amount, []).append(answer)
    joined = [
        replace(same[0], posterior=min(1.0, sum(answer.posterior for answer in same)))
        for same in values.values()
    ]
    return sorted(joined, key=lambda answer: -answer.posterior)


def _answer(path: gtn.Path, posterior: float, weight: Iterator[float]) -> Hypothesis:
    arcs = zip(path.payload, path.ilabels, [next(weight) for _ in path.arcs], strict=True)
    steps = tuple(
        PathArc(segment, alphabet.INPUT_SYMBOLS[label], score)
        for segment, label, score in arcs
        if label != gtn.EPSILON
    )
    return Hypothesis(alphabet.decode(path.output), posterior, steps)
