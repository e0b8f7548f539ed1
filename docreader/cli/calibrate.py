"""`docreader calibrate`: thresholds for a model from what it said about labeled images."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from docreader.errors import ConfigurationError

HELP = """Choose the thresholds of a model: how sure it must be for answers to be accepted at a wanted error.

PREDICTIONS are files that [bold]docreader evaluate --predictions[/bold] wrote, of images that the model has not \
learned: one file, or one from each part of a cross-validation. Whole checks have thresholds of their own. Answers \
that were refused by a rule (too_small, ambiguous_amount) are accepted at no threshold and left out.

With [bold]--strings[/bold] a reader reads cut-out amounts that it has not learned, and gets a temperature, too: the \
number its scores are divided by, so that its confidences are what they say.

\b
[bold]Examples[/bold]
docreader calibrate --strings held-out.csv --model reader.safetensors --out calibrated.safetensors
docreader evaluate checks.csv --model reader.safetensors --predictions said.csv
docreader calibrate said.csv --field check --model reader.safetensors --out calibrated.safetensors
docreader decode scans/ --model calibrated.safetensors --target-error 0.01
"""


class Shown(StrEnum):
    """What the images show."""

    AMOUNT = "amount"
    CHECK = "check"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("calibrate", help=HELP)(calibrate)


def calibrate(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the calibrated model goes.")],
    predictions: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PREDICTIONS]...", help="csv files.", exists=True, dir_okay=False),
    ] = None,
    field: Annotated[
        Shown, typer.Option("--field", help="What the images show: cut-out amounts or whole checks.")
    ] = Shown.AMOUNT,
    strings: Annotated[
        Path | None,
        typer.Option(
            "--strings",
            metavar="LABELS.CSV",
            help="Instead of PREDICTIONS: images of amounts with their strings.",
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="PATH",
            help="The model. [dim]Default: the one that comes with docreader.[/dim]",
        ),
    ] = None,
    half: Annotated[
        bool, typer.Option("--half", help="Write the weights in half precision: half the file.")
    ] = False,
) -> None:
    """Choose thresholds, write the model and print them."""
    from docreader.evaluation.thresholds import calibrated, read_predictions, save_calibrated
    from docreader.training.reader.calibration import calibrated_on
    from models.files import default_reader_path, load_model

    if bool(predictions) == (strings is not None) or (strings is not None and field is Shown.CHECK):
        raise ConfigurationError(
            "give files of predictions, or --strings with cut-out amounts: one of the two"
        )
    loaded = load_model(model or default_reader_path(), kind=("recognizer", "reader"))
    made = (
        calibrated(loaded, field.value, *read_predictions(predictions or []))
        if strings is None
        else calibrated_on(strings, loaded)
    )
    save_calibrated(made, out, half=half)
    calibration = made.metadata.calibration or {}
    chosen = calibration["check"] if field is Shown.CHECK else calibration
    if strings is not None:
        typer.echo(f"temperature {chosen['temperature']}, {chosen['exact']:.2%} of the answers right")
    typer.echo(f"{'error':>7} {'threshold':>10} {'accepted':>9} {'wrong':>6} {'at most (95 %)':>15}")
    for target, (least, accepted, wrong, bound) in chosen["thresholds"].items():
        typer.echo(f"{float(target):7.1%} {least:10.4f} {accepted:9d} {wrong:6d} {bound:15.1%}")
    typer.echo(f"{out}: chosen on {chosen['strings']} answers")
