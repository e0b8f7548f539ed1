"""`docreader compare`: other readers on the same labeled images."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli.evaluate import LABELS, Form
from docreader.cli.exits import Exit
from docreader.cli.options import OUTPUT, RUNNING, QuietOption, make_folder, reader_command
from docreader.cli.output import prepare_stdout
from docreader.cli.progress import Progress
from docreader.decoding.names import GrammarName
from docreader.io.ground_truth import TruthColumn, read_ground_truth
from docreader.runtime.config import ReaderConfig
from segment.page.kind import FieldKind

if TYPE_CHECKING:
    from docreader.evaluation.peers.comparison import Comparison

HELP = """Compare docreader with other readers on the images of a labels.csv.

LABELS is that of [bold]docreader evaluate[/bold]. Each reader runs in a process of its own with the same number of \
threads; the readers take turns image by image. Reported are right answers, answers accepted at 1 % error, the wrong \
ones among them, and the time, with intervals.

\b
[bold]Readers[/bold]
rapidocr      PP-OCR models on ONNX Runtime: pip install 'docreader\\[compare]'
tesseract     the command of that name: apt-get install tesseract-ocr
MODULE:CLASS  one of your own, see docs/comparing.md

\b
[bold]Examples[/bold]
Whole checks:     docreader compare labels.csv --with rapidocr,tesseract
Cut-out amounts:  docreader compare labels.csv --field amount --with rapidocr
HTML page:        docreader compare labels.csv --report report/
A run that can be interrupted: docreader compare labels.csv --resume outputs.jsonl

\b
[bold]Exit status[/bold]
0  all readers read all images, right or wrong
2  wrong usage, a reader that is not installed, or labels that cannot be used
3  some images could not be read: they count as failed
4  docreader could read no image
130  interrupted
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare", help=HELP)(compare)


@reader_command(without=["bbox", "n_best"])
def compare(
    config: ReaderConfig,
    labels: Annotated[Path, typer.Argument(metavar="LABELS", help="The labels.csv.", show_default=False)],
    readers: Annotated[
        str, typer.Option("--with", metavar="NAME,NAME", help="Readers to compare with.")
    ] = "rapidocr,tesseract",
    column: Annotated[
        TruthColumn | None,
        typer.Option(
            "--compare",
            help="Column of the truth; of labels the digits alone are compared. [dim]Default: the one in the header; "
            "of both, label with the grammar digits, else amount.[/dim]",
            rich_help_panel=LABELS,
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Read the first N rows only.", rich_help_panel=LABELS)
    ] = None,
    form: Annotated[
        Form,
        typer.Option("--format", help="text for people, json for programs.", rich_help_panel=OUTPUT),
    ] = "text",
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write a page of HTML to this folder. [dim]Needs pip install 'docreader\\[compare]'.[/dim]",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep what the readers return in this file, and continue from it if it exists. It holds all text "
            "that they read on the images.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    threads: Annotated[
        int, typer.Option(min=1, max=1024, help="Number of threads of each reader.", rich_help_panel=RUNNING)
    ] = 1,
    batch_size: Annotated[
        int,
        typer.Option(
            min=1,
            max=4096,
            help="Images that a reader gets at once; times are per image.",
            rich_help_panel=RUNNING,
        ),
    ] = 1,
    timeout: Annotated[
        float,
        typer.Option(
            min=1,
            help="Stop a reader that takes longer for an image, seconds; the image counts as failed.",
            rich_help_panel=RUNNING,
        ),
    ] = 300.0,
    quiet: QuietOption = False,
) -> None:
    """Read the labeled images by all readers, compute metrics, write the outputs."""
    digits = config.grammar == GrammarName.DIGITS
    truth = read_ground_truth(labels, column, TruthColumn.LABEL if digits else TruthColumn.AMOUNT)
    names = _names(readers)
    if report is not None:
        from docreader.visualization.report import check_installed

        check_installed(figures=False, extra="compare")
        make_folder(report, "--report")
    from docreader.evaluation.peers.comparison import compare_readers
    from docreader.evaluation.peers.protocol import PeerSettings

    settings = PeerSettings(
        replace(config, n_best=1), config.field == FieldKind.AMOUNT, digits=digits, threads=threads
    )
    with Progress("reading", len(truth.items[:limit]) * len(names), quiet=quiet) as progress:
        comparison = compare_readers(
            truth,
            names,
            settings,
            limit=limit,
            batch_size=batch_size,
            timeout=timeout,
            resume=resume,
            on_image=progress.advance,
        )
    page = None
    if report is not None:
        from docreader.evaluation.peers.report import write_report

        page = write_report(comparison, report)
    _print(comparison, form)
    if page is not None and not quiet:
        print(f"report: {page}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(_status(comparison))


def _names(readers: str) -> list[str]:
    """Return docreader and the readers of the option, each once.

    Raises:
        PeerError: There is no such reader.
    """
    from docreader.evaluation.peers.readers import OWN, find_reader

    names = [name.strip() for name in readers.split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("names no reader, such as rapidocr,tesseract", param_hint="--with")
    for name in names:
        find_reader(name)
    return list(dict.fromkeys([OWN, *names]))


def _print(comparison: "Comparison", form: Form) -> None:
    from docreader.evaluation.peers.tables import comparison_to_json, print_comparison

    prepare_stdout()
    if form == "json":
        print(json.dumps(comparison_to_json(comparison), allow_nan=False, indent=1))  # noqa: T201
        return
    from rich.console import Console

    print_comparison(comparison, Console(width=None if sys.stdout.isatty() else 120))


def _status(comparison: "Comparison") -> Exit:
    failed = [sum(score.error is not None for score in result.scores) for result in comparison.readers]
    if failed[0] == len(comparison.items):
        return Exit.ALL_FAILED
    return Exit.SOME_FAILED if any(failed) else Exit.OK
