"""Progress of a training run: a bar on a terminal, one line an epoch."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer

from docreader.errors import MissingExtraError

if TYPE_CHECKING:
    from docreader.training.common.epoch_metrics import EpochMetrics
    from docreader.training.common.fit import Trained
    from docreader.training.common.model_card import Published
    from docreader.training.common.report_contents import ReportContents


def write_message(message: str) -> None:
    """Write a line to standard error."""
    print(message, file=sys.stderr, flush=True)  # noqa: T201


def report(make: Callable[[], "ReportContents"], out: Path) -> None:
    """Write the report of a finished run to `out/report`, or print which packages are missing.

    Args:
        make: Function that builds the contents.
        out: Folder of the run.
    """
    from docreader.training.common.report import write_report
    from docreader.visualization.report import check_installed

    try:
        check_installed("the report")
        typer.echo(f"report: {write_report(make(), out / 'report')}")
    except MissingExtraError as error:
        write_message(f"docreader: {error}")


def print_outcome(published: "Published", trained: "Trained[Any]", sentences: Iterable[str]) -> None:
    """Print the files, the best epoch and the metrics of a finished run."""
    typer.echo(f"weights: {published.model} (sha256 {published.sha256})")
    typer.echo(f"card: {published.card}")
    typer.echo(f"best epoch: {trained.epoch} of {len(trained.history)}")
    for sentence in sentences:
        typer.echo(sentence)


class TrainingBar:
    """Show a bar on a terminal; print only the lines of finished epochs if stderr is a file.

    Args:
        epochs: Number of epochs.
        quiet: Whether to print nothing.
    """

    def __init__(self, epochs: int, *, quiet: bool) -> None:
        self.epochs, self.quiet = epochs, quiet
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Self:
        if not self.quiet and sys.stderr.isatty():
            from rich import progress
            from rich.console import Console

            self.bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.TaskProgressColumn(),
                progress.TimeElapsedColumn(),
                progress.TimeRemainingColumn(),
                console=Console(stderr=True),
            )
            self.task = self.bar.add_task("preparing", total=float(self.epochs))
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def show(self, text: str, completed: float | None = None) -> None:
        """Update the text beside the bar, and the number of finished epochs."""
        if self.bar is not None:
            self.bar.update(self.task, completed=completed, description=text)

    def counter(self, action: str) -> Callable[[int, int], None]:
        """Return a callback that shows the number of finished items and of all items."""
        return lambda number, count: self.show(f"{action} {number}/{count}")

    def step(self, epoch: int, step: int, steps: int, metrics: "EpochMetrics") -> None:
        """Show the progress of an epoch, its mean loss and its error."""
        text = f"epoch {epoch}/{self.epochs} loss {metrics.mean_loss:.3f} error {100 * metrics.error:.1f} %"
        self.show(text, epoch - 1 + step / steps)

    def finish(self, row: dict[str, float]) -> None:
        """Print the figures of a finished epoch."""
        line = f"epoch {int(row['epoch'])}/{self.epochs}: loss {row['train_loss']:.4f}"
        line += f", error {100 * row['train_error']:.2f} %"
        if "held_out_error" in row:
            line += f"; held out: loss {row['held_out_loss']:.4f}, error {100 * row['held_out_error']:.2f} %"
        if "held_out_cer" in row:
            line += f", CER {100 * row['held_out_cer']:.2f} %"
        line += f"; learning rate {row['lr']:.2g}"
        if self.bar is not None:
            self.bar.update(self.task, completed=row["epoch"])
            self.bar.console.print(line, highlight=False)
        elif not self.quiet:
            write_message(line)
