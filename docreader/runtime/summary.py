"""Counts of a run: accepted, rejected and failed inputs."""

from collections.abc import Iterable
from dataclasses import dataclass

from docreader.io.records import ErrorRecord, Record


@dataclass
class RunSummary:
    """Counts of a run.

    Attributes:
        inputs: Inputs tried.
        accepted: Accepted answers.
        rejected: Rejected answers.
        failed: Inputs with at least one error record.
        lost: Inputs with error records only.
    """

    inputs: int = 0
    accepted: int = 0
    rejected: int = 0
    failed: int = 0
    lost: int = 0

    def add(self, records: Iterable[Record]) -> None:
        """Count the records of one input."""
        records = list(records)
        errors = sum(isinstance(record, ErrorRecord) for record in records)
        accepted = sum(not isinstance(record, ErrorRecord) and record.accepted for record in records)
        self.inputs += 1
        self.accepted += accepted
        self.rejected += len(records) - errors - accepted
        self.failed += errors > 0
        self.lost += errors == len(records)

    def __add__(self, other: "RunSummary") -> "RunSummary":
        """Return the counts of both."""
        return RunSummary(**{name: value + getattr(other, name) for name, value in vars(self).items()})

    def line(self, seconds: float, read_now: int | None = None) -> str:
        """Format the counts as one line of text.

        Args:
            seconds: Duration of the run.
            read_now: Inputs read in that time, if fewer than `inputs`.
        """
        now = self.inputs if read_now is None else read_now
        rate = f"{now / seconds:.1f} images/s" if seconds > 0 and now else "no image read"
        earlier = f" ({self.inputs - now} of them in the earlier run)" if now != self.inputs else ""
        return (
            f"{self.inputs} {'image' if self.inputs == 1 else 'images'}{earlier}: {self.accepted} accepted, "
            f"{self.rejected} rejected, {self.failed} failed; {rate}"
        )
