"""Fit and report of `docreader calibrate --evidence`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import typer

from docreader.cli.progress import Progress
from docreader.errors import ConfigurationError

if TYPE_CHECKING:
    from models.files import LoadedModel

KEPT = ("temperature", "weights", "asked")
"""Entries of a calibration that do not depend on evidence."""


def with_evidence(lists: Sequence[Path], path: Path, calibration: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a calibration with an evidence model and its thresholds, and print how they do on unseen kinds.

    Args:
        lists: Files of labeled images.
        path: Model file that reads the images.
        calibration: Calibration of the model that is calibrated.
    """
    from docreader.pipeline.reader import Reader
    from docreader.training.reader.evidence_report import figures, worst_kinds
    from docreader.training.reader.evidence_set import record_evidence
    from docreader.training.reader.fit_evidence import calibration_with, fit_evidence

    def load(grammar: str) -> Reader:
        return Reader.load(model=path, grammar=grammar, device="cpu", reject_below=0.0)

    with Progress("reading") as bar:
        data = record_evidence(lists, load, on_picture=bar.advance)
    fitted = fit_evidence(data)
    found = calibration_with(fitted, data)
    alone, beside = fitted.log_loss
    typer.echo(f"log loss: {alone:.4f} of the posterior, {beside:.4f} with evidence")
    if fitted.model is None:
        typer.echo("evidence does not pay: the posterior remains the confidence")
    thresholds = found["check"]["thresholds"]
    for line in figures(fitted, data, thresholds):
        typer.echo(line)
    typer.echo("accepted at 1 %, by kind: " + worst_kinds(fitted, data, thresholds["0.01"][0]))
    old = dict(calibration or {})
    old.pop("evidence", None)
    return {name: old[name] for name in old if fitted.model is None or name in KEPT} | found


def with_evidence_of(lists: Sequence[Path], reader: Path | None, path: Path) -> "LoadedModel":
    """Return a model with an evidence model and its thresholds.

    Args:
        lists: Files of labeled images.
        reader: Model that reads them, at the temperature of the calibrated one; None for that itself.
        path: Model file to calibrate.
    """
    from docreader.confidence.temperature import temperature
    from models.files import load_model, save_model

    loaded = load_model(path, kind="reader")
    if reader is None:
        found = with_evidence(lists, path, loaded.calibration)
    else:
        other = load_model(reader, kind="reader")
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "reader.safetensors"
            calibration = {"temperature": temperature(loaded)}
            save_model(copy, other.module, replace(other.metadata, calibration=calibration))
            found = with_evidence(lists, copy, loaded.calibration)
    return replace(loaded, metadata=replace(loaded.metadata, calibration=found))


def calibrate_ensemble(lists: Sequence[Path], reader: Path | None, model: Path, out: Path) -> None:
    """Fit the evidence model of an ensemble and write its file.

    Raises:
        ConfigurationError: The file would be in another folder, from which the two models are not found.
    """
    from models.ensemble_file import load_ensemble, save_ensemble

    if out.suffix != ".json" or out.resolve().parent != model.resolve().parent:
        raise ConfigurationError(
            f"the ensemble names its models relative to its folder: --out must be a .json file in {model.parent}"
        )
    config = load_ensemble(model).config
    calibration = with_evidence(lists, reader or model, config.calibration)
    save_ensemble(out, replace(config, calibration=calibration))
