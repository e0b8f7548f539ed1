"""Assembly: builds the output record of a page from its hypotheses and the accept/reject decision."""

from dataclasses import dataclass, field, replace
from typing import Any

from docreader.confidence.evidence import Judgment
from docreader.decoding.grammar import Grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import Hypothesis
from docreader.io.records import Alternative, Character, ModelInfo, Reading
from docreader.pipeline.decision import Decision, locate_characters
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
        judgment: What the evidence model makes of the reading, None without a model.
    """

    reading: Reading
    page: Page
    box: Box | None
    hypotheses: list[Hypothesis]
    visual: FieldVisual = field(default_factory=FieldVisual)
    considered: tuple[tuple[Box, float], ...] = ()
    runner_up: tuple[Character, ...] = ()
    lattice: Lattice | None = None
    judgment: Judgment | None = None


def assemble(
    page: PreparedPage,
    decision: Decision,
    recognizer: Recognizer[Any],
    model: ModelInfo,
    grammar: Grammar,
    locator: ModelInfo | None = None,
) -> ReadingTrace:
    """Build the record of a page.

    Args:
        page: The page as prepared.
        decision: Hypotheses, characters, and reason of a rejection.
        recognizer: Recognizer of the page.
        model: Its model.
        grammar: Grammar of the texts.
        locator: Field locator of the pages of checks.
    """
    if not page.candidates:
        box, visual = None, FieldVisual()
    else:
        chosen = page.candidates[decision.candidate]
        box, visual = page.layout.to_source.box(chosen.candidate.box), chosen.field.visual()
    best, *others = decision.hypotheses or [Hypothesis("", 0.0, ())]
    quality = page.layout.quality
    reading = Reading(
        file=page.file,
        page=page.page.number,
        check=page.check,
        text=best.text,
        amount=_amount(best, grammar),
        currency=grammar.currency_after(page.currency_symbol) if decision.hypotheses else None,
        confidence=best.posterior,
        decision="accept" if decision.reason is None else "reject",
        reason=decision.reason,
        alternatives=tuple(
            Alternative(other.text, _amount(other, grammar), other.posterior) for other in others
        ),
        bbox=box,
        characters=decision.characters,
        method=recognizer.name,
        model=model,
        locator=None if quality is None else locator,
        quality=None if quality is None else quality.to_dict(),
    )
    return ReadingTrace(reading, page.page, box, decision.hypotheses, visual, judgment=decision.judgment)


def add_diagnostics(trace: ReadingTrace, page: PreparedPage, recognizer: Recognizer[Any]) -> ReadingTrace:
    """Add candidates, runner-up and lattice to a trace."""
    to_source = page.layout.to_source
    considered = tuple((to_source.box(one.candidate.box), one.score) for one in page.candidates)
    trace = replace(trace, considered=considered)
    if not page.candidates:
        return trace
    number = trace.hypotheses[0].candidate if trace.hypotheses else 0
    if len(trace.hypotheses) > 1 and trace.hypotheses[1].candidate == number:
        trace = replace(trace, runner_up=locate_characters(page, trace.hypotheses[1], recognizer))
    field = page.candidates[number].field
    if trace.visual.line is not None and not field.empty:
        trace = replace(trace, lattice=recognizer.score([field]))
    return trace


def _amount(hypothesis: Hypothesis, grammar: Grammar) -> str | None:
    amount = grammar.amount(hypothesis.text)
    return None if amount is None else str(amount)
