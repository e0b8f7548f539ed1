"""`docreader calibrate`: temperature and acceptance thresholds of a model."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from docreader.errors import ConfigurationError

HELP = """Choose the thresholds of a model: the least confidence of accepted answers for each target error.

PREDICTIONS are files written by [bold]docreader evaluate --predictions[/bold] for images that the model was not \
trained on: one file, or one for each part of a cross-validation. Whole checks have thresholds of their own. Answers \
rejected by a rule (low_resolution, possible_minus, ...) are left out: no threshold accepts them.

With [bold]--strings[/bold], a reader reads cut-out amounts that it was not trained on. It also gets a temperature: \
the divisor of its scores that makes its confidences agree with its accuracy. Strings alone know nothing of pictures \
without an amount, of which a temperature below 1 is too sure: --temperature 1 leaves the scores as they are.

With [bold]--evidence[/bold], once for each list, a reader reads pictures with an amount and pictures that hold none: \
the cells `amount` and `label` of those are empty. It gets an evidence model, which turns the posterior and what is \
measured in the picture into the confidence, and thresholds for cut-out amounts and whole checks. Pictures without an \
amount weigh a tenth of all. Where hardly more is accepted with evidence, the posterior remains the confidence.

\b
[bold]Examples[/bold]
docreader calibrate --strings held-out.csv --model reader.safetensors --out calibrated.safetensors
docreader evaluate checks.csv --model reader.safetensors --predictions predictions.csv
docreader calibrate predictions.csv --field check --model reader.safetensors --out calibrated.safetensors
docreader calibrate --evidence held-out.csv --evidence negatives.csv --model reader.safetensors --out new.safetensors
docreader decode scans/ --model calibrated.safetensors --target-error 0.01
"""

CalibratedField = Literal["amount", "check"]
"""Content of the images."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("calibrate", help=HELP)(calibrate)


def calibrate(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Calibrated model file to write.")],
    predictions: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PREDICTIONS]...", help="CSV files.", exists=True, dir_okay=False),
    ] = None,
    field: Annotated[
        CalibratedField, typer.Option(help="Content of the images: cut-out amounts or whole checks.")
    ] = "amount",
    strings: Annotated[
        Path | None,
        typer.Option(
            metavar="LABELS.CSV", help="Images of cut-out amounts with their strings, instead of PREDICTIONS."
        ),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(min=0.1, max=10.0, help="With --strings: the temperature, if it is not to be fitted."),
    ] = None,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="LABELS.CSV",
            help="Images with an amount, or without one, instead of PREDICTIONS; more than once.",
        ),
    ] = None,
    reader: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="The model that reads the images of --evidence, if another: one of the same recipe, not trained on "
            "them.",
            exists=True,
        ),
    ] = None,
    model: Annotated[
        Path | None, typer.Option(metavar="PATH", help="The model. [dim]Default: the shipped reader.[/dim]")
    ] = None,
    half: Annotated[
        bool, typer.Option("--half", help="Write the weights in half precision: half the file size.")
    ] = False,
) -> None:
    """Choose thresholds, write the model and print them."""
    from models.files import default_reader_path, load_model, save_model

    given = sum(map(bool, (predictions, strings, evidence)))
    if given != 1 or (field == "check" and not predictions):
        raise ConfigurationError(
            "give files of predictions, or --strings with cut-out amounts, or --evidence: one of the three"
        )
    if reader is not None and not evidence:
        raise ConfigurationError("--reader goes with --evidence")
    if temperature is not None and strings is None:
        raise ConfigurationError("--temperature goes with --strings")
    path = model or default_reader_path()
    if evidence and path.suffix == ".json":
        from docreader.cli.calibrate_evidence import calibrate_ensemble

        calibrate_ensemble(evidence, reader, path, out)
        return
    if evidence:
        from docreader.cli.calibrate_evidence import with_evidence_of

        calibrated = with_evidence_of(evidence, reader, path)
    elif strings is not None:
        from docreader.training.reader.calibration import calibrated_on

        calibrated = calibrated_on(strings, load_model(path, kind=("recognizer", "reader")), temperature)
    else:
        from docreader.confidence.calibration import with_thresholds
        from docreader.evaluation.predictions import read_predictions

        loaded = load_model(path, kind=("recognizer", "reader"))
        calibrated = with_thresholds(loaded, field, *read_predictions(predictions or []))
    tensors = calibrated.module.state_dict().values()
    # weights that are in half precision already stay so
    half = half or all(tensor.half().float().equal(tensor) for tensor in tensors)
    save_model(out, calibrated.module, calibrated.metadata, half=half)
    calibration = calibrated.metadata.calibration or {}
    chosen = calibration["check"] if field == "check" else calibration
    if strings is not None:
        typer.echo(f"temperature {chosen['temperature']}, {chosen['exact']:.2%} of the answers right")
    typer.echo(f"{'error':>7} {'threshold':>10} {'accepted':>9} {'wrong':>6} {'at most (95 %)':>15}")
    for target, (threshold, accepted, wrong, bound) in chosen["thresholds"].items():
        typer.echo(f"{float(target):7.1%} {threshold:10.4f} {accepted:9d} {wrong:6d} {bound:15.1%}")
    typer.echo(f"{out}: chosen on {chosen['strings']} answers")
