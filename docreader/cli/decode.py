"""`docreader decode`: reads images and writes one record or more for each."""

import sys
import time
from collections.abc import Iterable
from contextlib import ExitStack, closing
from enum import StrEnum
from itertools import chain, islice
from pathlib import Path
from typing import Annotated

import typer

from docreader.cli import loading
from docreader.cli import options as shared
from docreader.cli.cluster import decode_manifests
from docreader.cli.exits import Exit
from docreader.cli.output import Format, JsonWriter, Writer, prepare_stdout, writer_for
from docreader.cli.progress import Count, Progress
from docreader.cli.resume import ResumeState, check_model, open_to_append, read_earlier
from docreader.cli.settings import check_settings, write_settings
from docreader.io.archives import is_archive
from docreader.io.inputs import Input, iter_inputs
from docreader.runtime.engine import Engine, Result


class EngineName(StrEnum):
    """What spreads the work."""

    LOCAL = "local"
    RAY = "ray"


HELP = """Read the amounts in images: one record or more for each, in order.

Records go to standard output, everything else to standard error. An image that cannot be read is a record \
with the reason, and the run goes on.

\b
[bold]Examples[/bold]
One image:            docreader decode scan.png
A folder, as json:    docreader decode scans/ --format json > out.jsonl
1 % error at most:    docreader decode scans/ --target-error 0.01
A list of paths:      find . -name '*.tif' | docreader decode -
How it was read:      docreader decode scan.png --viz pictures/
A run that goes on:   docreader decode night/ --resume night.jsonl

\b
[bold]Exit status[/bold]
0  all were read (rejected answers included)
2  wrong usage
3  some inputs failed
4  all inputs failed
130  interrupted
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("decode", help=HELP)(decode)


def decode(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            help="Images (PNG, JPEG, TIFF and PDF with all pages), folders, tar archives, patterns, or - for a list of "
            "paths on standard input.",
            show_default=False,
        ),
    ],
    field: shared.FieldOption = shared.Field.AUTO,
    grammar: shared.GrammarOption = "amount",
    method: shared.MethodOption = None,
    model: shared.ModelOption = None,
    bbox: Annotated[
        str | None,
        typer.Option(
            "--bbox",
            metavar="X,Y,W,H",
            help="Where the amount stands on every page, in pixels, where that is known.",
            rich_help_panel="What and how to read",
        ),
    ] = None,
    n_best: shared.NBestOption = 5,
    reject_below: shared.RejectBelowOption = None,
    target_error: shared.TargetErrorOption = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="text for people; json: one record a line; csv: one row each, without the segments. "
            "[dim]Default: text, with --resume json.[/dim]",
            rich_help_panel="Output",
        ),
    ] = None,
    viz: Annotated[
        Path | None,
        typer.Option(
            "--viz",
            metavar="DIR",
            help="Draw a picture of each reading into this folder: fields, cuts or scores, best path, answer.",
            rich_help_panel="Output",
        ),
    ] = None,
    viz_all: Annotated[
        bool,
        typer.Option(
            "--viz-all",
            help="Keep names, account numbers and the MICR line legible in these pictures. "
            "[dim]Otherwise all of a check but its amount is blurred.[/dim]",
            rich_help_panel="Output",
        ),
    ] = False,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume",
            metavar="FILE",
            help="Write json records to FILE instead of standard output, and go on where an earlier run with "
            "the same FILE was interrupted.",
            rich_help_panel="Output",
        ),
    ] = None,
    device: shared.DeviceOption = "auto",
    jobs: shared.AutoJobsOption = None,
    batch_size: shared.BatchSizeOption = 64,
    engine_name: Annotated[
        EngineName,
        typer.Option(
            "--engine",
            help="local: processes of this machine; ray: the INPUTs are manifests (csv or parquet with a column "
            "'file'), and the records become parquet files in --out, here or on a Ray cluster.",
            rich_help_panel="Running",
        ),
    ] = EngineName.LOCAL,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="With --engine ray: where parts go; what is there already is not read again.",
            rich_help_panel="Running",
        ),
    ] = None,
    fail_fast: Annotated[
        bool,
        typer.Option("--fail-fast", help="Stop at the first input that fails.", rich_help_panel="Running"),
    ] = False,
    quiet: shared.QuietOption = False,
    max_pixels: shared.MaxPixelsOption = 100_000_000,
    max_pages: shared.MaxPagesOption = 1_000,
    max_bytes: shared.MaxBytesOption = 1_000_000_000,
    max_arcs: shared.MaxArcsOption = 20_000_000,
) -> None:
    """Read the inputs and end with the exit status that the run deserves."""
    reader_options = loading.chosen(
        field,
        method,
        bbox,
        grammar=grammar,
        model=model,
        device=device,
        n_best=n_best,
        reject_below=reject_below,
        target_error=target_error,
        show_all=viz_all,
        max_pixels=max_pixels,
        max_pages=max_pages,
        max_bytes=max_bytes,
        max_arcs=max_arcs,
    )
    if resume is not None and form not in (None, Format.JSON):
        raise typer.BadParameter(f"--resume writes json, not {form}", param_hint="--format")
    if (engine_name is EngineName.RAY) != (out is not None):
        raise typer.BadParameter("--engine ray and --out DIR go together", param_hint="--out")
    if viz is not None:
        shared.make_folder(viz, "--viz")
    if out is not None:
        if resume or viz or form not in (None, Format.JSON) or fail_fast:
            raise typer.BadParameter("--engine ray goes without --resume, --viz, --format and --fail-fast")
        workers = shared.processes(jobs or 0)
        raise typer.Exit(
            decode_manifests(inputs, out, reader_options, workers=workers, batch_size=batch_size, quiet=quiet)
        )
    with ExitStack() as stack:
        earlier = ResumeState()
        writer: Writer
        if resume is not None:
            earlier = read_earlier(resume)
            if earlier.size:
                check_settings(resume, reader_options)
            writer = JsonWriter(stack.enter_context(open_to_append(resume, earlier)))
            if not earlier.size:
                write_settings(resume, reader_options)
        else:
            prepare_stdout()
            writer = writer_for(form or Format.TEXT, sys.stdout)
        listed = sys.stdin.buffer if "-" in inputs else None
        todo = earlier.remaining(iter_inputs(inputs, listed, max_bytes))
        # A list on standard input may come slowly: nobody waits for many of it.
        first: list[Input] = [] if listed or jobs is not None else list(islice(todo, shared.MANY))
        engine = Engine(
            reader_options,
            loading.load_reader,
            jobs=shared.processes(jobs, many=len(first) == shared.MANY),
            batch_size=batch_size,
            viz=viz,
        )
        results = stack.enter_context(closing(engine.run(chain(first, todo))))
        slow = listed is not None or any(map(is_archive, inputs))  # to count, it would have to be read twice
        total = None if slow else Count(lambda: iter_inputs(inputs), less=earlier.tally.inputs)
        status = _write(results, writer, earlier, total, quiet=quiet, fail_fast=fail_fast)
    raise typer.Exit(status)


def _write(
    results: Iterable[Result],
    writer: Writer,
    earlier: ResumeState,
    total: Count | None,
    *,
    quiet: bool,
    fail_fast: bool,
) -> Exit:
    """Write the records as they come; the summary is printed however the run ends."""
    tally = earlier.tally
    before = tally.inputs
    started = time.perf_counter()
    with Progress("reading", total, quiet=quiet or sys.stdout.isatty()) as progress:
        try:
            for result in results:
                check_model(earlier, result.records)
                writer.write(result.records)
                tally.add(result.records)
                progress.advance()
                if fail_fast and result.failed:
                    break
        finally:
            progress.close()
            if not quiet:
                seconds = time.perf_counter() - started
                print(tally.summary(seconds, tally.inputs - before), file=sys.stderr)  # noqa: T201
    return tally.status
