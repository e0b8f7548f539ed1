"""The reader: pictures in, records out, through the whole chain of graphs (GBL98 sec. X)."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

import gtn
from docreader.archives import Held
from docreader.both import Pair
from docreader.decision import cents_apart, doubt
from docreader.devices import find_device
from docreader.errors import ConfigurationError, GraphTooLargeError
from docreader.fields import Box, Branch, branches, join, page_kind, part, prepare_branch
from docreader.grammar import Grammar, load_grammar
from docreader.methods import Method, load_method, threshold
from docreader.records import Alternative, ErrorRecord, ModelInfo, Reading, Record, Segment
from docreader.sdnn import Views
from docreader.search import MAX_ARCS, Answer, best_answers, nothing_score
from docreader.stages import LISTED, Interpret, in_stages
from models.files import LoadedModel
from segment.lines import Line
from segment.loading import Limits, Page, PageFailure, try_pages
from segment.location import Field
from segment.overview import look, may_be_page
from segment.quality import Quality, assess
from segment.segmentation import Segmentation
from segment.upright import LEAST, Upright, after, page_skew, turn

HELD_PIXELS = 256_000_000
"""Pages of this many pixels together are read at once, however long a file or a batch is: a byte each."""

FIELDS = ("auto", "amount", "check")

Source = str | os.PathLike[str] | NDArray[Any] | Held


@dataclass(frozen=True, eq=False)
class Examination:
    """A reading and what led to it, for pictures and for looking into errors."""

    reading: Reading
    page: Page
    box: Box | None
    """x, y, width, height of the field on the page, None where none was found."""
    segmentation: Segmentation | None
    """Cuts and candidate segments, None where the field was read without."""
    answers: list[Answer]
    line: Line | None = None
    """What a network swept over, None where the field was cut instead."""
    considered: tuple[Branch, ...] = ()
    """The places that were read, the likeliest first."""
    branch: Branch | None = None
    """The one that the answer was read in."""
    runner_up: tuple[Segment, ...] = ()
    """The characters of the second answer, where it was read in the same place."""
    graph: gtn.Graph | None = None
    """Interpretation graph of the field as the first look sees it, where it was read by sweeping over lines of it."""


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A page that waits for the recogniser; without branches where it shows no amount field, for the reason given."""

    file: str | None
    page: Page
    branches: tuple[Branch, ...] = ()
    reason: str | None = None
    whole: bool = False
    """Whether the page is a whole check."""
    quality: Quality | None = None
    upright: Upright | None = None
    """The page as it was read, where it had to be turned."""

    @property
    def sign(self) -> str | None:
        """The currency sign printed before the likeliest place that has one."""
        return next((branch.sign for branch in self.branches if branch.sign), None)

    @property
    def legible(self) -> bool:
        """Whether there is ink to read."""
        return any(not branch.prepared.empty for branch in self.branches)


class Reader:
    """Reads amounts. Make one with `Reader.load`.

    Example:
        >>> reader = Reader.load(grammar="digits")
        >>> blank = np.full((50, 120), 255, np.uint8)
        >>> [reading] = reader.read(blank, field="amount")
        >>> reading.decision, reading.reason
        ('reject', 'blank')
    """

    def __init__(
        self,
        method: Method,
        model: LoadedModel,
        grammar: Grammar,
        *,
        field: str,
        reject_below: float | tuple[float, float],
        n_best: int,
        limits: Limits,
        bbox: Box | Mapping[str, Box] | None = None,
    ) -> None:
        self.grammar = grammar
        self.field = field
        self.reject_below, self.reject_checks_below = (
            reject_below if isinstance(reject_below, tuple) else (reject_below, reject_below)
        )
        self.bbox = bbox
        self.show_all = False
        self.max_arcs = MAX_ARCS
        self.n_best = n_best
        self.limits = limits
        self.model = ModelInfo(model.name, model.version, model.sha256)
        self.method = method

    @classmethod
    def load(
        cls,
        model: str | os.PathLike[str] | None = None,
        *,
        device: str = "auto",
        method: str | None = None,
        grammar: str = "amount",
        field: str = "auto",
        reject_below: float | None = None,
        target_error: float | None = None,
        n_best: int = 5,
        limits: Limits | None = None,
        bbox: Box | Mapping[str, Box] | None = None,
        show_all: bool = False,
        max_arcs: int = MAX_ARCS,
    ) -> "Reader":
        """Load the model and make ready to read.

        Args:
            model: a reader's or a recogniser's .safetensors file; None is the one that comes with docreader.
            device: auto, cpu, cuda or cuda:N; auto takes CUDA where there is one.
            method: hos cuts the ink into pieces, sdnn sweeps over the line, both does the first where the second is
                unsure; None is the model's, or what is best.
            grammar: amount, digits, usd, inr, clp, eur, or the path of a grammar file.
            field: what images show: auto, amount or check.
            reject_below: answers of lower confidence are rejected; None is the model's own threshold for an error of
                2 %, or 0.5 where it is not calibrated; whole checks have one of their own, see
                `docreader.methods.threshold`.
            target_error: instead of `reject_below`, the share of wrong answers to allow among those accepted.
            n_best: how many answers to weigh, the first included.
            limits: of pages and files.
            bbox: (x, y, w, h) of the amount field in pixels, where it is known: on every page, or by path. It is
                taken as it is, and not looked for.
            show_all: whether pictures of checks keep legible what is no amount field: names, account numbers.
            max_arcs: a page whose graph has more arcs is refused.

        Raises:
            ConfigurationError: an argument has a value that cannot be used.
            GrammarError: the grammar is neither built in nor a readable file.
            CalibrationError: `target_error` was given and the model carries no threshold for it.
            ModelError: the model file cannot be used.
        """
        if field not in FIELDS:
            raise ConfigurationError(f"field {field!r} is none of {', '.join(FIELDS)}")
        if n_best < 1:
            raise ConfigurationError(f"n_best is {n_best}; ask for 1 or more answers")
        if max_arcs < 1:
            raise ConfigurationError(f"max_arcs is {max_arcs}; it must be at least 1")
        if reject_below is not None and not 0 <= reject_below <= 1:
            raise ConfigurationError(f"reject_below is {reject_below}; a confidence lies between 0 and 1")
        reads, loaded = load_method(model, method, find_device(device))
        known = (
            (threshold(loaded, target_error), threshold(loaded, target_error, "check"))
            if reject_below is None
            else reject_below
        )
        reader = cls(
            reads,
            loaded,
            load_grammar(grammar),
            field=field,
            reject_below=known,
            n_best=n_best,
            limits=limits or Limits(),
            bbox=bbox,
        )
        reader.show_all, reader.max_arcs = show_all, max_arcs
        return reader

    def read(self, source: Source, *, field: str | None = None) -> list[Reading]:
        """Read one file or picture.

        Args:
            source: path of a PNG, JPEG, TIFF or PDF, or an (H, W), (H, W, 3) or (H, W, 4) array.
            field: what it shows, if not what the reader was loaded for.

        Returns:
            A reading for each page.

        Raises:
            SegmentError: the source, or one of its pages, cannot be read.
            GraphTooLargeError: the graph of a page passes `max_arcs`.
        """
        readings = []
        for _, item in self.examine([source], field=field):
            if isinstance(item, PageFailure):
                raise item.error
            readings.append(item.reading)
        return readings

    def read_batch(self, sources: Sequence[Source], *, viz: Path | None = None) -> list[list[Record]]:
        """Read many; all their segments go through the recogniser together.

        Args:
            sources: paths or arrays.
            viz: folder for a picture of each reading, None for no pictures.

        Returns:
            For each source its records, at least one; what cannot be read is an error record.
        """
        records: list[list[Record]] = [[] for _ in sources]
        for index, item in self.examine(sources, explain=viz is not None):
            if isinstance(item, PageFailure):
                records[index].append(ErrorRecord.of(_name(sources[index]), item.error, item.number))
                continue
            records[index].append(item.reading)
            if viz is not None:
                from docreader.pictures import save_reading

                save_reading(item, viz, show_all=self.show_all)
        return records

    def examine(
        self, sources: Sequence[Source], *, field: str | None = None, explain: bool = False
    ) -> Iterator[tuple[int, Examination | PageFailure]]:
        """Read, and tell what led to each reading.

        Pages go through the recogniser together, as many as have `HELD_PIXELS` in all.

        Args:
            sources: paths or arrays.
            field: what they show, if not what the reader was loaded for.
            explain: whether interpretation graphs and runners-up are wanted, too; this takes longer.

        Yields:
            For each page, in order, the position of its source, and what was found or why it could not be read.

        Raises:
            ConfigurationError: `field` has an unknown value.
        """
        field = self.field if field is None else field
        if field not in FIELDS:
            raise ConfigurationError(f"field {field!r} is none of {', '.join(FIELDS)}")
        held: list[tuple[int, _Waiting | PageFailure]] = []
        pixels = 0
        for index, source in enumerate(sources):
            for page in try_pages(source.data if isinstance(source, Held) else source, self.limits):
                if isinstance(page, PageFailure):
                    held.append((index, page))
                    continue
                held.append((index, self._segment(_name(source), page, field)))
                pixels += page.image.size
                if pixels >= HELD_PIXELS:
                    yield from self._recognise(held, explain)
                    held, pixels = [], 0
        yield from self._recognise(held, explain)

    def _segment(self, file: str | None, page: Page, field: str) -> _Waiting:
        """Find and over-segment the field of a page, or the places where it may be."""
        height, width = page.image.shape
        given = self.bbox.get(file or "") if isinstance(self.bbox, Mapping) else self.bbox
        if given is not None:
            x, y, w, h = given
            left, top, right, bottom = max(x, 0), max(y, 0), min(x + w, width), min(y + h, height)
            if left >= right or top >= bottom:
                return _Waiting(file, page, reason="no_field")
            box = (left, top, right - left, bottom - top)
            if field == "amount" or not may_be_page(page.image):
                return self._only(file, page, box, field != "amount")
            known = prepare_branch(page.image, look(page.image), Field(box, box, 0.0), self.method)
            return _Waiting(file, page, (known,), whole=True)
        kind, overview, upright = page_kind(page.image, field)
        if kind == "other":
            return _Waiting(file, page, reason="not_a_check")
        if kind == "amount" or overview is None:
            return self._only(file, page, (0, 0, width, height), False)
        image = page.image if upright is None else upright.image
        skew = page_skew(overview)
        quality = assess(image, overview, skew)
        if abs(skew) >= LEAST:
            upright = after(upright, turn(image, skew))
            image = upright.image
            overview = look(image)
        found = tuple(branches(image, overview, self.method))
        return _Waiting(file, page, found, None if found else "no_field", True, quality, upright)

    def _only(self, file: str | None, page: Page, box: Box, whole: bool) -> _Waiting:
        """A page of which it is known where the amount stands."""
        x, y, w, h = box
        prepared = self.method.prepare(np.ascontiguousarray(page.image[y : y + h, x : x + w]))
        return _Waiting(file, page, (Branch(box, 0.0, prepared, origin=(x, y)),), whole=whole)

    @torch.inference_mode()
    def _recognise(
        self, held: Sequence[tuple[int, _Waiting | PageFailure]], explain: bool
    ) -> list[tuple[int, Examination | PageFailure]]:
        """Score all segments of all fields in one call, and search the graphs."""
        pages = [item for _, item in held if isinstance(item, _Waiting) and item.legible]
        answers = iter(self._search_within(pages) if pages else [])
        found: list[tuple[int, Examination | PageFailure]] = []
        for index, item in held:
            if isinstance(item, PageFailure):
                found.append((index, item))
                continue
            said = next(answers) if item.legible else None
            if isinstance(said, GraphTooLargeError):
                found.append((index, PageFailure(said, item.page.number)))
                continue
            examination = self._examination(item, said)
            found.append((index, self._explained(examination, item) if explain else examination))
        return found

    def _search_within(self, pages: Sequence[_Waiting]) -> list[list[Answer] | GraphTooLargeError]:
        """What is written on each page; pages that are too much together are searched in halves."""
        try:
            return list(self._search(pages))
        except GraphTooLargeError as error:
            if len(pages) == 1:
                return [error]
        half = len(pages) // 2
        return [*self._search_within(pages[:half]), *self._search_within(pages[half:])]

    def _search(self, pages: Sequence[_Waiting]) -> list[list[Answer]]:
        """What is written on each page, in any of its places."""
        count = max(self.n_best, LISTED)

        def read(interpret: Interpret, numbers: Sequence[int]) -> list[list[Answer]]:
            return self._answers(interpret, [pages[number] for number in numbers], count)

        found = in_stages(self.method.stages, read, len(pages), self.grammar, count)
        return [answers[: self.n_best] for answers in found]

    def _answers(self, interpret: Interpret, pages: Sequence[_Waiting], count: int) -> list[list[Answer]]:
        """What one stage says of each page."""
        graphs = interpret([branch.prepared for page in pages for branch in page.branches])
        signs = [page.sign for page in pages]
        if len(graphs) == len(pages):
            return best_answers(graphs, self.grammar, count, signs=signs, max_arcs=self.max_arcs)
        # No amount is on a page where there is none in any place.
        counts = torch.tensor([len(page.branches) for page in pages])
        owner = torch.arange(len(pages)).repeat_interleave(counts)
        nothing = torch.zeros(len(pages), dtype=graphs.dtype).index_add(0, owner, nothing_score(graphs))
        joined = join(graphs, [[branch.score for branch in page.branches] for page in pages])
        return best_answers(joined, self.grammar, count, nothing, signs, self.max_arcs)

    def _examination(self, item: _Waiting, found: list[Answer] | None) -> Examination:
        branch, best, segments = self._best(item, found or [])
        answers = cents_apart(found or [], segments, self.grammar)
        if answers and answers[0] != (found or [])[0]:
            branch, best, segments = self._best(item, answers)
        if found is None:
            reason: str | None = item.reason or "blank"
        else:
            least = self.reject_checks_below if item.whole else self.reject_below
            guessed = item.whole and self.bbox is None
            reason = doubt(answers, segments, self.grammar, least, guessed=guessed)
        box = None if branch is None else branch.box
        if item.upright is not None:
            box = None if box is None else item.upright.box_on_page(box)
            segments = tuple(
                replace(segment, bbox=item.upright.box_on_page(segment.bbox)) for segment in segments
            )
        prepared = None if branch is None else branch.prepared
        return Examination(
            self._reading(item, box, answers, segments, reason),
            item.page,
            box,
            prepared if isinstance(prepared, Segmentation) else None,
            answers if best is None else [best, *answers[1:]],
            prepared.line if isinstance(prepared, Views | Pair) else None,
            item.branches,
            branch=branch,
        )

    def _best(
        self, item: _Waiting, answers: Sequence[Answer]
    ) -> tuple[Branch | None, Answer | None, tuple[Segment, ...]]:
        """The place of the best answer, the answer as of that place, and its characters."""
        number, best = part(answers[0], len(item.branches)) if answers else (0, None)
        branch = item.branches[number] if item.branches else None
        return branch, best, () if branch is None or best is None else self._segments(best, branch)

    def _explained(self, examination: Examination, item: _Waiting) -> Examination:
        """Add what pictures show beyond the answer, all in pixels of the page."""
        branch, answers, turned = examination.branch, examination.answers, item.upright
        considered = item.branches
        if turned is not None:
            considered = tuple(replace(b, box=turned.box_on_page(b.box)) for b in considered)
        runner_up: tuple[Segment, ...] = ()
        if branch is not None and len(answers) > 1:
            number, second = part(answers[1], len(item.branches))
            if item.branches[number] is branch:
                runner_up = self._segments(second, branch)
            if turned is not None:
                runner_up = tuple(replace(s, bbox=turned.box_on_page(s.bbox)) for s in runner_up)
        graph = None
        if branch is not None and isinstance(branch.prepared, Views) and not branch.prepared.empty:
            graph = self.method.interpret([branch.prepared])
        return replace(examination, considered=considered, runner_up=runner_up, graph=graph)

    def _reading(
        self,
        item: _Waiting,
        box: Box | None,
        answers: Sequence[Answer],
        segments: tuple[Segment, ...],
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

    def _segments(self, answer: Answer, branch: Branch) -> tuple[Segment, ...]:
        """The answer's best path on the page."""
        left, top = branch.origin
        found = []
        for segment in self.method.segments(answer, branch.prepared):
            x, y, w, h = segment.bbox
            found.append(Segment((left + x, top + y, w, h), segment.label, segment.score))
        return tuple(found)

    def _amount(self, text: str) -> str | None:
        amount = self.grammar.amount(text)
        return None if amount is None else str(amount)


def _name(source: Source) -> str | None:
    if isinstance(source, Held):
        return source.name
    return None if isinstance(source, np.ndarray) else os.fspath(source)
