"""Progress of a training run: a bar on a terminal, one line an epoch."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import typer

from docreader.errors import MissingExtraError

if TYPE_CHECKING:
    from docreader.training.common.report import ReportContents


def say(message: str) -> None:
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
        say(f"docreader: {error}")


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

    def log(self, line: str, completed: float) -> None:
        """Print the line of a finished epoch."""
        if self.bar is not None:
            self.bar.update(self.task, completed=completed)
            self.bar.console.print(line, highlight=False)
        elif not self.quiet:
            say(line)
