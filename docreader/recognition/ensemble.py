"""Ensemble: SDNN reads every field, HOS those below a threshold; a product of experts merges their posteriors."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.metrics import PROBABILITY_FLOOR
from docreader.decoding.grammar import Grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.recognition.base import FieldVisual, Recognizer
from docreader.recognition.hos import HosRecognizer, SegmentedField
from docreader.recognition.line_views import LineViews
from docreader.recognition.sdnn import SdnnRecognizer
from segment.image.box import Box

_UNLISTED_SHARE = 0.1
"""Share of the posterior left over by a list that each text missing from it is given."""


@dataclass(frozen=True, eq=False)
class EnsembleField:
    """A field as line views, and as candidate segments on demand."""

    image: NDArray[np.uint8]
    field_box: Box | None
    views: LineViews
    hos: HosRecognizer

    @property
    def empty(self) -> bool:
        """Whether the field has no ink."""
        return self.views.empty

    def visual(self) -> FieldVisual:
        """Return the line of the first view."""
        return self.views.visual()

    @cached_property
    def segmented(self) -> SegmentedField:
        """Candidate segments."""
        return self.hos.prepare(self.image, self.field_box)


class EnsembleRecognizer(Recognizer[EnsembleField]):
    """Two recognizers, merged as a product of experts over the texts that either lists.

    Args:
        first: Reads every field.
        second: Reads the fields below `defer_below`.
        weights: Exponents of their posteriors.
        defer_below: Confidence of the first below which the second decodes, too.
    """

    name = "ensemble"

    def __init__(
        self, first: SdnnRecognizer, second: HosRecognizer, weights: Sequence[float], defer_below: float
    ) -> None:
        self.first, self.second = first, second
        self.weights = weights
        self.defer_below = (*first.defer_below, defer_below)

    def prepare(self, image: NDArray[np.uint8], field_box: Box | None = None) -> EnsembleField:
        """Clean one field and make its line image, see `docreader.recognition.base.Recognizer`."""
        return EnsembleField(image, field_box, self.first.prepare(image, field_box), self.second)

    def score(self, fields: Sequence[EnsembleField], pass_number: int = 0) -> Lattice:
        """Score fields with the first recognizer, in the last pass with the second."""
        if self._is_second(pass_number):
            return self.second.score([field.segmented for field in fields])
        return self.first.score([field.views for field in fields], pass_number)

    def merge(
        self,
        pass_number: int,
        earlier: Sequence[Hypothesis],
        found: Sequence[Hypothesis],
        grammar: Grammar,
        n_best: int,
    ) -> list[Hypothesis]:
        """Multiply the posteriors of both recognizers after the pass of the second."""
        if self._is_second(pass_number):
            return multiply_posteriors((earlier, found), self.weights, grammar, n_best)
        return self.first.merge(pass_number, earlier, found, grammar, n_best)

    def characters(self, hypothesis: Hypothesis, field: EnsembleField) -> list[Character]:
        """Locate the characters of a hypothesis with the recognizer that found its path."""
        if self._is_second(hypothesis.pass_number):
            return self.second.characters(hypothesis, field.segmented)
        return self.first.characters(hypothesis, field.views)

    def _is_second(self, pass_number: int) -> bool:
        return pass_number == len(self.first.defer_below) + 1


def multiply_posteriors(
    lists: Sequence[Sequence[Hypothesis]], weights: Sequence[float], grammar: Grammar, n_best: int
) -> list[Hypothesis]:
    """Merge the hypotheses of several recognizers: posteriors to the power of weights, multiplied and normalized.

    "None of these" is one more hypothesis, with the posterior that the lists leave over.

    Args:
        lists: Hypotheses of different values, of each recognizer.
        weights: Exponent of each recognizer.
        grammar: Decides which texts have the same value.
        n_best: Hypotheses wanted.

    Returns:
        The most probable first, each with the path of the first recognizer that lists it.
    """
    rests = [
        max(PROBABILITY_FLOOR, 1 - sum(hypothesis.posterior for hypothesis in hypotheses))
        for hypotheses in lists
    ]
    values: dict[Any, list[Hypothesis | None]] = {}
    for number, hypotheses in enumerate(lists):
        for hypothesis in hypotheses:
            amount = grammar.amount(hypothesis.text)
            found = values.setdefault(hypothesis.text if amount is None else amount, [None] * len(lists))
            found[number] = hypothesis
    other = sum(weight * math.log(rest) for weight, rest in zip(weights, rests, strict=True))
    scores = [
        sum(
            weight
            * math.log(
                max(PROBABILITY_FLOOR, rest * _UNLISTED_SHARE if hypothesis is None else hypothesis.posterior)
            )
            for weight, rest, hypothesis in zip(weights, rests, listed, strict=True)
        )
        for listed in values.values()
    ]
    top = max([other, *scores])
    total = sum(math.exp(score - top) for score in [other, *scores])
    merged = [
        replace(
            next(hypothesis for hypothesis in listed if hypothesis), posterior=math.exp(score - top) / total
        )
        for listed, score in zip(values.values(), scores, strict=True)
    ]
    return sorted(merged, key=lambda hypothesis: -hypothesis.posterior)[:n_best]
