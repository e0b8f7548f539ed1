"""The reader: pictures in, records out, through the whole chain of graphs (GBL98 sec. X)."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.errors import CalibrationError, ConfigurationError
from docreader.grammar import Grammar, load_grammar
from docreader.hos import Hos
from docreader.records import Alternative, Box, ErrorRecord, ModelInfo, Reading, Record, Segment
from docreader.search import Answer, best_answers
from models.files import LoadedModel, default_model_path, load_model
from segment.loading import Limits, Page, PageFailure, try_pages
from segment.location import is_whole_check, locate_fields
from segment.segmentation import Segmentation

REJECT_BELOW = 0.5
"""Threshold of a model without calibration: an answer that is less likely right than wrong is refused."""

FIELDS = ("auto", "amount", "check")
METHODS = (Hos.name,)

Source = str | os.PathLike[str] | NDArray[Any]


@dataclass(frozen=True, eq=False)
class Examination:
    """A reading and what led to it, for pictures and for looking into errors."""

    reading: Reading
    page: Page
    box: tuple[int, int, int, int] | None
    """x, y, width, height of the field on the page, None where none was found."""
    segmentation: Segmentation | None
    answers: list[Answer]


@dataclass(frozen=True, eq=False)
class _Field:
    """A field that waits for the recogniser."""

    file: str | None
    page: Page
    box: tuple[int, int, int, int]
    segmentation: Segmentation


@dataclass(frozen=True, eq=False)
class _NoField:
    """A page on which no amount field was found."""

    file: str | None
    page: Page


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
        model: LoadedModel,
        grammar: Grammar,
        *,
        device: torch.device,
        field: str,
        reject_below: float,
        n_best: int,
        limits: Limits,
    ) -> None:
        self.grammar = grammar
        self.field = field
        self.reject_below = reject_below
        self.n_best = n_best
        self.limits = limits
        self.model = ModelInfo(model.name, model.version, model.sha256)
        self.method = Hos(model, device)

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
    ) -> "Reader":
        """Load the model and make ready to read.

        Args:
            model: a recogniser's .safetensors file; None is the one that comes with docreader.
            device: auto, cpu, cuda or cuda:N; auto takes CUDA where there is one.
            method: hos, or None for what is best.
            grammar: amount, digits, usd, inr, clp, eur, or the path of a grammar file.
            field: what images show: auto, amount or check.
            reject_below: answers of lower confidence are rejected; None is the model's own threshold.
            target_error: instead of `reject_below`, the share of wrong answers to allow among those accepted.
            n_best: how many answers to weigh, the first included.
            limits: of pages and files.

        Raises:
            ConfigurationError: an argument has a value that cannot be used.
            GrammarError: the grammar is neither built in nor a readable file.
            CalibrationError: `target_error` was given and the model carries no calibration.
            ModelError: the model file cannot be used.
        """
        if field not in FIELDS:
            raise ConfigurationError(f"field {field!r} is none of {', '.join(FIELDS)}")
        if method is not None and method not in METHODS:
            raise ConfigurationError(f"this model reads by {' or '.join(METHODS)}, not by {method!r}")
        if n_best < 1:
            raise ConfigurationError(f"n_best is {n_best}; ask for 1 or more answers")
        if reject_below is not None and not 0 <= reject_below <= 1:
            raise ConfigurationError(f"reject_below is {reject_below}; a confidence lies between 0 and 1")
        where = _device(device)
        loaded = load_model(default_model_path() if model is None else model, device=where)
        if target_error is not None:
            raise CalibrationError(
                f"model {loaded.name} carries no calibration, so no threshold for an error of {target_error} is "
                "known: choose one with --reject-below, from the reject curve of 'docreader evaluate'"
            )
        return cls(
            loaded,
            load_grammar(grammar),
            device=where,
            field=field,
            reject_below=REJECT_BELOW if reject_below is None else reject_below,
            n_best=n_best,
            limits=limits or Limits(),
        )

    def read(self, source: Source, *, field: str | None = None) -> list[Reading]:
        """Read one file or picture.

        Args:
            source: path of a PNG, JPEG or TIFF, or an (H, W), (H, W, 3) or (H, W, 4) array.
            field: what it shows, if not what the reader was loaded for.

        Returns:
            A reading for each page.

        Raises:
            SegmentError: the source, or one of its pages, cannot be read.
        """
        readings = []
        for item in self.examine([source], field=field)[0]:
            if isinstance(item, PageFailure):
                raise item.error
            readings.append(item.reading)
        return readings

    def read_batch(self, sources: Sequence[Source], *, viz: Path | None = None) -> list[list[Record]]:
        """Read many; all their segments go through the recogniser in one call.

        Args:
            sources: paths or arrays.
            viz: folder for a picture of each reading, None for no pictures.

        Returns:
            For each source its records, at least one; what cannot be read is an error record.
        """
        records: list[list[Record]] = []
        for source, items in zip(sources, self.examine(sources), strict=True):
            name = _name(source)
            of_source: list[Record] = []
            for item in items:
                if isinstance(item, PageFailure):
                    of_source.append(ErrorRecord.of(name, item.error, item.number))
                    continue
                of_source.append(item.reading)
                if viz is not None:
                    from docreader.pictures import save_reading

                    save_reading(item, viz)
            records.append(of_source)
        return records

    def examine(
        self, sources: Sequence[Source], *, field: str | None = None
    ) -> list[list[Examination | PageFailure]]:
        """Read, and keep what led to each reading.

        Args:
            sources: paths or arrays.
            field: what they show, if not what the reader was loaded for.

        Returns:
            For each source what was found on each page, or why the page could not be read.

        Raises:
            ConfigurationError: `field` has an unknown value.
        """
        field = self.field if field is None else field
        if field not in FIELDS:
            raise ConfigurationError(f"field {field!r} is none of {', '.join(FIELDS)}")
        found = [list(self._segment(source, field)) for source in sources]
        waiting = [item for items in found for item in items if isinstance(item, _Field)]
        read = iter(self._recognise(waiting))
        results: list[list[Examination | PageFailure]] = []
        for items in found:
            of_source: list[Examination | PageFailure] = []
            for item in items:
                if isinstance(item, PageFailure):
                    of_source.append(item)
                elif isinstance(item, _NoField):
                    reading = self._reading(item.file, item.page, None, None, [], "no_field")
                    of_source.append(Examination(reading, item.page, None, None, []))
                else:
                    of_source.append(next(read))
            results.append(of_source)
        return results

    def _segment(self, source: Source, field: str) -> Iterator[_Field | _NoField | PageFailure]:
        """Find and over-segment the field of each page."""
        name = _name(source)
        for page in try_pages(source, self.limits):
            if isinstance(page, PageFailure):
                yield page
                continue
            height, width = page.image.shape
            box = (0, 0, width, height)
            if field == "check" or (field == "auto" and is_whole_check(page.image)):
                fields = locate_fields(page.image)
                if not fields:
                    yield _NoField(name, page)
                    continue
                box = fields[0].bbox
            x, y, w, h = box
            crop = np.ascontiguousarray(page.image[y : y + h, x : x + w])
            yield _Field(name, page, box, self.method.prepare(crop))

    @torch.inference_mode()
    def _recognise(self, fields: Sequence[_Field]) -> list[Examination]:
        """Score all segments of all fields in one call, and search the graphs."""
        if not fields:
            return []
        graphs = self.method.interpret([field.segmentation for field in fields])
        answers = best_answers(graphs, self.grammar, self.n_best)
        return [self._examination(field, found) for field, found in zip(fields, answers, strict=True)]

    def _examination(self, field: _Field, answers: list[Answer]) -> Examination:
        reason = None
        if len(field.segmentation.candidates) == 0:
            reason = "blank"
        elif not answers:
            reason = "grammar"
        elif answers[0].posterior < self.reject_below:
            reason = "low_confidence"
        reading = self._reading(field.file, field.page, field.box, field.segmentation, answers, reason)
        return Examination(reading, field.page, field.box, field.segmentation, answers)

    def _reading(
        self,
        file: str | None,
        page: Page,
        box: tuple[int, int, int, int] | None,
        segmentation: Segmentation | None,
        answers: list[Answer],
        reason: str | None,
    ) -> Reading:
        others = tuple(
            Alternative(answer.text, self._amount(answer.text), answer.posterior) for answer in answers[1:]
        )
        text = answers[0].text if answers else ""
        return Reading(
            file=file,
            page=page.number,
            text=text,
            amount=self._amount(text),
            currency=self.grammar.currency if answers else None,
            confidence=answers[0].posterior if answers else 0.0,
            decision="accept" if reason is None else "reject",
            reason=reason,
            alternatives=others,
            bbox=box,
            segments=_segments(answers[0], segmentation, box) if answers and segmentation and box else (),
            method=self.method.name,
            model=self.model,
        )

    def _amount(self, text: str) -> str | None:
        amount = self.grammar.amount(text)
        return None if amount is None else str(amount)


def _segments(
    answer: Answer, segmentation: Segmentation, box: tuple[int, int, int, int]
) -> tuple[Segment, ...]:
    """The answer's best path on the page."""
    boxes = segmentation.page_boxes()
    found = []
    for step in answer.path:
        x, y, w, h = (int(value) for value in boxes[step.segment])
        place: Box = (box[0] + x, box[1] + y, w, h)
        found.append(Segment(place, step.character, step.score))
    return tuple(found)


def _name(source: Source) -> str | None:
    return None if isinstance(source, np.ndarray) else os.fspath(source)


def _device(name: str) -> torch.device:
    """The device of a name.

    Raises:
        ConfigurationError: there is no such device here.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        raise ConfigurationError(f"device {name!r} cannot be used: {str(error).splitlines()[0]}") from error
    return device
