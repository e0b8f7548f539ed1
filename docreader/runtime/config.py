"""Configuration of a reader, as it travels to worker processes."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from docreader.io.archives import InMemoryFile
from docreader.io.records import Record

Box = tuple[int, int, int, int]


class ReaderLike(Protocol):
    """What the commands need of `docreader.pipeline.reader.Reader`."""

    def read_batch(
        self, sources: Sequence[str | InMemoryFile], *, viz: Path | None = None
    ) -> list[list[Record]]:
        """The records of each source, in order; what fails is an error record."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReaderConfig:
    """How to load a reader; travels to worker processes, which load their own.

    Attributes are the arguments of `Reader.load`, except that the limits are single numbers.
    """

    field: str = "auto"
    grammar: str = "amount"
    method: str | None = None
    model: Path | None = None
    device: str = "auto"
    n_best: int = 5
    reject_below: float | None = None
    target_error: float | None = None
    bbox: Box | dict[str, Box] | None = None
    show_all: bool = False
    max_pixels: int = 100_000_000
    max_pages: int = 1_000
    max_bytes: int = 1_000_000_000
    max_arcs: int = 20_000_000
