"""Exit statuses of every command."""

from enum import IntEnum

from docreader.runtime.summary import RunSummary


class Exit(IntEnum):
    """Status of a finished command."""

    OK = 0
    """Everything was done; rejected answers are answers."""
    USAGE = 2
    """Wrong usage: an option, a model, a labels file or an output cannot be used. No result is lost."""
    SOME_FAILED = 3
    """Some inputs could not be read: their error records give the reason, the other records are good."""
    ALL_FAILED = 4
    """No input could be read."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C or SIGTERM, or the reader of the output went away; written records are complete."""


def exit_status(summary: RunSummary) -> Exit:
    """Return the exit status for the counts of a run."""
    if summary.inputs and summary.lost == summary.inputs:
        return Exit.ALL_FAILED
    return Exit.SOME_FAILED if summary.failed else Exit.OK
