"""Options of the commands that read: one for each setting of `ReaderConfig`."""

import functools
import inspect
import re
from collections.abc import Callable, Collection
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, get_args

import typer

from docreader.errors import ConfigurationError
from docreader.recognition.names import MethodName
from docreader.runtime.config import MAX_N_BEST, PixelBox, ReaderConfig
from segment.io.limits import Limits
from segment.page.kind import FieldKind

READING = "What and how to read"
ACCEPTING = "When to accept an answer"
OUTPUT = "Output"
RUNNING = "Running"
LIMITS = "Limits"
PANELS = (READING, ACCEPTING, OUTPUT, RUNNING, LIMITS)
"""Groups of options in the order of the help; a command's own groups come first."""

MaxPixelsOption = Annotated[int, typer.Option(min=1, help="Refuse larger pages.", rich_help_panel=LIMITS)]
MaxPagesOption = Annotated[
    int, typer.Option(min=1, help="Refuse files of more pages.", rich_help_panel=LIMITS)
]
MaxBytesOption = Annotated[int, typer.Option(min=1, help="Refuse larger files.", rich_help_panel=LIMITS)]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet", "-q", help="Print errors only: no progress, no summary.", rich_help_panel=RUNNING
    ),
]
JobsOption = Annotated[
    int,
    typer.Option(
        min=0,
        max=1024,
        help="Number of processes, each with one thread; 0: one for each core.",
        rich_help_panel=RUNNING,
    ),
]
BatchSizeOption = Annotated[
    int,
    typer.Option(
        min=1,
        max=4096,
        help="Images per batch of the recognizer. Records are written a batch at a time.",
        rich_help_panel=RUNNING,
    ),
]

READER_OPTIONS: dict[str, Any] = {
    "field": Annotated[
        FieldKind,
        typer.Option(
            help="Content of the image: a cut-out amount, or a whole check on which to locate it.",
            rich_help_panel=READING,
        ),
    ],
    "grammar": Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE",
            help="Accepted strings. amount: an amount of any currency; usd, inr, ...: of that one, by its ISO 4217 "
            "code in lower case; digits: digits alone, separators and fillers are skipped; FILE: your own grammar.",
            rich_help_panel=READING,
        ),
    ],
    "method": Annotated[
        MethodName | None,
        typer.Option(
            help="hos: heuristic over-segmentation; sdnn: character recognizer swept over the line; ensemble: sdnn, "
            "and hos for fields of low confidence. [dim]Default: the model's.[/dim]",
            rich_help_panel=READING,
        ),
    ],
    "model": Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A model file (.safetensors), or an ensemble file (.json). [dim]Default: the model that comes with "
            "docreader.[/dim]",
            rich_help_panel=READING,
        ),
    ],
    "locator": Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A field locator (.safetensors). [dim]Default: the one that comes with docreader.[/dim]",
            rich_help_panel=READING,
        ),
    ],
    "bbox": Annotated[
        str | None,
        typer.Option(
            metavar="X,Y,W,H",
            help="Amount field on every page, pixels, if known; it is not located then.",
            rich_help_panel=READING,
        ),
    ],
    "n_best": Annotated[
        int, typer.Option(min=1, max=MAX_N_BEST, help="Number of answers to list.", rich_help_panel=READING)
    ],
    "reject_below": Annotated[
        float | None,
        typer.Option(
            metavar="P",
            min=0.0,
            max=1.0,
            help="Reject answers of confidence below P. [dim]Default: the model's threshold for 1 % error.[/dim]",
            rich_help_panel=ACCEPTING,
        ),
    ],
    "target_error": Annotated[
        float | None,
        typer.Option(
            metavar="E",
            min=0.0,
            max=1.0,
            help="Instead: accept at most a fraction E of wrong answers, by the model's calibration.",
            rich_help_panel=ACCEPTING,
        ),
    ],
    "device": Annotated[
        str, typer.Option(metavar="auto|cpu|cuda[:N]", help="Compute device.", rich_help_panel=RUNNING)
    ],
    "max_pixels": MaxPixelsOption,
    "max_pages": MaxPagesOption,
    "max_bytes": MaxBytesOption,
    "max_arcs": Annotated[
        int, typer.Option(min=1, help="Refuse pages with a larger search graph.", rich_help_panel=LIMITS)
    ],
}
"""One option for each field of `ReaderConfig`, and of its `limits`; defaults are those of the dataclasses."""

_LIMIT_NAMES = [item.name for item in fields(Limits)]
_DEFAULTS = {item.name: item.default for item in (*fields(ReaderConfig), *fields(Limits))}

Command = Callable[..., None]


def reader_command(*, without: Collection[str] = ()) -> Callable[[Command], Command]:
    """Give a command the options of a reader; it gets them as a `ReaderConfig`, its first argument.

    Args:
        without: Settings that the command has an option of its own for, or none.
    """
    options = {name: option for name, option in READER_OPTIONS.items() if name not in without}

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def run(**given: Any) -> None:
            config = reader_config(**{name: given.pop(name) for name in options})
            command(config, **given)

        _, *own = inspect.signature(command, eval_str=True).parameters.values()
        shared = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=_DEFAULTS[name], annotation=option
            )
            for name, option in options.items()
        ]
        parameters = [item.replace(kind=inspect.Parameter.KEYWORD_ONLY) for item in own]
        parameters = sorted([*parameters, *shared], key=_panel)
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return run

    return decorate


def _panel(parameter: inspect.Parameter) -> int:
    """Position of an option's panel in the help; arguments and a command's own panels come first."""
    panel = getattr(get_args(parameter.annotation)[1], "rich_help_panel", None)
    return PANELS.index(panel) if panel in PANELS else -1


def reader_config(*, bbox: str | None = None, **settings: Any) -> ReaderConfig:
    """Build the configuration of a reader from the values of its options, and validate it.

    Raises:
        typer.BadParameter: A value cannot be used, or two contradict each other.
        ModelNotFoundError: There is no such model file.
    """
    limits = Limits(**{name: settings.pop(name) for name in _LIMIT_NAMES})
    config = ReaderConfig(bbox=None if bbox is None else parse_box(bbox), limits=limits, **settings)
    try:
        config.validate()
    except ConfigurationError as error:
        hint = None if error.setting is None else option_name(error.setting)
        raise typer.BadParameter(str(error), param_hint=hint) from error
    return config


def option_name(setting: str) -> str:
    """Return the option of a setting.

    >>> option_name("n_best")
    '--n-best'
    """
    return "--" + setting.replace("_", "-")


def parse_box(text: str) -> PixelBox:
    """Parse the value of `--bbox`.

    Raises:
        typer.BadParameter: It is no box.

    >>> parse_box("1140,250,460,138")
    (1140, 250, 460, 138)
    """
    if not re.fullmatch(r" *-?\d{1,9} *(, *-?\d{1,9} *){3}", text):
        raise typer.BadParameter(f"'{text}' is no box; write X,Y,W,H in pixels", param_hint="--bbox")
    x, y, w, h = (int(part) for part in text.split(","))
    if w < 1 or h < 1:
        raise typer.BadParameter(f"the box '{text}' has no area", param_hint="--bbox")
    return x, y, w, h


def make_folder(folder: Path, option: str) -> None:
    """Make the folder of an option.

    Raises:
        typer.BadParameter: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(
            f"cannot make the folder '{folder}': {error.strerror}", param_hint=option
        ) from error
