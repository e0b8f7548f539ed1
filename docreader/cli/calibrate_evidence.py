"""Fit and report of `docreader calibrate --evidence`."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from docreader.cli.progress import Progress

if TYPE_CHECKING:
    from models.files import LoadedModel


def with_evidence(lists: Sequence[Path], path: Path, loaded: "LoadedModel") -> "LoadedModel":
    """Return a model with an evidence model and its thresholds, and print how they do on unseen kinds.

    Args:
        lists: Files of labeled pictures.
        path: Model file that reads the pictures.
        loaded: The model to calibrate.
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
    alone, beside = found["log_loss"]
    typer.echo(f"log loss: {alone:.4f} of the posterior, {beside:.4f} with evidence")
    for line in figures(fitted, data, found["thresholds"]):
        typer.echo(line)
    typer.echo("accepted at 1 %, by kind: " + worst_kinds(fitted, data, found["thresholds"]["0.01"][0]))
    calibration = {
        name: value
        for name, value in (loaded.metadata.calibration or {}).items()
        if name in ("temperature", "weights")
    }
    return replace(loaded, metadata=replace(loaded.metadata, calibration=calibration | found))
