"""The exit statuses of every command."""

from enum import IntEnum


class Exit(IntEnum):
    """What the status of a finished command tells a script."""

    OK = 0
    """Everything was done; rejected answers are answers."""
    USAGE = 2
    """Wrong usage: an option, a model, a labels file or a place to write cannot be used. Nothing was lost."""
    SOME_FAILED = 3
    """Some inputs could not be read: their records say why, the others are good."""
    ALL_FAILED = 4
    """No input could be read."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C or SIGTERM, or whoever read the output went away; what was written is good."""
