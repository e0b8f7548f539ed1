"""`docreader train ensemble`: combine two trained readers."""

from pathlib import Path
from typing import Annotated

import typer

from docreader.cli.training_bar import TrainingBar
from docreader.confidence.thresholds import DEFER_BELOW

ENSEMBLE = """Combine an SDNN reader and an HOS reader into an ensemble that is more accurate than either.

LABELS.CSV lists images that [bold]neither reader was trained on[/bold]: they fit the exponents of the two posteriors
and the thresholds of the joint confidence. The ensemble is a small file with the names of both models.

\b
[bold]Example[/bold]
docreader train ensemble held-out.csv --first sdnn.safetensors --second hos.safetensors --out mine/ensemble.json
docreader decode scan.png --model mine/ensemble.json
"""


def register(group: typer.Typer) -> None:
    """Add the command to the group of `docreader train`."""
    group.command("ensemble", help=ENSEMBLE)(ensemble)


def ensemble(
    labels: Annotated[
        Path, typer.Argument(metavar="LABELS.CSV", help="Labeled images, new to both readers.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE.json", help="File of the ensemble.")],
    first: Annotated[
        Path | None, typer.Option(help="Reader of method sdnn. [dim]Default: the shipped one.[/dim]")
    ] = None,
    second: Annotated[
        Path | None, typer.Option(help="Reader of method hos. [dim]Default: the shipped one.[/dim]")
    ] = None,
    defer_below: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Confidence below which the second reader is used.")
    ] = DEFER_BELOW,
    corrections: Annotated[
        Path | None, typer.Option(help="CSV of corrected labels: file, label, reason.")
    ] = None,
    name: Annotated[str, typer.Option(help="Name of the ensemble in records.")] = "ensemble",
    version: Annotated[str, typer.Option("--model-version", help="Version of the ensemble.")] = "1",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Fit an ensemble, write its file and print its results."""
    import os

    from docreader.training.reader.fit_ensemble import decode_with_both, fit_ensemble
    from models.ensemble_file import EnsembleConfig, save_ensemble
    from models.files import default_hos_path, default_reader_path, load_model

    paths = (first or default_reader_path(), second or default_hos_path())
    models = [load_model(path, kind="reader") for path in paths]
    with TrainingBar(1, quiet=quiet) as bar:
        decoded = decode_with_both(
            labels,
            *models,
            corrections=corrections,
            on_item=bar.counter("reading images"),
        )
    found = fit_ensemble(*decoded, defer_below)
    weights = tuple(found.pop("weights"))
    files = [os.path.relpath(path.resolve(), out.resolve().parent) for path in paths]
    save_ensemble(out, EnsembleConfig(name, version, files[0], files[1], weights, defer_below, found))
    threshold, accepted, wrong, bound = found["thresholds"]["0.01"]
    taken, errors = found["crossfitted"]["0.01"]
    typer.echo(f"ensemble: {out}")
    typer.echo(
        f"{found['exact']:.1%} of {found['strings']} strings correct; {found['asked']} deferred to the second reader"
    )
    typer.echo(
        f"at a confidence of {threshold:.3f} or more, {accepted:.0f} are accepted and {wrong:.0f} of them are wrong "
        f"(95 % upper bound of the error: {bound:.1%}); cross-fitted: {taken} accepted, {errors} wrong"
    )
