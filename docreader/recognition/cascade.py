"""Cascade: decode every page with the first pass, and those below its threshold with the next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import torch

from docreader.decoding.grammar import Grammar
from docreader.decoding.limits import MAX_ARCS
from docreader.decoding.search import Hypothesis, best_hypotheses
from docreader.errors import GraphTooLargeError
from docreader.recognition.base import Recognizer
from models.chunking import chunk_by_size

MIN_HYPOTHESES = 5
"""Smallest n-best size of each pass, so that the confidence does not depend on `--n-best`."""

MAX_BATCH_ARCS = 250_000
"""Arcs of interpretation graphs searched at once: some hundred fields or fifteen whole checks. Composition with the
grammar multiplies them by about fourteen."""

SPOILED_FIELD = -4.0
"""Log prior odds that the field of a check holds no amount. Most candidates with other text are not the field: at even
odds they would compete with the amount in it."""


class FieldCandidates(Protocol):
    """The prepared field candidates of one page."""

    @property
    def has_ink(self) -> bool:
        """Whether there is anything to recognize."""

    @property
    def prepared(self) -> Sequence[Any]:
        """The fields, as the recognizer prepared them."""

    @property
    def scores(self) -> Sequence[float]:
        """Log probability of each candidate before recognition."""

    @property
    def currency_symbol(self) -> str | None:
        """Currency symbol printed before the amount."""


def needs_next_pass(hypotheses: Sequence[Hypothesis], defer_below: float, least_share: float = 0.0) -> bool:
    """Return whether a page goes to the next pass.

    Args:
        hypotheses: The most probable first.
        defer_below: Confidence from which the pass is not needed.
        least_share: Probability of an amount below which the pass cannot lead to an acceptance.
    """
    if not hypotheses:
        return True
    best = hypotheses[0]
    return best.posterior < defer_below and 1 - best.no_amount >= least_share


def decode_pages(
    recognizer: Recognizer[Any],
    pages: Sequence[FieldCandidates],
    grammar: Grammar,
    n_best: int,
    max_arcs: int = MAX_ARCS,
    accept_from: float = 0.0,
) -> list[list[Hypothesis] | GraphTooLargeError | None]:
    """Decode pages; a batch whose graph is too large is decoded in halves.

    Args:
        recognizer: Scores the fields.
        pages: Each with its candidates.
        grammar: Texts allowed.
        n_best: Hypotheses wanted per page.
        max_arcs: Most arcs of a composed graph.
        accept_from: Least confidence that may be accepted: a later pass that cannot reach it is left out.

    Returns:
        For each page its hypotheses, the most probable first; None for a page without ink; the error of a page that is
        too large by itself.
    """
    inked = [page for page in pages if page.has_ink]
    decoded = iter(
        _decode_in_halves(recognizer, inked, grammar, n_best, max_arcs, accept_from) if inked else []
    )
    return [next(decoded) if page.has_ink else None for page in pages]


def _decode_in_halves(
    recognizer: Recognizer[Any],
    pages: Sequence[FieldCandidates],
    grammar: Grammar,
    n_best: int,
    max_arcs: int,
    accept_from: float,
) -> Sequence[list[Hypothesis] | GraphTooLargeError]:
    try:
        return decode(recognizer, pages, grammar, n_best, max_arcs, accept_from)
    except GraphTooLargeError as error:
        if len(pages) == 1:
            return [error]
    half = len(pages) // 2
    return [
        *_decode_in_halves(recognizer, pages[:half], grammar, n_best, max_arcs, accept_from),
        *_decode_in_halves(recognizer, pages[half:], grammar, n_best, max_arcs, accept_from),
    ]


def decode(
    recognizer: Recognizer[Any],
    pages: Sequence[FieldCandidates],
    grammar: Grammar,
    n_best: int,
    max_arcs: int = MAX_ARCS,
    accept_from: float = 0.0,
) -> list[list[Hypothesis]]:
    """Decode pages with all passes of a recognizer; the arguments are those of `decode_pages`.

    A page of several candidates goes to every pass: the branch without an amount counts less there.

    Returns:
        Hypotheses of each page, the most probable first; `Hypothesis.pass_number` is the pass of their path.

    Raises:
        GraphTooLargeError: The composed graph passes `max_arcs`.
    """
    count = max(n_best, MIN_HYPOTHESES)
    found = decode_pass(recognizer, pages, 0, grammar, count, max_arcs)
    for number, defer_below in enumerate(recognizer.defer_below, start=1):
        least = recognizer.least_share(number, accept_from)
        deferred = [
            index
            for index, (page, hypotheses) in enumerate(zip(pages, found, strict=True))
            if needs_next_pass(hypotheses, defer_below, least if len(page.prepared) == 1 else 0.0)
        ]
        if not deferred:
            break
        again = decode_pass(
            recognizer, [pages[index] for index in deferred], number, grammar, count, max_arcs
        )
        for index, hypotheses in zip(deferred, again, strict=True):
            numbered = [replace(hypothesis, pass_number=number) for hypothesis in hypotheses]
            found[index] = recognizer.merge(number, found[index], numbered, grammar, count)
    return [hypotheses[:n_best] for hypotheses in found]


def decode_pass(
    recognizer: Recognizer[Any],
    pages: Sequence[FieldCandidates],
    pass_number: int,
    grammar: Grammar,
    n_best: int,
    max_arcs: int = MAX_ARCS,
) -> list[list[Hypothesis]]:
    """Decode pages with one pass: the candidates of a page are parallel branches of its graph (GBL98 sec. X)."""
    lattice = recognizer.score([field for page in pages for field in page.prepared], pass_number)
    no_amount = torch.tensor([SPOILED_FIELD if len(page.prepared) > 1 else 0.0 for page in pages])
    if len(lattice) > len(pages):
        lattice = lattice.union_candidates([page.scores for page in pages])
    found: list[list[Hypothesis]] = []
    for part in chunk_by_size(lattice.graph.arc_offset.diff().tolist(), MAX_BATCH_ARCS):
        symbols = [page.currency_symbol for page in pages[part]]
        found += best_hypotheses(lattice[part], grammar, n_best, no_amount[part], symbols, max_arcs)
    return found
