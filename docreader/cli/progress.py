"""A progress bar on standard error, when that is a terminal, and nothing else otherwise."""

import sys
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any


class Count:
    """A number that is found by counting, beside the work itself: until it is known, nobody waits for it.

    Args:
        things: Makes what is to be counted.
        less: What has been done before.
    """

    def __init__(self, things: Callable[[], Iterable[object]], less: int = 0) -> None:
        self.things, self.less = things, less
        self.value: int | None = None

    def start(self) -> None:
        """Begin to count."""
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        self.value = max(0, sum(1 for _ in self.things()) - self.less)


class Progress:
    """A bar, or a counter where the total is not known.

    Args:
        what: What is being done, in a word.
        total: How many steps there are, None where nobody knows.
        quiet: Show nothing even on a terminal.
    """

    def __init__(self, what: str, total: int | Count | None = None, *, quiet: bool = False) -> None:
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
                progress.TextColumn("{task.fields[rate]}"),
                progress.TimeElapsedColumn(),
                progress.TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            known = None if isinstance(self.total, Count) else self.total
            self.task = self.bar.add_task(self.what, total=known, rate="")
            if isinstance(self.total, Count):
                self.total.start()
            self.bar.start()
        return self

    def advance(self) -> None:
        """One step more is done."""
        if self.bar is None:
            return
        self.bar.advance(self.task)
        task = self.bar.tasks[self.task]
        rate = f"{task.completed / task.elapsed:.1f}/s" if task.elapsed else ""
        if isinstance(self.total, Count) and self.total.value is not None:
            self.bar.update(self.task, total=self.total.value, rate=rate)
        else:
            self.bar.update(self.task, rate=rate)

    def close(self) -> None:
        """Take the bar away, so that what is printed next stands alone."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
