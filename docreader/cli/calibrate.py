"""`docreader calibrate`: thresholds for a model from what it said about labelled images."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

HELP = """Choose the thresholds of a model: how sure it must be for answers to be accepted at a wanted error.

PREDICTIONS are files that [bold]docreader evaluate --predictions[/bold] wrote, of images that the model has not \
learned: one file, or one from each part of a cross-validation. Whole checks have thresholds of their own.

\b
[bold]Examples[/bold]
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
    predictions: Annotated[
        list[Path], typer.Argument(metavar="PREDICTIONS", help="csv files.", exists=True, dir_okay=False)
    ],
    field: Annotated[
        Shown, typer.Option("--field", help="What the images show: cut-out amounts or whole checks.")
    ],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the calibrated model goes.")],
    model: Annotated[
        Path | None,
        typer.Option(
            "--model",
            metavar="PATH",
            help="The model. [dim]Default: the one that comes with docreader.[/dim]",
        ),
    ] = None,
) -> None:
    """Choose thresholds, write the model and print them."""
    from docreader.evaluation.thresholds import calibrated, read_predictions, save_calibrated
    from models.files import default_reader_path, load_model

    confidences, right = read_predictions(predictions)
    loaded = load_model(model or default_reader_path(), kind=("recognizer", "reader"))
    made = calibrated(loaded, field.value, confidences, right)
    save_calibrated(made, out)
    told = made.metadata.calibration or {}
    chosen = (told["check"] if field is Shown.CHECK else told)["thresholds"]
    typer.echo(f"{'error':>7} {'threshold':>10} {'accepted':>9} {'wrong':>6} {'at most (95 %)':>15}")
    for target, (least, accepted, wrong, bound) in chosen.items():
        typer.echo(f"{float(target):7.1%} {least:10.4f} {accepted:9d} {wrong:6d} {bound:15.1%}")
    typer.echo(f"{out}: chosen on {len(right)} answers")
