"""`docreader evaluate`: accuracy on labeled images."""

import json
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from docreader.cli import loading
from docreader.cli.exits import Exit, exit_status
from docreader.cli.options import (
    OUTPUT,
    READING,
    BatchSizeOption,
    JobsOption,
    QuietOption,
    make_folder,
    reader_command,
)
from docreader.cli.output import prepare_stdout
from docreader.cli.progress import Progress
from docreader.decoding.names import NAMES, GrammarName
from docreader.errors import LabelsError
from docreader.io.ground_truth import (
    Correction,
    GroundTruth,
    TruthColumn,
    read_corrections,
    read_ground_truth,
)
from docreader.io.records import ErrorRecord
from docreader.runtime.config import ReaderConfig
from docreader.runtime.engine import Engine
from docreader.runtime.summary import RunSummary

if TYPE_CHECKING:
    from docreader.evaluation.evaluation import Evaluation

HELP = """Read the images of a labels.csv and compare the readings with the labels.

LABELS is a CSV file with a header: [bold]file[/bold] (relative to the CSV file) and [bold]label[/bold] (compared \
with the text; with --grammar digits, the digits alone) or [bold]amount[/bold] (a decimal number, compared with the \
amount). Optional columns: [bold]page[/bold] (page number, default 1) and [bold]group[/bold] (similar images, \
kept in one fold of the cross-fitting). Further columns are kept.

\b
[bold]Examples[/bold]
Metrics:                   docreader evaluate labels.csv --grammar digits
HTML report:               docreader evaluate labels.csv --report report/
One CSV row for each image: docreader evaluate labels.csv --predictions out.csv
JSON:                      docreader evaluate labels.csv --format json

\b
[bold]Exit status[/bold]
0  all images were read, right or wrong
2  wrong usage, or labels that cannot be used
3  some images could not be read: they count as failed
4  no image could be read
130  interrupted
"""

LABELS = "Labels"


Form = Literal["text", "json"]
"""Form of the metrics."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate", help=HELP)(evaluate)


@reader_command(without=["bbox"])
def evaluate(
    config: ReaderConfig,
    labels: Annotated[Path, typer.Argument(metavar="LABELS", help="The labels.csv.", show_default=False)],
    compare: Annotated[
        TruthColumn | None,
        typer.Option(
            help="Column of the truth. [dim]Default: the one in the header; of both, label with the grammar digits "
            "or a grammar file, else amount.[/dim]",
            rich_help_panel=LABELS,
        ),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="CSV file of corrected labels: file, label (or amount), reason. Metrics are given for the labels "
            "as given and as corrected.",
            rich_help_panel=LABELS,
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Read the first N rows only.", rich_help_panel=LABELS)
    ] = None,
    bbox: Annotated[
        bool,
        typer.Option(
            "--bbox",
            help="Take the field from the columns x, y, w, h (pixels) instead of locating it: "
            "remaining errors are recognition errors.",
            rich_help_panel=READING,
        ),
    ] = False,
    form: Annotated[
        Form,
        typer.Option("--format", help="text for people, json for programs.", rich_help_panel=OUTPUT),
    ] = "text",
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Write an HTML report with curves and the most confident mistakes to this folder. "
            "[dim]Needs pip install 'docreader\\[report]'.[/dim]",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Write a CSV file with one row for each image: its label and its reading.",
            rich_help_panel=OUTPUT,
        ),
    ] = None,
    jobs: JobsOption = 1,
    batch_size: BatchSizeOption = 16,
    quiet: QuietOption = False,
) -> None:
    """Read the labeled images, compute metrics, write the outputs."""
    has_amounts = config.grammar in set(NAMES) - {GrammarName.DIGITS}
    truth = read_ground_truth(labels, compare, TruthColumn.AMOUNT if has_amounts else TruthColumn.LABEL)
    if bbox:
        config = replace(config, bbox=truth.boxes())
    _check_outputs(report, predictions)
    corrected = {} if corrections is None else read_corrections(corrections, truth.column)
    if not quiet:
        _warn(truth, corrected, config.grammar)
    from docreader.evaluation.evaluation import evaluate as run

    with Progress("reading", len(truth.items[:limit]), quiet=quiet) as progress:
        evaluation = run(
            Engine(partial(loading.load_reader, config), jobs, batch_size),
            truth,
            digits_only=config.grammar == GrammarName.DIGITS,
            corrections=corrected,
            options=_options(config),
            limit=limit,
            on_image=progress.advance,
        )
    if predictions is not None:
        from docreader.evaluation.predictions import write_predictions

        write_predictions(evaluation, predictions)
    page = None
    if report is not None:
        from docreader.evaluation.report import write_report

        page = write_report(evaluation, report)
    _print(evaluation, form)
    if page is not None and not quiet:
        _note(f"report: {page}")
    raise typer.Exit(_status(evaluation))


def _check_outputs(report: Path | None, predictions: Path | None) -> None:
    """Check that the outputs can be written, before a long run."""
    if report is not None:
        from docreader.visualization.report import check_installed

        check_installed()
        make_folder(report, "--report")
    if predictions is not None and not predictions.parent.is_dir():
        raise typer.BadParameter(f"there is no folder '{predictions.parent}'", param_hint="--predictions")


def _warn(truth: GroundTruth, corrections: dict[str, Correction], grammar: str) -> None:
    """Warn of labels and corrections that are probably not intended."""
    digits = all(item.truth.isascii() and item.truth.isdigit() for item in truth.items)
    if truth.column is TruthColumn.LABEL and digits and grammar != GrammarName.DIGITS:
        _note(
            f"note: all labels are bare digits, and the grammar '{grammar}' writes separators: "
            f"did you mean --grammar digits? To compare amounts, name the column 'amount'"
        )
    unknown = sorted(set(corrections) - {item.file for item in truth.items})
    if unknown:
        _note(
            f"note: {len(unknown)} of {len(corrections)} corrections name images that are not in {truth.path}, "
            f"such as '{unknown[0]}'"
        )


def _options(config: ReaderConfig) -> dict[str, Any]:
    """Return the settings of the reader for the report."""
    options = {name: value for name, value in asdict(config).items() if value is not None}
    if "bbox" in options:
        options["bbox"] = "columns x, y, w, h"
    options.update(options.pop("limits"))
    options |= {name: str(options.get(name, "default")) for name in ("model", "locator")}
    return options


def _status(evaluation: "Evaluation") -> Exit:
    summary = RunSummary()
    for result in evaluation.results:
        missing = LabelsError(f"the file has no page {result.item.page}")
        summary.add([result.record or ErrorRecord.of(result.item.file, missing, result.item.page)])
    return exit_status(summary)


def _note(message: str) -> None:
    print(message, file=sys.stderr)  # noqa: T201


def _print(evaluation: "Evaluation", form: Form) -> None:
    prepare_stdout()
    if form == "json":
        from docreader.evaluation.evaluation import evaluation_to_json

        print(json.dumps(evaluation_to_json(evaluation), allow_nan=False, indent=1))  # noqa: T201
        return
    from rich.console import Console

    from docreader.evaluation.tables import print_evaluation

    print_evaluation(evaluation, Console(width=None if sys.stdout.isatty() else 120))
