"""`docreader decode`: read images and write records."""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import ExitStack, closing
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Literal

import typer

from docreader.cli import loading
from docreader.cli.cluster import decode_manifests
from docreader.cli.exits import Exit, exit_status
from docreader.cli.options import OUTPUT, RUNNING, BatchSizeOption, QuietOption, make_folder, reader_command
from docreader.cli.output import (
    Format,
    JsonWriter,
    Writer,
    prepare_stdout,
    report_passed_over,
    writer_for,
)
from docreader.cli.progress import Count, Progress
from docreader.cli.resume import ResumeState, check_model, open_to_append, read_state
from docreader.cli.settings import check_settings, write_settings
from docreader.io.archives import is_archive
from docreader.io.inputs import Input, iter_inputs
from docreader.runtime.batches import Result
from docreader.runtime.config import ReaderConfig
from docreader.runtime.engine import BATCH_SIZE, Engine, count_cores

MANY = 200
"""Inputs from which on a process for each core is started by default."""

EngineName = Literal["local", "ray"]
"""Scheduler of the work."""


HELP = """Read the amounts in images: one record or more for each, in order.

Records go to standard output, messages to standard error. An image that cannot be read becomes an error record, \
and the run continues.

\b
[bold]Examples[/bold]
One image:            docreader decode scan.png
A folder, as json:    docreader decode scans/ --format json > out.jsonl
1 % error at most:    docreader decode scans/ --target-error 0.01
A list of paths:      find . -name '*.tif' | docreader decode -
With pictures:        docreader decode scan.png --viz pictures/
To be continued:      docreader decode night/ --resume night.jsonl

\b
[bold]Exit status[/bold]
0  all were read (rejected answers included)
2  wrong usage
3  some inputs failed
4  all inputs failed
130  interrupted
"""


InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Images (PNG, JPEG, TIFF and PDF with all pages), folders, tar archives, patterns, or - for a list of "
        "paths on standard input.",
        show_default=False,
    ),
]
FormatOption = Annotated[
    Format | None,
    typer.Option(
        "--format",
        help="text: one line a record; json: one record a line; csv: one row a record, without characters. "
        "[dim]Default: text; json with --resume.[/dim]",
        rich_help_panel=OUTPUT,
    ),
]
VizOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Save a picture of each reading in this folder: field candidates, cuts or scores, best path, answer.",
        rich_help_panel=OUTPUT,
    ),
]
UnredactedOption = Annotated[
    bool,
    typer.Option(
        "--viz-unredacted",
        help="Keep names, account numbers and the MICR line legible in these pictures. "
        "[dim]By default all of a check but the amount is blurred.[/dim]",
        rich_help_panel=OUTPUT,
    ),
]
ResumeOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write json records to FILE instead of standard output, and continue an interrupted run with the same "
        "FILE.",
        rich_help_panel=OUTPUT,
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=1024,
        help="Number of processes, each with one thread; 0: one for each core. [dim]Default: 1; 0 for 200 inputs or "
        "more, unless there is a CUDA device or they come from standard input.[/dim]",
        rich_help_panel=RUNNING,
    ),
]
EngineOption = Annotated[
    EngineName,
    typer.Option(
        help="local: processes of this machine; ray: the INPUTs are manifests (csv or parquet with a column "
        "'file'), and the records become parquet files in --out, here or on a Ray cluster.",
        rich_help_panel=RUNNING,
    ),
]
OutOption = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="With --engine ray: folder of the parquet files; images in it are not read again.",
        rich_help_panel=RUNNING,
    ),
]
FailFastOption = Annotated[
    bool, typer.Option("--fail-fast", help="Stop at the first input that fails.", rich_help_panel=RUNNING)
]


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("decode", help=HELP)(decode)


@reader_command()
def decode(
    config: ReaderConfig,
    inputs: InputsArgument,
    form: FormatOption = None,
    viz: VizOption = None,
    unredacted: UnredactedOption = False,
    resume: ResumeOption = None,
    jobs: JobsOption = None,
    batch_size: BatchSizeOption = BATCH_SIZE,
    engine: EngineOption = "local",
    out: OutOption = None,
    fail_fast: FailFastOption = False,
    quiet: QuietOption = False,
) -> None:
    """Read the inputs; exit with the status of the run."""
    if resume is not None and form not in (None, Format.JSON):
        raise typer.BadParameter(f"--resume writes json, not {form}", param_hint="--format")
    if (engine == "ray") != (out is not None):
        raise typer.BadParameter("--engine ray and --out DIR go together", param_hint="--out")
    if viz is not None:
        make_folder(viz, "--viz")
    load = partial(loading.load_reader, config, viz, unredacted=unredacted)
    if out is not None:
        if resume or viz or form not in (None, Format.JSON) or fail_fast:
            raise typer.BadParameter("--engine ray goes without --resume, --viz, --format and --fail-fast")
        workers = jobs or count_cores()
        status = decode_manifests(
            inputs, out, config, load, workers=workers, batch_size=batch_size, quiet=quiet
        )
        raise typer.Exit(status)
    with ExitStack() as stack:
        state = ResumeState() if resume is None else read_state(resume)
        writer = _open_writer(stack, resume, state, config, form)
        listed = sys.stdin.buffer if "-" in inputs else None
        passed_over: Counter[str] = Counter()
        todo = state.remaining(iter_inputs(inputs, listed, config.limits.max_bytes, passed_over))
        # A list on standard input may come slowly: do not wait for many of it.
        first: list[Input] = [] if listed or jobs is not None else list(islice(todo, MANY))
        run = Engine(load, default_jobs(len(first)) if jobs is None else jobs, batch_size).run(
            chain(first, todo)
        )
        results = stack.enter_context(closing(run))
        slow = listed is not None or any(map(is_archive, inputs))  # to count, it would have to be read twice
        total = None if slow else Count(lambda: iter_inputs(inputs), less=state.summary.inputs)
        status = _write(results, writer, state, total, quiet=quiet, fail_fast=fail_fast)
        if not quiet:
            report_passed_over(passed_over)
    raise typer.Exit(status)


def default_jobs(inputs: int) -> int:
    """Return `Engine.jobs` for a number of inputs: all cores for `MANY`, unless a CUDA device serves one process."""
    return 0 if inputs >= MANY and not Path("/dev/nvidiactl").exists() else 1


def _open_writer(
    stack: ExitStack, resume: Path | None, state: ResumeState, config: ReaderConfig, form: Format | None
) -> Writer:
    """Open the file of `--resume`, whose settings must be those of this run, or standard output."""
    if resume is None:
        prepare_stdout()
        return writer_for(form or Format.TEXT, sys.stdout)
    if state.size:
        check_settings(resume, config)
    writer = JsonWriter(stack.enter_context(open_to_append(resume, state)))
    if not state.size:
        write_settings(resume, config)
    return writer


def _write(
    results: Iterable[Result],
    writer: Writer,
    state: ResumeState,
    total: Count | None,
    *,
    quiet: bool,
    fail_fast: bool,
) -> Exit:
    """Write the records as they come; print the summary however the run ends."""
    summary = state.summary
    before = summary.inputs
    started = time.perf_counter()
    with Progress("reading", total, quiet=quiet or sys.stdout.isatty()) as progress:
        try:
            for result in results:
                check_model(state, result.records)
                writer.write(result.records)
                summary.add(result.records)
                progress.advance()
                if fail_fast and result.failed:
                    break
        finally:
            progress.close()
            if not quiet:
                seconds = time.perf_counter() - started
                print(summary.line(seconds, summary.inputs - before), file=sys.stderr)  # noqa: T201
    return exit_status(summary)
