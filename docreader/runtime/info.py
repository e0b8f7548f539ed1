"""Versions, devices and shipped models of this installation."""

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import torch

from docreader.version import __version__
from models.ensemble_file import is_ensemble, load_ensemble
from models.errors import ModelError
from models.files import WEIGHTS, load_model
from models.identity import ModelIdentity
from models.metadata import KINDS

LIBRARIES = ("numpy", "numba", "scipy", "scikit-image", "pillow", "safetensors", "networkx", "typer", "rich")


@dataclass(frozen=True)
class ModelSummary:
    """Summary of a model file or an ensemble file.

    Attributes:
        path: The file.
        name: Name of the model; empty if the file cannot be used.
        version: Version of the weights, or of the ensemble.
        kind: recognizer, reader, classifier or ensemble.
        sha256: Hash of the file; of an ensemble, of its file and its models.
        labels: Characters or classes that it recognizes.
        calibrated: Whether it carries a calibration, which --target-error needs.
        calibration: Temperature and thresholds with their counts; None if uncalibrated.
        results: Measured figures of its model card; of an ensemble, the readers it is made of.
        error: Reason why the file cannot be used, or None.
    """

    path: str
    name: str = ""
    version: str = ""
    kind: str = ""
    sha256: str = ""
    labels: str = ""
    calibrated: bool = False
    calibration: dict[str, Any] | None = None
    results: dict[str, Any] | None = None
    error: str | None = None


@dataclass(frozen=True)
class Info:
    """Contents of a bug report.

    Attributes:
        versions: Versions of docreader, Python and the libraries, by name.
        system: Operating system and processor.
        cores: Number of cores.
        devices: Values of `--device` on this machine, with a description.
        models: Models and ensembles that ship with docreader.
    """

    versions: dict[str, str]
    system: str
    cores: int
    devices: dict[str, str]
    models: tuple[ModelSummary, ...]


def collect(folder: Path = WEIGHTS) -> Info:
    """Collect versions, devices and models.

    Args:
        folder: Folder of the models.
    """
    versions = {
        "docreader": __version__,
        "python": platform.python_version(),
        "torch": str(torch.__version__),
        "cv2": cv2.__version__,
    }
    for name in LIBRARIES:
        versions[name] = importlib.metadata.version(name)
    return Info(
        versions=versions,
        system=platform.platform(),
        cores=os.cpu_count() or 1,
        devices=_devices(),
        models=tuple(
            summarize(path) for form in ("*.safetensors", "*.json") for path in sorted(folder.glob(form))
        ),
    )


def summarize(path: Path) -> ModelSummary:
    """Summarize a model file or an ensemble file; a damaged one by its error."""
    try:
        if is_ensemble(path):
            ensemble = load_ensemble(path)
            readers = [f"{model.name} {model.version}" for model in (ensemble.first, ensemble.second)]
            labels, results = ensemble.first.labels, {"readers": readers}
            return _summary(path, ensemble.identity, "ensemble", labels, results)
        model = load_model(path, kind=KINDS)
        metadata = model.metadata
        return _summary(path, model.identity, metadata.kind, model.labels, dict(metadata.results))
    except ModelError as error:
        return ModelSummary(str(path), error=str(error))


def _summary(
    path: Path, identity: ModelIdentity, kind: str, labels: tuple[str, ...], results: dict[str, Any]
) -> ModelSummary:
    return ModelSummary(
        path=str(path),
        name=identity.name,
        version=identity.version,
        kind=kind,
        sha256=identity.sha256,
        labels=("" if all(len(label) == 1 for label in labels) else " ").join(labels),
        calibrated=identity.calibration is not None,
        calibration=_without_evidence(identity.calibration),
        results=results,
    )


def _without_evidence(calibration: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a calibration with the names of the features alone in place of its evidence model."""
    if calibration is None or "evidence" not in calibration:
        return calibration
    return calibration | {"evidence": {"features": calibration["evidence"]["features"]}}


def _devices() -> dict[str, str]:
    devices = {"cpu": f"{torch.get_num_threads()} threads"}
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        properties = torch.cuda.get_device_properties(number)
        devices[f"cuda:{number}"] = f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB"
    return devices
