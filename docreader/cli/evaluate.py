"""`docreader evaluate`: reads labeled images and says how well."""

import json
import sys
import time
from contextlib import closing
from dataclasses import asdict, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli import loading
from docreader.cli.exits import Exit, exit_status
from docreader.cli.options import BatchSizeOption, JobsOption, QuietOption, make_folder, reader_command
from docreader.cli.output import prepare_stdout
from docreader.cli.progress import Progress
from docreader.decoding.names import GrammarName
from docreader.errors import LabelsError
from docreader.io.records import ErrorRecord, Record
from docreader.runtime.config import ReaderConfig
from docreader.runtime.engine import Engine
from docreader.runtime.summary import RunSummary

if TYPE_CHECKING:
    from docreader.evaluation.evaluation import Evaluation
    from docreader.evaluation.ground_truth import Correction, Labeled, LabelSet

HELP = """Read the images of a labels.csv and say how many were read right, wrong and not at all.

LABELS is a csv file with a header: [bold]file[/bold] (relative to the csv) and [bold]label[/bold] (compared \
with the text as read; with --grammar digits the digits alone) or [bold]amount[/bold] (a decimal number, \
compared with the amount). A column [bold]page[/bold] names another page than the first, a column \
[bold]group[/bold] keeps images together that look alike; further columns are kept.

\b
[bold]Examples[/bold]
Figures:           docreader evaluate labels.csv --grammar digits
A page to look at: docreader evaluate labels.csv --report report/
Each single image: docreader evaluate labels.csv --predictions out.csv
For a script:      docreader evaluate labels.csv --format json

\b
[bold]Exit status[/bold]
0  all images were read (however well)
2  wrong usage, or labels that cannot be used
3  some images could not be read: they count as failed
4  no image could be read
130  interrupted
"""


class Form(StrEnum):
    """The form of the figures."""

    TEXT = "text"
    JSON = "json"


class CompareWith(StrEnum):
    """Which column holds the truth; the values of `docreader.evaluation.ground_truth.Compare`."""

    LABEL = "label"
    AMOUNT = "amount"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("evaluate", help=HELP)(evaluate)


@reader_command(without=["bbox"])
def evaluate(
    config: ReaderConfig,
    labels: Annotated[Path, typer.Argument(metavar="LABELS", help="The labels.csv.", show_default=False)],
    compare: Annotated[
        CompareWith | None,
        typer.Option(
            "--compare",
            help="Which column holds the truth. [dim]Default: the one that there is; of both, amount, but label "
            "with the grammar digits or one of your own.[/dim]",
            rich_help_panel="Labels",
        ),
    ] = None,
    corrections: Annotated[
        Path | None,
        typer.Option(
            "--corrections",
            metavar="FILE",
            help="A csv file with the columns file, label (or amount) and reason, for labels that are known "
            "to be wrong: figures are given for both.",
            rich_help_panel="Labels",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", min=1, help="Only the first N rows.", rich_help_panel="Labels"),
    ] = None,
    bbox: Annotated[
        bool,
        typer.Option(
            "--bbox",
            help="Take the field from the columns x, y, w, h (pixels) instead of looking for it: "
            "what is then wrong is wrong reading, not wrong location.",
            rich_help_panel="What and how to read",
        ),
    ] = False,
    form: Annotated[
        Form,
        typer.Option("--format", help="text for people, json for machines.", rich_help_panel="Output"),
    ] = Form.TEXT,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="DIR",
            help="Write index.html with curves and the worst mistakes into this folder. "
            "[dim]Needs pip install 'docreader\\[report]'.[/dim]",
            rich_help_panel="Output",
        ),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(
            "--predictions",
            metavar="FILE",
            help="Write a csv file with one row for each image: its label and what was read.",
            rich_help_panel="Output",
        ),
    ] = None,
    jobs: JobsOption = 1,
    batch_size: BatchSizeOption = 16,
    quiet: QuietOption = False,
) -> None:
    """Read, judge and report."""
    from docreader.evaluation import ground_truth as reading_labels
    from docreader.evaluation import report as reporting
    from docreader.visualization.report import check_installed

    wanted = None if compare is None else reading_labels.Compare(compare.value)
    has_amounts = config.grammar in set(GrammarName) - {GrammarName.DIGITS}
    preferred = reading_labels.Compare.AMOUNT if has_amounts else reading_labels.Compare.LABEL
    label_set = reading_labels.read_labels(labels, wanted, preferred)
    if bbox:
        config = replace(config, bbox=label_set.boxes())
    if report is not None:
        check_installed()
        make_folder(report, "--report")
    if predictions is not None and not predictions.parent.is_dir():
        raise typer.BadParameter(f"there is no folder '{predictions.parent}'", param_hint="--predictions")
    corrected = {} if corrections is None else reading_labels.read_corrections(corrections, label_set.compare)
    if not quiet:
        _warn(label_set, corrected, config.grammar)
    engine = Engine(partial(loading.load_reader, config), jobs, batch_size)
    evaluation, status = _run(engine, config, label_set, corrected, limit, quiet)
    if predictions is not None:
        from docreader.evaluation.evaluation import write_predictions

        write_predictions(evaluation, predictions)
    page = None if report is None else reporting.write_report(evaluation, report)
    _print(evaluation, form)
    if page is not None and not quiet:
        print(f"report: {page}", file=sys.stderr)  # noqa: T201
    raise typer.Exit(status)


def _warn(labels: "LabelSet", corrections: dict[str, "Correction"], grammar: str) -> None:
    """Say what is probably not meant; nothing here stops the run."""
    numbers = all(item.truth.isascii() and item.truth.isdigit() for item in labels.items)
    if labels.compare.value == "label" and numbers and grammar != "digits":
        print(  # noqa: T201
            f"note: all labels are bare digits, and the grammar '{grammar}' writes separators: "
            f"did you mean --grammar digits? To compare amounts, name the column 'amount'",
            file=sys.stderr,
        )
    unknown = sorted(set(corrections) - {item.file for item in labels.items})
    if unknown:
        print(  # noqa: T201
            f"note: {len(unknown)} of {len(corrections)} corrections name images that {labels.path} has not, "
            f"such as '{unknown[0]}'",
            file=sys.stderr,
        )


def _run(
    engine: Engine,
    config: ReaderConfig,
    labels: "LabelSet",
    corrections: dict[str, "Correction"],
    limit: int | None,
    quiet: bool,
) -> tuple["Evaluation", Exit]:
    """Read the labeled images and judge them."""
    from docreader.evaluation.comparison import judge
    from docreader.evaluation.evaluation import Evaluation

    items = labels.items[:limit]
    digits_only = config.grammar == GrammarName.DIGITS
    judged = []
    summary = RunSummary()
    with (
        closing(engine.run(str(item.path) for item in items)) as results,
        Progress("reading", len(items), quiet=quiet) as progress,
    ):
        started = time.perf_counter()
        for item, result in zip(items, results, strict=True):
            one = judge(item, result.records, labels.compare, digits_only=digits_only)
            judged.append(one)
            summary.add([one.record] if one.record is not None else [_no_page(item)])
            progress.advance()
    options = {name: value for name, value in asdict(config).items() if value is not None}
    if "bbox" in options:
        options["bbox"] = "columns x, y, w, h"
    options.update(options.pop("limits"))
    options["model"] = str(options.get("model", "default"))
    evaluation = Evaluation(
        labels, tuple(judged), corrections, digits_only, options, time.perf_counter() - started
    )
    return evaluation, exit_status(summary)


def _no_page(item: "Labeled") -> Record:
    """The error record of a page that the file has not."""
    return ErrorRecord.of(item.file, LabelsError(f"the file has no page {item.page}"), item.page)


def _print(evaluation: "Evaluation", form: Form) -> None:
    prepare_stdout()
    if form is Form.JSON:
        from docreader.evaluation.evaluation import to_json_dict

        print(json.dumps(to_json_dict(evaluation), allow_nan=False, indent=1))  # noqa: T201
        return
    from rich.console import Console

    from docreader.evaluation.tables import print_evaluation

    print_evaluation(evaluation, Console(width=None if sys.stdout.isatty() else 120))
