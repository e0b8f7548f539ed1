"""The options that decode and evaluate share: what to read with, when to accept, limits."""

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

GRAMMARS = ("amount", "digits", "usd", "inr", "clp", "eur")


class Field(StrEnum):
    """What an image shows."""

    AUTO = "auto"
    AMOUNT = "amount"
    CHECK = "check"


class Method(StrEnum):
    """How a line is taken apart."""

    HOS = "hos"
    SDNN = "sdnn"
    BOTH = "both"


_READING = "What and how to read"
_ACCEPTING = "When to accept an answer"
_RUNNING = "Running"
_LIMITS = "Limits"

FieldOption = Annotated[
    Field,
    typer.Option(
        "--field",
        help="What the image shows: a cut-out amount, or a whole check on which to find it.",
        rich_help_panel=_READING,
    ),
]
GrammarOption = Annotated[
    str,
    typer.Option(
        "--grammar",
        metavar="NAME|FILE",
        help="What may stand in the field. amount: any currency's form; usd, inr, clp, eur: that one's; "
        "digits: digits alone, separators and fillers are read over; FILE: a grammar of your own.",
        rich_help_panel=_READING,
    ),
]
MethodOption = Annotated[
    Method | None,
    typer.Option(
        "--method",
        help="hos cuts the ink into pieces, sdnn sweeps the recognizer over the line, both cuts where sweeping is "
        "unsure and joins the answers. [dim]Default: the model's.[/dim]",
        rich_help_panel=_READING,
    ),
]
ModelOption = Annotated[
    Path | None,
    typer.Option(
        "--model",
        metavar="PATH",
        help="A model file (.safetensors), or a pair of readers (.json). [dim]Default: the model that comes with "
        "docreader.[/dim]",
        rich_help_panel=_READING,
    ),
]
NBestOption = Annotated[
    int,
    typer.Option("--n-best", min=1, max=1000, help="How many answers to list.", rich_help_panel=_READING),
]
RejectBelowOption = Annotated[
    float | None,
    typer.Option(
        "--reject-below",
        metavar="P",
        min=0.0,
        max=1.0,
        help="Reject answers whose confidence is below P. [dim]Default: the model's own threshold.[/dim]",
        rich_help_panel=_ACCEPTING,
    ),
]
TargetErrorOption = Annotated[
    float | None,
    typer.Option(
        "--target-error",
        metavar="E",
        min=0.0,
        max=1.0,
        help="Instead: reject so many that at most a fraction E of the accepted answers is wrong, by the "
        "model's calibration.",
        rich_help_panel=_ACCEPTING,
    ),
]
DeviceOption = Annotated[
    str,
    typer.Option("--device", metavar="auto|cpu|cuda[:N]", help="Where to compute.", rich_help_panel=_RUNNING),
]
JobsOption = Annotated[
    int,
    typer.Option(
        "--jobs",
        min=0,
        max=1024,
        help="Number of processes, each with one thread; 0: one for each core.",
        rich_help_panel=_RUNNING,
    ),
]
AutoJobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=0,
        max=1024,
        help="Number of processes, each with one thread; 0: one for each core. [dim]Default: 1; 0 for 200 inputs or "
        "more, unless there is a CUDA device or they come from standard input.[/dim]",
        rich_help_panel=_RUNNING,
    ),
]
BatchSizeOption = Annotated[
    int,
    typer.Option(
        "--batch-size",
        min=1,
        max=4096,
        help="Images that go through the recognizer together. Records come out a batch at a time.",
        rich_help_panel=_RUNNING,
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="No progress and no summary; errors only.", rich_help_panel=_RUNNING),
]
MaxPixelsOption = Annotated[
    int,
    typer.Option("--max-pixels", min=1, help="Refuse larger pages.", rich_help_panel=_LIMITS),
]
MaxPagesOption = Annotated[
    int,
    typer.Option("--max-pages", min=1, help="Refuse files of more pages.", rich_help_panel=_LIMITS),
]
MaxBytesOption = Annotated[
    int,
    typer.Option("--max-bytes", min=1, help="Refuse larger files.", rich_help_panel=_LIMITS),
]
MaxArcsOption = Annotated[
    int,
    typer.Option(
        "--max-arcs", min=1, help="Refuse pages whose graph has more arcs.", rich_help_panel=_LIMITS
    ),
]


Box = tuple[int, int, int, int]


def parse_box(text: str) -> Box:
    """The box that `--bbox` names.

    Raises:
        typer.BadParameter: It is none.

    >>> parse_box("1140,250,460,138")
    (1140, 250, 460, 138)
    """
    if not re.fullmatch(r" *-?\d{1,9} *(, *-?\d{1,9} *){3}", text):
        raise typer.BadParameter(f"'{text}' is no box; write X,Y,W,H in pixels", param_hint="--bbox")
    x, y, w, h = (int(part) for part in text.split(","))
    if w < 1 or h < 1:
        raise typer.BadParameter(f"the box '{text}' has no area", param_hint="--bbox")
    return x, y, w, h


MANY = 200
"""From so many inputs on, starting a process for each core pays."""


def processes(jobs: int | None, *, many: bool = False) -> int:
    """The number of processes.

    Args:
        jobs: what --jobs asks for; 0 is one for each core that we may use. None is that where there are many inputs and
            no CUDA device, which serves one process better than several, and otherwise 1.
        many: whether there are `MANY` inputs or more.
    """
    if jobs is None and (not many or Path("/dev/nvidiactl").exists()):
        return 1
    if jobs:
        return jobs
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS, Windows
        return os.cpu_count() or 1


def make_folder(folder: Path, option: str) -> None:
    """Make a folder that an option names.

    Raises:
        typer.BadParameter: It cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise typer.BadParameter(
            f"cannot make the folder '{folder}': {error.strerror}", param_hint=option
        ) from error
