"""`docreader classify`: classify whole images."""

import csv
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli import options as shared
from docreader.cli.exits import exit_status
from docreader.cli.output import Format, prepare_stdout, report_passed_over
from docreader.cli.progress import Progress
from docreader.io.inputs import Input, iter_inputs
from docreader.io.records import ErrorRecord
from docreader.runtime.batches import iter_chunks
from docreader.runtime.summary import RunSummary
from segment.io.limits import Limits

if TYPE_CHECKING:
    from docreader.classification.classifier import Classifier
    from docreader.classification.records import ClassificationRecord

HELP = """Classify whole images: letter, email, advertisement, scientific publication or news article.

With --model, your own classifier (see docreader train classifier) and its classes. Records go to standard output, \
everything else to standard error. An unreadable image gives an error record.

\b
[bold]Examples[/bold]
One image:            docreader classify scan.png
A folder, as json:    docreader classify scans/ --format json > out.jsonl
Best class only:      docreader classify scans/ --top-k 1 --format csv

\b
[bold]Exit status[/bold]
0  all inputs were classified
2  wrong usage
3  some inputs failed
4  all inputs failed
130  interrupted
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("classify", help=HELP)(classify)


def classify(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="IMAGE",
            help="Images (PNG, JPEG, TIFF, PDF; all pages), folders, patterns, or - for a list on standard input.",
            show_default=False,
        ),
    ],
    top_k: Annotated[int, typer.Option(min=1, max=1000, help="Number of classes to list.")] = 3,
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Classifier. [dim]Default: the shipped one.[/dim]")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="text for people, json or csv.")] = Format.TEXT,
    device: Annotated[
        str, typer.Option(metavar="auto|cpu|cuda[:N]", help="Device of the computation.")
    ] = "auto",
    batch_size: Annotated[int, typer.Option(min=1, max=4096, help="Images of a batch.")] = 16,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress and no summary; errors only.")
    ] = False,
    max_pixels: shared.MaxPixelsOption = Limits.max_pixels,
    max_pages: shared.MaxPagesOption = Limits.max_pages,
    max_bytes: shared.MaxBytesOption = Limits.max_bytes,
) -> None:
    """Classify the inputs and exit with the status of the run."""
    from docreader.classification.classifier import Classifier
    from docreader.runtime.device import find_device

    classifier = Classifier.load(model, str(find_device(device)), Limits(max_pixels, max_pages, max_bytes))
    prepare_stdout()
    write = _writer(form)
    summary = RunSummary()
    listed = sys.stdin.buffer if "-" in inputs else None
    passed_over: Counter[str] = Counter()
    items = iter_inputs(inputs, listed, passed_over=passed_over)
    with Progress("classifying", quiet=quiet or sys.stdout.isatty()) as progress:
        for records in _records(classifier, items, batch_size, top_k):
            write(records)
            errors = sum(isinstance(record, ErrorRecord) for record in records)
            summary += RunSummary(1, failed=errors > 0, lost=errors == len(records))
            progress.advance()
    if not quiet:
        report_passed_over(passed_over)
        images = "image" if summary.inputs == 1 else "images"
        print(f"{summary.inputs} {images}, {summary.failed} failed", file=sys.stderr)  # noqa: T201
    raise typer.Exit(exit_status(summary))


def _records(
    classifier: "Classifier", inputs: Iterable[Input], size: int, top: int
) -> "Iterator[list[ClassificationRecord]]":
    """Classify the inputs in batches; yield the records of each input in order."""
    for chunk in iter_chunks(inputs, size):
        records = iter(classifier.classify_batch([item for item in chunk if isinstance(item, str)], top))
        for item in chunk:
            yield [item] if isinstance(item, ErrorRecord) else next(records)


def _writer(form: Format) -> "Callable[[list[ClassificationRecord]], None]":
    """Return a function that writes the records of an input."""
    from docreader.classification.records import CSV_COLUMNS, to_csv, to_json, to_text

    rows = csv.writer(sys.stdout, lineterminator="\n")
    if form is Format.CSV:
        rows.writerow(CSV_COLUMNS)

    def write(records: "list[ClassificationRecord]") -> None:
        if form is Format.CSV:
            rows.writerows(to_csv(record) for record in records)
        else:
            encode = to_json if form is Format.JSON else to_text
            sys.stdout.write("".join(encode(record) + "\n" for record in records))
        sys.stdout.flush()

    return write
