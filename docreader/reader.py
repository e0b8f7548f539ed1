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

HELD_PIXELS = 256_000_000
"""Pages of this many pixels together are read at once, however long a file or a batch is: a byte each."""

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
class _Waiting:
    """A page that waits for the recogniser; without box and segmentation where no amount field was found."""

    file: str | None
    page: Page
    box: tuple[int, int, int, int] | None = None
    segmentation: Segmentation | None = None


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
        for index, item in self.examine(sources):
            if isinstance(item, PageFailure):
                records[index].append(ErrorRecord.of(_name(sources[index]), item.error, item.number))
                continue
            records[index].append(item.reading)
            if viz is not None:
                from docreader.pictures import save_reading

                save_reading(item, viz)
        return records

    def examine(
        self, sources: Sequence[Source], *, field: str | None = None
    ) -> Iterator[tuple[int, Examination | PageFailure]]:
        """Read, and tell what led to each reading.

        Pages go through the recogniser together, as many as have `HELD_PIXELS` in all.

        Args:
            sources: paths or arrays.
            field: what they show, if not what the reader was loaded for.

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
            for page in try_pages(source, self.limits):
                if isinstance(page, PageFailure):
                    held.append((index, page))
                    continue
                held.append((index, self._segment(_name(source), page, field)))
                pixels += page.image.size
                if pixels >= HELD_PIXELS:
                    yield from self._recognise(held)
                    held, pixels = [], 0
        yield from self._recognise(held)

    def _segment(self, file: str | None, page: Page, field: str) -> _Waiting:
        """Find and over-segment the field of a page."""
        height, width = page.image.shape
        x, y, w, h = 0, 0, width, height
        if field == "check" or (field == "auto" and is_whole_check(page.image)):
            fields = locate_fields(page.image)
            if not fields:
                return _Waiting(file, page)
            x, y, w, h = fields[0].bbox
        crop = np.ascontiguousarray(page.image[y : y + h, x : x + w])
        return _Waiting(file, page, (x, y, w, h), self.method.prepare(crop))

    @torch.inference_mode()
    def _recognise(
        self, held: Sequence[tuple[int, _Waiting | PageFailure]]
    ) -> list[tuple[int, Examination | PageFailure]]:
        """Score all segments of all fields in one call, and search the graphs."""
        fields = [item.segmentation for _, item in held if isinstance(item, _Waiting) and item.segmentation]
        answers = iter(
            best_answers(self.method.interpret(fields), self.grammar, self.n_best) if fields else []
        )
        found: list[tuple[int, Examination | PageFailure]] = []
        for index, item in held:
            if isinstance(item, PageFailure):
                found.append((index, item))
            else:
                found.append((index, self._examination(item, next(answers) if item.segmentation else [])))
        return found

    def _examination(self, item: _Waiting, answers: list[Answer]) -> Examination:
        reason = None
        if item.segmentation is None:
            reason = "no_field"
        elif len(item.segmentation.candidates) == 0:
            reason = "blank"
        elif not answers:
            reason = "grammar"
        elif answers[0].posterior < self.reject_below:
            reason = "low_confidence"
        reading = self._reading(item, answers, reason)
        return Examination(reading, item.page, item.box, item.segmentation, answers)

    def _reading(self, item: _Waiting, answers: list[Answer], reason: str | None) -> Reading:
        others = tuple(
            Alternative(answer.text, self._amount(answer.text), answer.posterior) for answer in answers[1:]
        )
        text = answers[0].text if answers else ""
        return Reading(
            file=item.file,
            page=item.page.number,
            text=text,
            amount=self._amount(text),
            currency=self.grammar.currency if answers else None,
            confidence=answers[0].posterior if answers else 0.0,
            decision="accept" if reason is None else "reject",
            reason=reason,
            alternatives=others,
            bbox=item.box,
            segments=_segments(answers[0], item.segmentation, item.box)
            if answers and item.segmentation and item.box
            else (),
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
