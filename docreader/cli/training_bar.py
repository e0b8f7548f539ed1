"""What training shows: a bar on a terminal, one line for each finished pass."""

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
    """Write the report of a finished run to `out/report`, or say which packages it wants.

    Args:
        make: Gathers what it shows.
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
    """A bar on a terminal; where messages go to a file, nothing but the lines of finished passes.

    Args:
        passes: How many there will be.
        quiet: Show nothing at all.
    """

    def __init__(self, passes: int, *, quiet: bool) -> None:
        self.passes, self.quiet = passes, quiet
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
            self.task = self.bar.add_task("preparing", total=float(self.passes))
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def show(self, text: str, completed: float | None = None) -> None:
        """Say beside the bar what goes on, and how many passes are done."""
        if self.bar is not None:
            self.bar.update(self.task, completed=completed, description=text)

    def passed(self, line: str, completed: float) -> None:
        """Leave a line behind for a finished pass."""
        if self.bar is not None:
            self.bar.update(self.task, completed=completed)
            self.bar.console.print(line, highlight=False)
        elif not self.quiet:
            say(line)
