"""The reader that a command reads with: its options as they travel to other processes, and how it is loaded."""

import re
from pathlib import Path
from typing import Any

import typer

from docreader.cli.options import GRAMMARS, Field, Method, parse_box
from docreader.runtime.config import ReaderConfig, ReaderLike


def check(options: ReaderConfig) -> None:
    """Refuse at once what cannot work, before anything heavy is imported.

    Raises:
        typer.BadParameter: A value cannot be used, or two contradict each other.
    """
    if options.reject_below is not None and options.target_error is not None:
        raise typer.BadParameter(
            "choose one of --reject-below and --target-error: both say when to accept an answer"
        )
    if options.target_error is not None and not 0 < options.target_error < 1:
        raise typer.BadParameter(
            f"{options.target_error} is not between 0 and 1, such as 0.01 for one in a hundred",
            param_hint="--target-error",
        )
    if not re.fullmatch(r"auto|cpu|cuda(:\d+)?", options.device):
        raise typer.BadParameter(
            f"'{options.device}' is none of auto, cpu, cuda, cuda:0, cuda:1 ...", param_hint="--device"
        )
    if options.grammar not in GRAMMARS and not Path(options.grammar).is_file():
        raise typer.BadParameter(
            f"'{options.grammar}' is neither a file nor one of {', '.join(GRAMMARS)}",
            param_hint="--grammar",
        )
    if options.model is not None and not options.model.is_file():
        raise typer.BadParameter(f"there is no model file '{options.model}'", param_hint="--model")


def chosen(field: Field, method: Method | None, bbox: str | None = None, **others: Any) -> ReaderConfig:
    """The options of a reader as a command was given them, checked.

    Args:
        field: What the images show.
        method: How to read; None for what ships.
        bbox: A place that is known, as it was written.
        **others: The other fields of `ReaderConfig`.

    Raises:
        typer.BadParameter: A value cannot be used, or two contradict each other.
    """
    options = ReaderConfig(
        field=field.value,
        method=None if method is None else method.value,
        bbox=None if bbox is None else parse_box(bbox),
        **others,
    )
    check(options)
    return options


def load_reader(options: ReaderConfig) -> ReaderLike:
    """The reader that the options ask for; imports torch.

    Raises:
        DocreaderError: The options do not fit the model or the machine.
        ModelError: The model file cannot be used.
    """
    from docreader.pipeline.reader import Reader
    from segment.io.pages import Limits

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
