"""Assembly: builds the output record of a page from its hypotheses and the accept/reject decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import Grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import Hypothesis
from docreader.io.records import Alternative, Character, ModelInfo, Reading
from docreader.pipeline.decision import merge_raised_cents, rejection_reason
from docreader.pipeline.prepare import PreparedPage
from docreader.recognition.base import FieldVisual, Recognizer
from segment.image.box import Box
from segment.io.pages import Page


@dataclass(frozen=True, eq=False)
class ReadingTrace:
    """A reading and its intermediate results, all in pixels of the page as loaded.

    Attributes:
        reading: The record.
        page: The page as loaded.
        box: The field, None where none was found.
        hypotheses: The most probable first.
        visual: Line image or segmentation of the field.
        considered: Box and log probability before recognition of each candidate, the likeliest first.
        runner_up: Characters of the second hypothesis, where it is in the same field; with diagnostics only.
        lattice: Lattice of the first pass for a line image; with diagnostics only.
    """

    reading: Reading
    page: Page
    box: Box | None
    hypotheses: list[Hypothesis]
    visual: FieldVisual = field(default_factory=FieldVisual)
    considered: tuple[tuple[Box, float], ...] = ()
    runner_up: tuple[Character, ...] = ()
    lattice: Lattice | None = None


@dataclass(frozen=True, eq=False)
class RecordBuilder:
    """Builds records.

    Attributes:
        recognizer: Recognizer that the hypotheses come from.
        model: Its model.
        grammar: Grammar of the texts.
        thresholds: Smallest confidences that are accepted.
        auto_located: Whether the field of a whole check was located, not given.
    """

    recognizer: Recognizer[Any]
    model: ModelInfo
    grammar: Grammar
    thresholds: Thresholds
    auto_located: bool

    def build(self, page: PreparedPage, found: list[Hypothesis] | None) -> ReadingTrace:
        """Build the record of a page.

        Args:
            page: The page as prepared.
            found: Its hypotheses, the most probable first; None for a page without ink.
        """
        characters = self._characters(page, found[0]) if found else ()
        hypotheses = merge_raised_cents(found or [], characters, self.grammar)
        if found and hypotheses[0] != found[0]:
            characters = self._characters(page, hypotheses[0])
        number = hypotheses[0].candidate if hypotheses else 0
        box = page.layout.to_source.box(page.candidates[number].candidate.box) if page.candidates else None
        if found is None:
            reason: str | None = _reason_without_ink(page)
        else:
            reason = rejection_reason(
                hypotheses,
                characters,
                self.grammar,
                self._threshold(page, number),
                auto_located=page.is_check and self.auto_located,
            )
        return ReadingTrace(
            self._reading(page, box, hypotheses, characters, reason),
            page.page,
            box,
            hypotheses,
            page.candidates[number].field.visual() if page.candidates else FieldVisual(),
        )

    def with_diagnostics(self, trace: ReadingTrace, page: PreparedPage) -> ReadingTrace:
        """Add candidates, runner-up and lattice to a trace."""
        to_source = page.layout.to_source
        considered = tuple((to_source.box(one.candidate.box), one.score) for one in page.candidates)
        trace = replace(trace, considered=considered)
        if not page.candidates:
            return trace
        number = trace.hypotheses[0].candidate if trace.hypotheses else 0
        if len(trace.hypotheses) > 1 and trace.hypotheses[1].candidate == number:
            trace = replace(trace, runner_up=self._characters(page, trace.hypotheses[1]))
        field = page.candidates[number].field
        if trace.visual.line is not None and not field.empty:
            trace = replace(trace, lattice=self.recognizer.score([field]))
        return trace

    def _threshold(self, page: PreparedPage, number: int) -> float:
        """Return the smallest confidence accepted for a candidate of a page."""
        if not page.is_check:
            return self.thresholds.amount
        symbol = page.candidates[number].candidate.currency_symbol
        return self.thresholds.unsigned if self.auto_located and symbol is None else self.thresholds.check

    def _characters(self, page: PreparedPage, hypothesis: Hypothesis) -> tuple[Character, ...]:
        """Locate the characters of a hypothesis on the page as loaded."""
        candidate = page.candidates[hypothesis.candidate]
        found = self.recognizer.characters(hypothesis, candidate.field)
        boxes = candidate.candidate.to_source.boxes([character.bbox for character in found])
        return tuple(
            Character(box, character.character, character.score)
            for box, character in zip(boxes, found, strict=True)
        )

    def _reading(
        self,
        page: PreparedPage,
        box: Box | None,
        hypotheses: Sequence[Hypothesis],
        characters: tuple[Character, ...],
        reason: str | None,
    ) -> Reading:
        text = hypotheses[0].text if hypotheses else ""
        quality = page.layout.quality
        return Reading(
            file=page.file,
            page=page.page.number,
            text=text,
            amount=self._amount(text),
            currency=self.grammar.currency_after(page.currency_symbol) if hypotheses else None,
            confidence=hypotheses[0].posterior if hypotheses else 0.0,
            decision="accept" if reason is None else "reject",
            reason=reason,
            alternatives=tuple(
                Alternative(other.text, self._amount(other.text), other.posterior) for other in hypotheses[1:]
            ),
            bbox=box,
            characters=characters,
            method=self.recognizer.name,
            model=self.model,
            quality=None if quality is None else quality.to_dict(),
        )

    def _amount(self, text: str) -> str | None:
        amount = self.grammar.amount(text)
        return None if amount is None else str(amount)


def _reason_without_ink(page: PreparedPage) -> str:
    """Return the reason for rejecting a page on which there is nothing to recognize."""
    if page.layout.kind == "other":
        return "not_a_check"
    return "blank" if page.candidates else "field_not_found"
