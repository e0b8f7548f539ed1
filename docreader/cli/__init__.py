"""Command line: the application `docreader`; errors become messages and exit statuses.

Heavy modules are imported by the commands that need them, so that `--help` and usage errors are fast.
"""

import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from types import FrameType
from typing import Annotated, NoReturn

import typer

from docreader.cli.exits import Exit
from docreader.cli.output import ClosedOutput, accept_file_names
from docreader.errors import DocreaderError
from docreader.version import __version__

COMMANDS = ("decode", "evaluate", "compare", "calibrate", "train", "classify", "synth", "export", "info")
"""Modules of the commands, in the order of the help."""

HELP = """Read handwritten amounts from scanned bank checks.

Start with [bold]docreader decode scan.png[/bold]. Each command has a --help with examples.
"""

app = typer.Typer(
    name="docreader",
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"docreader {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Options before the command."""


for _name in COMMANDS:
    if find_spec(f"docreader.cli.{_name}") is not None:
        import_module(f"docreader.cli.{_name}").register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status.

    Args:
        arguments: Arguments of the command; None for those of this process.
    """
    signal.signal(signal.SIGTERM, _interrupt)
    _open_closed_streams()
    accept_file_names()
    try:
        app(None if arguments is None else list(arguments), prog_name="docreader")
    except SystemExit as end:
        return _status(end.code)
    except KeyboardInterrupt:
        return int(Exit.INTERRUPTED)
    except Exception as error:
        if not _is_users(error):
            raise
        print(f"docreader: {_message(error)}", file=sys.stderr)  # noqa: T201
        _discard_output()
        return int(Exit.USAGE)
    return int(Exit.OK)


def _open_closed_streams() -> None:
    """Open standard streams that the caller has closed (`>&-`) on the null device; writing output still fails."""
    for name, mode in (("stdin", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115
    if sys.stdout is None:
        sys.stdout = ClosedOutput(open(os.devnull, "wb"))  # noqa: PTH123, SIM115


def _discard_output() -> None:
    """Discard output that cannot be written, so that the interpreter does not fail on it once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """Handle SIGTERM like Ctrl-C: stop the workers, keep what was written."""
    raise KeyboardInterrupt


def _status(code: object) -> int:
    """Convert Typer's exit status: it is 1 on an interruption and when the reader of standard output has gone."""
    if code is None:
        return int(Exit.OK)
    if code == 1:
        return int(Exit.INTERRUPTED)
    return code if isinstance(code, int) else int(Exit.USAGE)


def _is_users(error: Exception) -> bool:
    """Return whether the user can correct the error: then a message is better than a traceback."""
    kinds: list[type[BaseException]] = [DocreaderError, OSError]
    for module, name in (("segment", "SegmentError"), ("models", "ModelError"), ("gtn", "GtnError")):
        kind = getattr(sys.modules.get(f"{module}.errors"), name, None)
        if kind is not None:
            kinds.append(kind)
    return isinstance(error, tuple(kinds))


def _message(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        where = f" '{os.fsdecode(error.filename)}'" if error.filename else ""
        return f"{error.strerror}{where}"
    return str(error)
