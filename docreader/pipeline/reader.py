"""The reader: pictures in, records out, through the whole chain of graphs (GBL98 sec. X)."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.limits import MAX_ARCS
from docreader.decoding.search import Hypothesis, best_hypotheses, empty_reading_score
from docreader.errors import ConfigurationError, GraphTooLargeError
from docreader.io.archives import InMemoryFile
from docreader.io.records import ErrorRecord, ModelInfo, Reading, Record
from docreader.pipeline.assemble import ReadingTrace, RecordBuilder
from docreader.pipeline.field_candidates import Box, join
from docreader.pipeline.prepare import PreparedPage, choose
from docreader.recognition.cascade import MIN_HYPOTHESES, Interpret, run_cascade
from docreader.recognition.registry import Method, load_recognizer
from docreader.runtime.config import ReaderConfig
from docreader.runtime.device import find_device
from models.chunking import chunk_by_size
from models.files import LoadedModel
from segment.io.limits import Limits
from segment.io.pages import PageFailure, try_pages
from segment.page.kind import FieldKind

MAX_BATCH_PIXELS = 256_000_000
"""Pages of this many pixels together are read at once, however long a file or a batch is: a byte each."""

MAX_BATCH_ARCS = 250_000
"""Arcs of interpretation graphs that are searched at once: those of some hundred fields or fifteen whole checks. The
grammar makes some fourteen times as many of them."""

Source = str | os.PathLike[str] | NDArray[Any] | InMemoryFile


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
        reject_below: float | Thresholds,
        n_best: int,
        limits: Limits,
        bbox: Box | Mapping[str, Box] | None = None,
    ) -> None:
        self.grammar = grammar
        self.field = field
        self.thresholds = (
            Thresholds(*[reject_below] * 3) if isinstance(reject_below, float | int) else reject_below
        )
        self.bbox = bbox
        self.max_arcs = MAX_ARCS
        self.n_best = n_best
        self.limits = limits
        self.model = ModelInfo(model.name, model.version, model.sha256)
        self.method = method

    @classmethod
    def load(cls, config: ReaderConfig | None = None, **settings: Any) -> "Reader":
        """Load the model and build a reader.

        Args:
            config: Settings; None for the defaults.
            **settings: Attributes of `ReaderConfig`, instead of those of `config`.

        Raises:
            ConfigurationError: A setting has a value that cannot be used.
            GrammarError: The grammar is neither built in nor a readable file.
            CalibrationError: `target_error` was given and the model carries no threshold for it.
            ModelError: The model file cannot be used.
        """
        config = replace(config or ReaderConfig(), **settings)
        config.validate()
        method, loaded = load_recognizer(config.model, config.method, find_device(config.device))
        grammar = load_grammar(config.grammar)
        known = (
            Thresholds.for_target(loaded, config.target_error, grammar)
            if config.reject_below is None
            else config.reject_below
        )
        reader = cls(
            method,
            loaded,
            grammar,
            field=config.field,
            reject_below=known,
            n_best=config.n_best,
            limits=config.limits,
            bbox=config.bbox,
        )
        reader.max_arcs = config.max_arcs
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

    def read_batch(self, sources: Sequence[Source]) -> list[list[Record]]:
        """Read many; all their segments go through the recognizer together.

        Args:
            sources: paths or arrays.

        Returns:
            For each source its records, at least one; what cannot be read is an error record.
        """
        records: list[list[Record]] = [[] for _ in sources]
        for index, item in self.examine(sources):
            record: Record = (
                ErrorRecord.of(source_name(sources[index]), item.error, item.number)
                if isinstance(item, PageFailure)
                else item.reading
            )
            records[index].append(record)
        return records

    def examine(
        self, sources: Sequence[Source], *, field: str | None = None, explain: bool = False
    ) -> Iterator[tuple[int, ReadingTrace | PageFailure]]:
        """Read, and tell what led to each reading.

        Pages go through the recognizer together, as many as have `MAX_BATCH_PIXELS` in all.

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
        if field not in list(FieldKind):
            raise ConfigurationError(f"field {field!r} is none of {', '.join(FieldKind)}")
        held: list[tuple[int, PreparedPage | PageFailure]] = []
        pixels = 0
        for index, source in enumerate(sources):
            for page in try_pages(source.data if isinstance(source, InMemoryFile) else source, self.limits):
                if isinstance(page, PageFailure):
                    held.append((index, page))
                    continue
                held.append((index, choose(source_name(source), page, field, self.bbox, self.method)))
                pixels += page.image.size
                if pixels >= MAX_BATCH_PIXELS:
                    yield from self._recognize(held, explain)
                    held, pixels = [], 0
        yield from self._recognize(held, explain)

    @torch.inference_mode()
    def _recognize(
        self, held: Sequence[tuple[int, PreparedPage | PageFailure]], explain: bool
    ) -> list[tuple[int, ReadingTrace | PageFailure]]:
        """Score all segments of all fields in one call, and search the graphs."""
        pages = [item for _, item in held if isinstance(item, PreparedPage) and item.legible]
        answers = iter(self._search_within(pages) if pages else [])
        teller = RecordBuilder(
            self.method, self.model, self.grammar, self.thresholds, guessed=self.bbox is None
        )
        found: list[tuple[int, ReadingTrace | PageFailure]] = []
        for index, item in held:
            if isinstance(item, PageFailure):
                found.append((index, item))
                continue
            said = next(answers) if item.legible else None
            if isinstance(said, GraphTooLargeError):
                found.append((index, PageFailure(said, item.page.number)))
                continue
            examination = teller.examination(item, said)
            found.append((index, teller.explained(examination, item) if explain else examination))
        return found

    def _search_within(self, pages: Sequence[PreparedPage]) -> list[list[Hypothesis] | GraphTooLargeError]:
        """What is written on each page; pages that are too much together are searched in halves."""
        try:
            return list(self._search(pages))
        except GraphTooLargeError as error:
            if len(pages) == 1:
                return [error]
        half = len(pages) // 2
        return [*self._search_within(pages[:half]), *self._search_within(pages[half:])]

    def _search(self, pages: Sequence[PreparedPage]) -> list[list[Hypothesis]]:
        """What is written on each page, in any of its places."""
        count = max(self.n_best, MIN_HYPOTHESES)

        def read(interpret: Interpret, numbers: Sequence[int]) -> list[list[Hypothesis]]:
            return self._answers(interpret, [pages[number] for number in numbers], count)

        found = run_cascade(self.method.stages, read, len(pages), self.grammar, count)
        return [answers[: self.n_best] for answers in found]

    def _answers(
        self, interpret: Interpret, pages: Sequence[PreparedPage], count: int
    ) -> list[list[Hypothesis]]:
        """What one stage says of each page."""
        graphs = interpret([branch.prepared for page in pages for branch in page.branches])
        nothing = None
        if len(graphs) > len(pages):
            # No amount is on a page where there is none in any place.
            counts = torch.tensor([len(page.branches) for page in pages])
            owner = torch.arange(len(pages)).repeat_interleave(counts)
            nothing = torch.zeros(len(pages), dtype=graphs.dtype).index_add(
                0, owner, empty_reading_score(graphs)
            )
            graphs = join(graphs, [[branch.score for branch in page.branches] for page in pages])
        found: list[list[Hypothesis]] = []
        for part in chunk_by_size(graphs.arc_offset.diff().tolist(), MAX_BATCH_ARCS):
            signs = [page.sign for page in pages[part]]
            none = None if nothing is None else nothing[part]
            found += best_hypotheses(graphs[part], self.grammar, count, none, signs, self.max_arcs)
        return found


def source_name(source: Source) -> str | None:
    """Return the name of a source as records give it; None for an array."""
    if isinstance(source, InMemoryFile):
        return source.name
    return None if isinstance(source, np.ndarray) else os.fspath(source)
