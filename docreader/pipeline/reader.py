"""The reader: load, analyze, prepare, decode, decide, assemble (GBL98 sec. X)."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.confidence.evidence import EvidenceModel, evidence_model
from docreader.confidence.thresholds import Thresholds
from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.search import Hypothesis
from docreader.errors import GraphTooLargeError
from docreader.io.archives import InMemoryFile
from docreader.io.records import ErrorRecord, ModelInfo, Reading, Record
from docreader.pipeline.assemble import ReadingTrace, add_diagnostics, assemble
from docreader.pipeline.decision import Decision, decide
from docreader.pipeline.prepare import PreparedPage, prepare_page
from docreader.pipeline.upside_down import may_be_upside_down, turn
from docreader.recognition.base import Recognizer
from docreader.recognition.cascade import decode_pages
from docreader.recognition.locator import Locator as FieldLocator
from docreader.recognition.registry import load_recognizer
from docreader.runtime.config import ReaderConfig
from docreader.runtime.device import find_device
from segment.io.pages import Page, PageFailure, try_pages
from segment.page.analysis import analyze_page
from segment.page.locator import Locator

MAX_BATCH_PIXELS = 256_000_000
"""Pixels of pages that are held and decoded at once, a byte each, however long a file or a batch is."""

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
        recognizer: Recognizer[Any],
        model: ModelInfo,
        grammar: Grammar,
        thresholds: Thresholds,
        config: ReaderConfig,
        locator: Locator,
        evidence: EvidenceModel | None = None,
        locator_model: ModelInfo | None = None,
    ) -> None:
        self.recognizer = recognizer
        self.model = model
        self.grammar = grammar
        self.thresholds = thresholds
        self.config = config
        self.locator = locator
        self.evidence = evidence
        self.locator_model = locator_model

    @classmethod
    def load(cls, config: ReaderConfig | None = None, **settings: Any) -> "Reader":
        """Load the model and the grammar.

        Args:
            config: Settings; None for the defaults.
            **settings: Attributes of `ReaderConfig`, instead of those of `config`.

        Raises:
            ConfigurationError: A setting is not valid.
            GrammarError: The grammar is neither built in nor a readable file.
            CalibrationError: The model has no threshold for `target_error`.
            ModelError: The model file cannot be used.
        """
        config = replace(config or ReaderConfig(), **settings)
        config.validate()
        device = find_device(config.device)
        recognizer, card = load_recognizer(config.model, config.method, device)
        locator = FieldLocator.load(config.locator, device)
        grammar = load_grammar(config.grammar)
        if config.reject_below is None:
            accepted = Thresholds.for_target(card, config.target_error, grammar)
        else:
            accepted = Thresholds(*[config.reject_below] * 3)
        return cls(
            recognizer,
            ModelInfo.of(card),
            grammar,
            accepted,
            config,
            locator,
            evidence_model(card.calibration),
            ModelInfo.of(locator.identity),
        )

    def read(self, source: Source, *, field: str | None = None) -> list[Reading]:
        """Read one file or image.

        Args:
            source: Path of a PNG, JPEG, TIFF or PDF, or an (H, W), (H, W, 3) or (H, W, 4) array.
            field: Content of the image, if not as configured: amount, check or auto.

        Returns:
            One reading per page, or per check where several lie on a page.

        Raises:
            SegmentError: The source, or one of its pages, cannot be read.
            GraphTooLargeError: The graph of a page passes `max_arcs`.
        """
        readings = []
        for _, item in self.read_with_trace([source], field=field):
            if isinstance(item, PageFailure):
                raise item.error
            readings.append(item.reading)
        return readings

    def read_batch(self, sources: Sequence[Source]) -> list[list[Record]]:
        """Read many files or images; the fields of all are recognized together.

        Returns:
            For each source its records, at least one; a failure is an error record.
        """
        records: list[list[Record]] = [[] for _ in sources]
        for index, item in self.read_with_trace(sources):
            if isinstance(item, PageFailure):
                records[index].append(ErrorRecord.of(source_name(sources[index]), item.error, item.number))
            else:
                records[index].append(item.reading)
        return records

    def read_with_trace(
        self, sources: Sequence[Source], *, field: str | None = None, diagnostics: bool = False
    ) -> Iterator[tuple[int, ReadingTrace | PageFailure]]:
        """Read, and keep the intermediate results of each reading.

        Args:
            sources: Paths or arrays.
            field: Content of the images, if not as configured.
            diagnostics: Whether candidates, runner-up and lattice are added, which takes longer.

        Yields:
            For each page, or check on it, in order, the index of its source, and its trace or failure.

        Raises:
            ConfigurationError: `field` has an unknown value.
        """
        config = self.config if field is None else replace(self.config, field=field)
        config.validate()
        for batch in self._load(sources):
            pages = [
                (source_name(sources[index]), page)
                for index, page in batch
                if not isinstance(page, PageFailure)
            ]
            traces = iter(self._read_pages(pages, config, diagnostics))
            for index, page in batch:
                found = [page] if isinstance(page, PageFailure) else next(traces)
                yield from ((index, one) for one in found)

    @torch.inference_mode()
    def _read_pages(
        self, pages: Sequence[tuple[str | None, Page]], config: ReaderConfig, diagnostics: bool
    ) -> list[list[ReadingTrace | PageFailure]]:
        """Read loaded pages together: analyze, prepare, decode, decide, assemble.

        Returns:
            For each page the traces of the checks on it, at least one.
        """
        prepared, sizes = [], []
        for file, page in pages:
            layouts = analyze_page(page.image, self.locator, config.field, config.box_of(file))
            sizes.append(len(layouts))
            prepared += [
                prepare_page(file, page, layout, self.recognizer, check)
                for check, layout in enumerate(layouts, start=1)
            ]
        decoded = self._decode(prepared, config)
        traces: list[ReadingTrace | PageFailure] = []
        decisions = self._decide(prepared, decoded, config)
        for ready, decision in zip(prepared, decisions, strict=True):
            if isinstance(decision, GraphTooLargeError):
                traces.append(PageFailure(decision, ready.page.number))
                continue
            trace = assemble(ready, decision, self.recognizer, self.model, self.grammar, self.locator_model)
            traces.append(add_diagnostics(trace, ready, self.recognizer) if diagnostics else trace)
        ordered = iter(traces)
        return [list(islice(ordered, size)) for size in sizes]

    def _decode(
        self, pages: Sequence[PreparedPage], config: ReaderConfig
    ) -> list[list[Hypothesis] | GraphTooLargeError | None]:
        """Decode prepared pages by all passes that may change a decision."""
        accept_from = min(self.thresholds)
        return decode_pages(self.recognizer, pages, self.grammar, config.n_best, config.max_arcs, accept_from)

    def _decide(
        self,
        pages: Sequence[PreparedPage],
        decoded: Sequence[list[Hypothesis] | GraphTooLargeError | None],
        config: ReaderConfig,
    ) -> list[Decision | GraphTooLargeError]:
        """Decide on decoded pages; what may be upside down is read again, turned."""
        decisions = [
            found if isinstance(found, GraphTooLargeError) else self._decide_page(page, found, config)
            for page, found in zip(pages, decoded, strict=True)
        ]
        again = [
            number
            for number, one in enumerate(decisions)
            if isinstance(one, Decision) and may_be_upside_down(pages[number], one)
        ]
        turned = [turn(pages[number], self.recognizer) for number in again]
        for number, page, found in zip(again, turned, self._decode(turned, config), strict=True):
            first = decisions[number]
            if isinstance(first, GraphTooLargeError) or isinstance(found, GraphTooLargeError):
                continue
            if self._decide_page(page, found, config).reason is None:
                decisions[number] = replace(first, reason="upside_down")
        return decisions

    def _decide_page(
        self, page: PreparedPage, found: list[Hypothesis] | None, config: ReaderConfig
    ) -> Decision:
        return decide(
            page,
            None if found is None else page.weigh(found),
            self.recognizer,
            self.grammar,
            self.thresholds,
            auto_located=config.bbox is None,
            evidence=self.evidence,
        )

    def _load(self, sources: Sequence[Source]) -> Iterator[list[tuple[int, Page | PageFailure]]]:
        """Load pages in batches of at most `MAX_BATCH_PIXELS` and a page."""
        batch: list[tuple[int, Page | PageFailure]] = []
        pixels = 0
        for index, source in enumerate(sources):
            data = source.data if isinstance(source, InMemoryFile) else source
            for page in try_pages(data, self.config.limits):
                batch.append((index, page))
                pixels += 0 if isinstance(page, PageFailure) else page.image.size
                if pixels >= MAX_BATCH_PIXELS:
                    yield batch
                    batch, pixels = [], 0
        yield batch


def source_name(source: Source) -> str | None:
    """Return the name of a source in its records, None for an array."""
    if isinstance(source, InMemoryFile):
        return source.name
    return None if isinstance(source, np.ndarray) else os.fspath(source)
