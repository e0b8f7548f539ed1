"""The reader: pictures in, records out, through the whole chain of graphs (GBL98 sec. X)."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.search import MAX_ARCS, Hypothesis, best_hypotheses, empty_reading_score
from docreader.errors import ConfigurationError, GraphTooLargeError
from docreader.io.archives import InMemoryFile
from docreader.io.records import ErrorRecord, ModelInfo, Reading, Record
from docreader.pipeline.assemble import ReadingTrace, RecordBuilder
from docreader.pipeline.field_candidates import Box, join
from docreader.pipeline.prepare import PreparedPage, choose
from docreader.recognition.cascade import MIN_HYPOTHESES, Interpret, run_cascade
from docreader.recognition.registry import Method, Thresholds, load_recognizer, thresholds
from docreader.runtime.device import find_device
from models.chunking import chunk_by_size
from models.files import LoadedModel
from segment.io.pages import Limits, PageFailure, try_pages

MAX_BATCH_PIXELS = 256_000_000
"""Pages of this many pixels together are read at once, however long a file or a batch is: a byte each."""

MAX_BATCH_ARCS = 250_000
"""Arcs of interpretation graphs that are searched at once: those of some hundred fields or fifteen whole checks. The
grammar makes some fourteen times as many of them."""

FIELDS = ("auto", "amount", "check")

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
            model: a reader's or a recognizer's .safetensors file; None is the one that comes with docreader.
            device: auto, cpu, cuda or cuda:N; auto takes CUDA where there is one.
            method: hos cuts the ink into pieces, sdnn sweeps over the line, both does the first where the second is
                unsure; None is the model's, or what is best.
            grammar: amount, digits, usd, inr, clp, eur, or the path of a grammar file.
            field: what images show: auto, amount or check.
            reject_below: answers of lower confidence are rejected; None is the model's own threshold for an error of
                1 %, or 0.5 where it is not calibrated; whole checks have one of their own, see
                `docreader.recognition.registry.thresholds`.
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
        reads, loaded = load_recognizer(model, method, find_device(device))
        rules = load_grammar(grammar)
        known = thresholds(loaded, target_error, rules) if reject_below is None else reject_below
        reader = cls(
            reads,
            loaded,
            rules,
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
        """Read many; all their segments go through the recognizer together.

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
                from docreader.visualization.reading import save_reading

                save_reading(item, viz, show_all=self.show_all)
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
        if field not in FIELDS:
            raise ConfigurationError(f"field {field!r} is none of {', '.join(FIELDS)}")
        held: list[tuple[int, PreparedPage | PageFailure]] = []
        pixels = 0
        for index, source in enumerate(sources):
            for page in try_pages(source.data if isinstance(source, InMemoryFile) else source, self.limits):
                if isinstance(page, PageFailure):
                    held.append((index, page))
                    continue
                held.append((index, choose(_name(source), page, field, self.bbox, self.method)))
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


def _name(source: Source) -> str | None:
    if isinstance(source, InMemoryFile):
        return source.name
    return None if isinstance(source, np.ndarray) else os.fspath(source)
