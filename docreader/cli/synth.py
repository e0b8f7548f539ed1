"""`docreader synth`: synthesize labeled images from isolated handwritten digits."""

import re
from importlib import import_module
from pathlib import Path
from typing import Annotated, Literal

import typer

from docreader.cli.options import QuietOption
from docreader.cli.progress import Progress

HELP = """Synthesize labeled images of handwritten amounts, of whole checks, and of pictures without an amount.

Digits come from a folder in MNIST's IDX format. The same seed gives the same files, byte for byte.
"""

Style = Literal["mixed", "chile", "usd", "inr", "eur"]
"""Style of amount fields."""

Layout = Literal["mixed", "us-personal", "us-business", "india", "chile"]
"""Layout of whole checks."""

Labels = Literal["digits", "text"]
"""Contents of the column `label`."""

Part = Literal["train", "test"]
"""Subset of the digits."""

Format = Literal["png", "jpg", "tif"]
"""Format of the images."""


DigitsOption = Annotated[
    Path,
    typer.Option(
        "--digits",
        metavar="DIR",
        help="Folder of digits in MNIST's IDX format (train-images-idx3-ubyte.gz ...).",
    ),
]
OutOption = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Folder of the output: images/, labels.csv and boxes.json."),
]
CountOption = Annotated[int, typer.Option("--count", "-n", min=1, help="Number of images.")]
SeedOption = Annotated[int, typer.Option("--seed", min=0, help="Random seed.")]
LabelsOption = Annotated[
    Labels,
    typer.Option("--labels", help="Contents of the column label: the digits alone, or the whole text."),
]
PartOption = Annotated[Part, typer.Option("--part", help="Subset of the digits.")]
FormatOption = Annotated[
    Format, typer.Option("--format", help="Format of the images; tif is bilevel, CCITT group 4.")
]
AppendOption = Annotated[bool, typer.Option("--append", help="Add to the data set in --out, to mix styles.")]
ForceOption = Annotated[
    bool,
    typer.Option("--force", help="Write to a folder that is not empty; files of the same name are replaced."),
]

synth = typer.Typer(help=HELP, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    import_module("docreader.cli.synth_negatives")
    app.add_typer(synth, name="synth")


@synth.command("amounts")
def amounts(
    digits: DigitsOption,
    out: OutOption,
    count: CountOption = 100,
    style: Annotated[Style, typer.Option("--style", help="Style of the fields.")] = "mixed",
    seed: SeedOption = 0,
    height: Annotated[
        str | None,
        typer.Option(
            "--height",
            metavar="LOW-HIGH",
            help="Height of the images in pixels. [dim]Default: the style's.[/dim]",
        ),
    ] = None,
    labels: LabelsOption = "digits",
    part: PartOption = "train",
    form: FormatOption = "png",
    append: AppendOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Synthesize cut-out amount fields.

    [dim]docreader synth amounts --digits mnist/ --out made/ --count 1000 --style chile[/dim]
    """
    span = None if height is None else _range(height, "--height", (16, 1000), "40-70")

    from docreader.synthesis.dataset import amount_samples, prepare_folder, write_dataset
    from docreader.synthesis.glyph_bank import DigitBank

    bank = DigitBank.from_directory(digits, part)
    prepare_folder(out, force or append)
    samples = amount_samples(bank, count, style=style, seed=seed, height=span, labels=labels)
    name = f"{style}-{seed}"
    with Progress("amounts", count, quiet=quiet) as bar:
        write_dataset(out, samples, prefix=name, suffix=f".{form}", append=append, progress=bar.advance)


@synth.command("checks")
def checks(
    digits: DigitsOption,
    out: OutOption,
    count: CountOption = 10,
    layout: Annotated[Layout, typer.Option("--layout", help="Layout of the checks.")] = "mixed",
    seed: SeedOption = 0,
    width: Annotated[
        str, typer.Option("--width", metavar="LOW-HIGH", help="Width of the images in pixels.")
    ] = "1200-1600",
    labels: LabelsOption = "digits",
    part: PartOption = "train",
    world: Annotated[
        bool,
        typer.Option(
            "--world",
            help="Checks of invented banks of many countries, scanned or photographed; 1 page in 10 has none.",
        ),
    ] = False,
    fonts: Annotated[
        Path | None,
        typer.Option(
            "--fonts", metavar="DIR", help="With --world: folder of fonts by kind (hand/, print/ ...)."
        ),
    ] = None,
    form: FormatOption = "jpg",
    append: AppendOption = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Synthesize whole checks; x, y, w, h in labels.csv are the amount field.

    [dim]docreader synth checks --digits mnist/ --out made/ --count 20 --layout india[/dim]
    """
    span = _range(width, "--width", (600, 4000), "1200-1600")
    if world:
        if append or layout != "mixed":
            raise typer.BadParameter("it goes with neither --append nor --layout", param_hint="--world")
        _world(digits, out, count, seed, span, part, fonts, f".{form}", force=force, quiet=quiet)
        return
    if fonts is not None:
        raise typer.BadParameter("fonts are for --world", param_hint="--fonts")

    from docreader.synthesis.dataset import check_samples, prepare_folder, write_dataset
    from docreader.synthesis.glyph_bank import DigitBank

    bank = DigitBank.from_directory(digits, part)
    prepare_folder(out, force or append)
    samples = check_samples(bank, count, layout=layout, seed=seed, width=span, labels=labels)
    name = f"check-{layout}-{seed}"
    with Progress("checks", count, quiet=quiet) as bar:
        write_dataset(out, samples, prefix=name, suffix=f".{form}", append=append, progress=bar.advance)


def _world(
    digits: Path,
    out: Path,
    count: int,
    seed: int,
    width: tuple[int, int],
    part: str,
    fonts: Path | None,
    suffix: str,
    *,
    force: bool,
    quiet: bool,
) -> None:
    """Write pages of the world."""
    from docreader.synthesis.dataset import prepare_folder
    from docreader.synthesis.fonts import FontBank
    from docreader.synthesis.glyph_bank import DigitBank
    from docreader.synthesis.world_page_dataset import world_samples, write_world

    found = FontBank.from_directory(fonts)
    bank = DigitBank.from_directory(digits, part)
    prepare_folder(out, force)
    samples = world_samples(bank, found, count, seed=seed, width=width)
    with Progress("pages", count, quiet=quiet) as bar:
        write_world(out, samples, prefix=f"world-{seed}", suffix=suffix, progress=bar.advance)


def _range(text: str, option: str, limits: tuple[int, int], example: str) -> tuple[int, int]:
    """Parse a range of pixels."""
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text)
    low, high = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
    if not limits[0] <= low <= high <= limits[1]:
        raise typer.BadParameter(
            f"'{text}' is no range of pixels such as {example}, from {limits[0]} to {limits[1]}",
            param_hint=option,
        )
    return low, high
