"""The reader that a command reads with: its options as they travel to other processes, and how it is loaded."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import typer

from docreader.archives import Held
from docreader.cli.options import GRAMMARS, Box, Field, Method, parse_box
from docreader.records import Record


class ReaderLike(Protocol):
    """What the commands need of `docreader.reader.Reader`."""

    def read_batch(self, sources: Sequence[str | Held], *, viz: Path | None = None) -> list[list[Record]]:
        """The records of each source, in order; what fails is an error record."""
        ...


@dataclass(frozen=True, kw_only=True)
class ReaderOptions:
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

    def check(self) -> None:
        """Refuse at once what cannot work, before anything heavy is imported.

        Raises:
            typer.BadParameter: A value cannot be used, or two contradict each other.
        """
        if self.reject_below is not None and self.target_error is not None:
            raise typer.BadParameter(
                "choose one of --reject-below and --target-error: both say when to accept an answer"
            )
        if self.target_error is not None and not 0 < self.target_error < 1:
            raise typer.BadParameter(
                f"{self.target_error} is not between 0 and 1, such as 0.01 for one in a hundred",
                param_hint="--target-error",
            )
        if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", self.device):
            raise typer.BadParameter(
                f"'{self.device}' is none of auto, cpu, cuda, cuda:0, cuda:1 ...", param_hint="--device"
            )
        if self.grammar not in GRAMMARS and not Path(self.grammar).is_file():
            raise typer.BadParameter(
                f"'{self.grammar}' is neither a file nor one of {', '.join(GRAMMARS)}",
                param_hint="--grammar",
            )
        if self.model is not None and not self.model.is_file():
            raise typer.BadParameter(f"there is no model file '{self.model}'", param_hint="--model")


def chosen(field: Field, method: Method | None, bbox: str | None = None, **others: Any) -> ReaderOptions:
    """The options of a reader as a command was given them, checked.

    Args:
        field: What the images show.
        method: How to read; None for what ships.
        bbox: A place that is known, as it was written.
        **others: The other fields of `ReaderOptions`.

    Raises:
        typer.BadParameter: A value cannot be used, or two contradict each other.
    """
    options = ReaderOptions(
        field=field.value,
        method=None if method is None else method.value,
        bbox=None if bbox is None else parse_box(bbox),
        **others,
    )
    options.check()
    return options


def load_reader(options: ReaderOptions) -> ReaderLike:
    """The reader that the options ask for; imports torch.

    Raises:
        DocreaderError: The options do not fit the model or the machine.
        ModelError: The model file cannot be used.
    """
    from docreader.reader import Reader
    from segment.loading import Limits

    reader: ReaderLike = Reader.load(
        model=options.model,
        device=options.device,
        method=options.method,
        grammar=options.grammar,
        field=options.field,
        reject_below=options.reject_below,
        target_error=options.target_error,
        n_best=options.n_best,
        bbox=options.bbox,
        show_all=options.show_all,
        max_arcs=options.max_arcs,
        limits=Limits(
            max_pixels=options.max_pixels, max_pages=options.max_pages, max_bytes=options.max_bytes
        ),
    )
    return reader
