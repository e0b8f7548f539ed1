"""From answers to what is told of a page: decision, record, and what led to it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import gtn
from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import Grammar
from docreader.decoding.search import Hypothesis
from docreader.io.records import Alternative, Character, ModelInfo, Reading
from docreader.pipeline.decision import merge_raised_cents, rejection_reason
from docreader.pipeline.field_candidates import Box, FieldCandidate, part
from docreader.pipeline.prepare import PreparedPage
from docreader.recognition.ensemble import EnsembleField
from docreader.recognition.registry import Method
from docreader.recognition.sdnn import LineViews
from segment.io.pages import Page
from segment.line_image import Line
from segment.oversegmentation.graph import Segmentation


@dataclass(frozen=True, eq=False)
class ReadingTrace:
    """A reading and what led to it, for pictures and for looking into errors."""

    reading: Reading
    page: Page
    box: Box | None
    """x, y, width, height of the field on the page, None where none was found."""
    segmentation: Segmentation | None
    """Cuts and candidate segments, None where the field was read without."""
    answers: list[Hypothesis]
    line: Line | None = None
    """What a network swept over, None where the field was cut instead."""
    considered: tuple[FieldCandidate, ...] = ()
    """The places that were read, the likeliest first."""
    branch: FieldCandidate | None = None
    """The one that the answer was read in."""
    runner_up: tuple[Character, ...] = ()
    """The characters of the second answer, where it was read in the same place."""
    graph: gtn.Graph | None = None
    """Interpretation graph of the field as the first look sees it, where it was read by sweeping over lines of it."""


@dataclass(frozen=True, eq=False)
class RecordBuilder:
    """Tells what was read.

    Attributes:
        method: what read it.
        model: with which network.
        grammar: what may stand there.
        thresholds: least confidences that are accepted.
        guessed: whether the field of a whole check was looked for.
    """

    method: Method
    model: ModelInfo
    grammar: Grammar
    thresholds: Thresholds
    guessed: bool

    def examination(self, item: PreparedPage, found: list[Hypothesis] | None) -> ReadingTrace:
        """A page's record, and what led to it.

        Args:
            item: the page.
            found: its answers, the most probable first; None where there is no ink to read.
        """
        branch, best, segments = self._best(item, found or [])
        answers = merge_raised_cents(found or [], segments, self.grammar)
        if answers and answers[0] != (found or [])[0]:
            branch, best, segments = self._best(item, answers)
        if found is None:
            reason: str | None = item.reason or "blank"
        else:
            guessed = item.whole and self.guessed
            least = self.thresholds.check if item.whole else self.thresholds.amount
            if guessed and branch is not None and branch.sign is None:
                least = self.thresholds.unsigned
            reason = rejection_reason(answers, segments, self.grammar, least, guessed=guessed)
        box = None if branch is None else branch.box
        if item.upright is not None:
            box = None if box is None else item.upright.box_on_page(box)
            segments = tuple(
                replace(segment, bbox=item.upright.box_on_page(segment.bbox)) for segment in segments
            )
        prepared = None if branch is None else branch.prepared
        return ReadingTrace(
            self._reading(item, box, answers, segments, reason),
            item.page,
            box,
            prepared if isinstance(prepared, Segmentation) else None,
            answers if best is None else [best, *answers[1:]],
            prepared.line if isinstance(prepared, LineViews | EnsembleField) else None,
            item.branches,
            branch=branch,
        )

    def explained(self, examination: ReadingTrace, item: PreparedPage) -> ReadingTrace:
        """Add what pictures show beyond the answer, all in pixels of the page."""
        branch, answers, turned = examination.branch, examination.answers, item.upright
        considered = item.branches
        if turned is not None:
            considered = tuple(replace(b, box=turned.box_on_page(b.box)) for b in considered)
        runner_up: tuple[Character, ...] = ()
        if branch is not None and len(answers) > 1:
            number, second = part(answers[1], len(item.branches))
            if item.branches[number] is branch:
                runner_up = self._segments(second, branch)
            if turned is not None:
                runner_up = tuple(replace(s, bbox=turned.box_on_page(s.bbox)) for s in runner_up)
        graph = None
        if branch is not None and isinstance(branch.prepared, LineViews) and not branch.prepared.empty:
            graph = self.method.interpret([branch.prepared])
        return replace(examination, considered=considered, runner_up=runner_up, graph=graph)

    def _best(
        self, item: PreparedPage, answers: Sequence[Hypothesis]
    ) -> tuple[FieldCandidate | None, Hypothesis | None, tuple[Character, ...]]:
        """The place of the best answer, the answer as of that place, and its characters."""
        number, best = part(answers[0], len(item.branches)) if answers else (0, None)
        branch = item.branches[number] if item.branches else None
        return branch, best, () if branch is None or best is None else self._segments(best, branch)

    def _reading(
        self,
        item: PreparedPage,
        box: Box | None,
        answers: Sequence[Hypothesis],
        segments: tuple[Character, ...],
        reason: str | None,
    ) -> Reading:
        others = tuple(
            Alternative(answer.text, self._amount(answer.text), answer.posterior) for answer in answers[1:]
        )
        text = answers[0].text if answers else ""
        return Reading(
            file=item.file,
            page=item.page.number,
            text=text,
            amount=self._amount(text),
            currency=self.grammar.currency_after(item.sign) if answers else None,
            confidence=answers[0].posterior if answers else 0.0,
            decision="accept" if reason is None else "reject",
            reason=reason,
            alternatives=others,
            bbox=box,
            segments=segments,
            method=self.method.name,
            model=self.model,
            quality=None if item.quality is None else item.quality.to_dict(),
        )

    def _segments(self, answer: Hypothesis, branch: FieldCandidate) -> tuple[Character, ...]:
        """The answer's best path on the page."""
        left, top = branch.origin
        found = []
        for segment in self.method.segments(answer, branch.prepared):
            x, y, w, h = segment.bbox
            found.append(Character((left + x, top + y, w, h), segment.label, segment.score))
        return tuple(found)

    def _amount(self, text: str) -> str | None:
        amount = self.grammar.amount(text)
        return None if amount is None else str(amount)
