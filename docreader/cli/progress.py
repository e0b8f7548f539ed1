"""A progress bar on standard error, when that is a terminal, and nothing else otherwise."""

import sys
from types import TracebackType
from typing import Any


class Progress:
    """A bar, or a counter where the total is not known.

    Args:
        what: What is being done, in a word.
        total: How many steps there are, None where nobody knows.
        quiet: Show nothing even on a terminal.
    """

    def __init__(self, what: str, total: int | None = None, *, quiet: bool = False) -> None:
        self.what, self.total = what, total
        self.shown = not quiet and sys.stderr.isatty()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> "Progress":
        if self.shown:
            from rich import progress
            from rich.console import Console

            self.bar = progress.Progress(
                progress.TextColumn("{task.description}"),
                progress.BarColumn(),
                progress.MofNCompleteColumn(),
                progress.TimeElapsedColumn(),
                progress.TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.task = self.bar.add_task(self.what, total=self.total)
            self.bar.start()
        return self

    def advance(self) -> None:
        """One step more is done."""
        if self.bar is not None:
            self.bar.advance(self.task)

    def close(self) -> None:
        """Take the bar away, so that what is printed next stands alone."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
