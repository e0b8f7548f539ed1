"""One answer from two readers: one sweeps over the line, and where it is unsure, the other cuts the ink."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gtn
from docreader.confidence.metrics import PROBABILITY_FLOOR
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Character
from docreader.recognition.cascade import Interpret, Pass
from docreader.recognition.hos import HosRecognizer
from docreader.recognition.sdnn import LineViews, SdnnRecognizer
from segment.line_image import Line
from segment.oversegmentation.graph import Segmentation

_UNLISTED_SHARE = 0.1
"""A text that a reader does not list gets this share of the posterior that its list leaves over."""


@dataclass(frozen=True, eq=False)
class EnsembleField:
    """A field as lines; and cut into segments, once that is asked for."""

    image: NDArray[np.uint8]
    inner: tuple[int, int, int, int] | None
    swept: LineViews
    reader: HosRecognizer

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return self.swept.empty

    @property
    def line(self) -> Line:
        """The line, for pictures."""
        return self.swept.line

    @cached_property
    def cut(self) -> Segmentation:
        """Candidate segments."""
        return self.reader.prepare(self.image, self.inner)


class EnsembleRecognizer:
    """Two readers and how their answers are joined: a product of experts over the texts that either lists.

    Args:
        first: Sweeps over every line.
        second: Cuts the ink where the first is unsure.
        weights: Exponents of their posteriors.
        sure: The first's answer stands from this confidence on.
    """

    name = "ensemble"

    def __init__(
        self,
        first: SdnnRecognizer,
        second: HosRecognizer,
        weights: Sequence[float],
        sure: float,
    ) -> None:
        self.first, self.second = first, second
        self.weights, self.sure = weights, sure

    def prepare(
        self, image: NDArray[np.uint8], inner: tuple[int, int, int, int] | None = None
    ) -> EnsembleField:
        """Clean one field and make lines of it, on the CPU.

        Args:
            image: (H, W) gray, 0 black .. 255 white.
            inner: the field itself, where the image shows more than it.
        """
        return EnsembleField(image, inner, self.first.prepare(image, inner), self.second)

    def interpret(self, fields: Sequence[EnsembleField]) -> gtn.Graph:
        """What the first reader says: graphs on the CPU."""
        return self.first.interpret([field.swept for field in fields])

    @property
    def stages(self) -> tuple[Pass, ...]:
        """Those of the first reader, and where they leave doubt, the second reader."""

        def swept(interpret: Interpret) -> Interpret:
            return lambda fields: interpret([field.swept for field in fields])

        first = (replace(stage, interpret=swept(stage.interpret)) for stage in self.first.stages)
        return (*first, Pass(self.ask_second, self.sure, self._join))

    def ask_second(self, fields: Sequence[EnsembleField]) -> gtn.Graph:
        """What the second reader says: graphs on the CPU."""
        return self.second.interpret([field.cut for field in fields])

    def _join(
        self, one: Sequence[Hypothesis], other: Sequence[Hypothesis], grammar: Grammar, count: int
    ) -> list[Hypothesis]:
        return combine((one, other), self.weights, grammar, count)

    def segments(self, answer: Hypothesis, field: EnsembleField) -> list[Character]:
        """Where the characters of an answer stand, by the reader whose path it has."""
        if answer.stage == len(self.first.stages):
            return self.second.segments(answer, field.cut)
        return self.first.segments(answer, field.swept)


def combine(
    lists: Sequence[Sequence[Hypothesis]], weights: Sequence[float], grammar: Grammar, count: int
) -> list[Hypothesis]:
    """Join the answers of several readers into one list: posteriors to the power of weights, multiplied.

    "None of these" is one more answer, with what the lists leave over.

    Args:
        lists: Of each reader, answers of different values.
        weights: Exponent of each reader.
        grammar: Says which texts mean the same amount.
        count: Answers wanted.

    Returns:
        The most probable first, each with the path of the first reader that lists it.
    """
    rests = [max(PROBABILITY_FLOOR, 1 - sum(answer.posterior for answer in answers)) for answers in lists]
    said: dict[Any, list[Hypothesis | None]] = {}
    for number, answers in enumerate(lists):
        for answer in answers:
            amount = grammar.amount(answer.text)
            found = said.setdefault(answer.text if amount is None else amount, [None] * len(lists))
            found[number] = answer
    other = sum(weight * math.log(rest) for weight, rest in zip(weights, rests, strict=True))
    scores = [
        sum(
            weight
            * math.log(max(PROBABILITY_FLOOR, rest * _UNLISTED_SHARE if answer is None else answer.posterior))
            for weight, rest, answer in zip(weights, rests, of_one, strict=True)
        )
        for of_one in said.values()
    ]
    top = max([other, *scores])
    total = sum(math.exp(score - top) for score in [other, *scores])
    joined = [
        replace(next(answer for answer in of_one if answer), posterior=math.exp(score - top) / total)
        for of_one, score in zip(said.values(), scores, strict=True)
    ]
    return sorted(joined, key=lambda answer: -answer.posterior)[:count]
