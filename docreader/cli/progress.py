"""Progress bar on standard error if that is a terminal."""

import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any


class Count:
    """Count items in a background thread, to give the progress bar a total.

    Args:
        items: Returns the items.
        less: Items of an earlier run, to subtract.
    """

    def __init__(self, items: Callable[[], Iterable[object]], less: int = 0) -> None:
        self.items, self.less = items, less
        self.value: int | None = None

    def start(self) -> None:
        """Start counting."""
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        self.value = max(0, sum(1 for _ in self.items()) - self.less)


class Progress:
    """Progress bar, or a counter without a total.

    Args:
        description: The work, in a word.
        total: Number of steps, None if unknown.
        quiet: Whether to show nothing even on a terminal.
    """

    def __init__(self, description: str, total: int | Count | None = None, *, quiet: bool = False) -> None:
        self.description, self.total = description, total
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
            self.task = self.bar.add_task(self.description, total=known, rate="")
            if isinstance(self.total, Count):
                self.total.start()
            self.bar.start()
        return self

    def advance(self) -> None:
        """Count one step."""
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
        """Remove the bar."""
        if self.bar is not None:
            self.bar.stop()
            self.bar = None

    def __exit__(self, *_: object) -> None:
        self.close()
