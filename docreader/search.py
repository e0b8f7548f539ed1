"""From interpretation graphs to answers: grammar, n best strings, posteriors (GBL98 sec. IV-D, VI-E)."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch

import gtn
from docreader import labels
from docreader.grammar import Grammar


@dataclass(frozen=True)
class Step:
    """One arc of a path: what was read where."""

    segment: int
    """Number of the candidate segment, the arc's payload."""
    character: str
    """One of `docreader.labels.READ`."""
    score: float
    """The arc's weight, nats."""


@dataclass(frozen=True)
class Answer:
    """A text and how it was read."""

    text: str
    posterior: float
    """Share of all that can be read, 0 .. 1: over every path that says this text."""
    path: tuple[Step, ...]
    """Its best path."""


@dataclass(frozen=True)
class Found:
    """What a graph says.

    Attributes:
        answers: the most probable first; empty where no path satisfies the grammar.
        allowed: log of the share of all readings that the grammar allows, 0 where it allows all. A legible amount
            leaves much of it; of scrawl that is none, little can be read as one.
    """

    answers: list[Answer]
    allowed: float


def nothing_score(interpretation: gtn.Graph) -> torch.Tensor:
    """(B,) forward scores of the readings on which no digit stands: points, fillers and dirt only."""
    read = [labels.INDEX[character] for character in labels.POINT + labels.FILLERS + labels.DIRT]
    graph = gtn.Graph.from_arcs([0] * len(read), [0] * len(read), read, num_states=1, start=0, final=0)
    return gtn.forward_score(
        gtn.compose(interpretation, graph.to(interpretation.device, interpretation.dtype))
    )


def search(
    interpretation: gtn.Graph, grammar: Grammar, count: int, nothing: torch.Tensor | None = None
) -> list[Found]:
    """The answers of each graph of a batch.

    The posterior of a text is exp(C_forw(text) - C_forw) with forward scores, over all that the grammar allows and the
    possibility that nothing legible is written: ink that is best explained as dirt gives no answer any confidence.

    Args:
        interpretation: batch of B graphs that say `docreader.labels.READ`, weights in log scores.
        grammar: what may stand there.
        count: answers wanted for each graph; fewer where the grammar allows fewer.
        nothing: (B,) score of nothing legible; None is that of the graphs, see `nothing_score`.
    """
    graph = grammar.graph.to(device=interpretation.device, dtype=interpretation.dtype)
    composed = gtn.compose(interpretation, graph)
    allowed = gtn.forward_score(composed)
    shares = (allowed - gtn.forward_score(interpretation)).clamp(max=0.0).tolist()
    total = torch.logaddexp(allowed, nothing_score(interpretation) if nothing is None else nothing)
    best = gtn.n_best(composed, count, distinct=True)
    found = best.tolist()
    texts = [list(path.output) for paths in found for path in paths]
    if not texts:
        return [Found([], -torch.inf) for _ in found]
    spelled = gtn.string_acceptor(texts).to(interpretation.device, interpretation.dtype)
    score = gtn.forward_score(gtn.compose(composed, spelled, items=best.item))
    posterior = iter((score - total[best.item]).exp().clamp(max=1.0).tolist())
    weight = iter(composed.weight[best.arcs].tolist())
    answers = [[_answer(path, next(posterior), weight) for path in paths] for paths in found]
    return [
        Found(sorted(of_one, key=lambda answer: -answer.posterior), share)
        for of_one, share in zip(answers, shares, strict=True)
    ]


def best_answers(interpretation: gtn.Graph, grammar: Grammar, count: int) -> list[list[Answer]]:
    """The answers that `search` finds, alone."""
    return [found.answers for found in search(interpretation, grammar, count)]


def _answer(path: gtn.Path, posterior: float, weight: Iterator[float]) -> Answer:
    arcs = zip(path.payload, path.ilabels, [next(weight) for _ in path.arcs], strict=True)
    steps = tuple(
        Step(segment, labels.READ[label], score) for segment, label, score in arcs if label != gtn.EPSILON
    )
    return Answer(labels.decode(path.output), posterior, steps)
