"""What docreader runs on: versions, devices, and the models that come with it."""

import importlib.metadata
import os
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import torch

import docreader
from models.ensemble_file import is_ensemble, load_ensemble
from models.errors import ModelError
from models.files import WEIGHTS, load_model
from models.metadata import KINDS

LIBRARIES = ("numpy", "scipy", "scikit-image", "pillow", "safetensors", "networkx", "typer", "rich")


@dataclass(frozen=True)
class ModelSummary:
    """A model file, or the file of a pair of readers, in a few words.

    Attributes:
        path: The file.
        name: The model's name; empty where the file cannot be used.
        version: Version of the weights; of a pair, of its setting.
        kind: What it is for; `pair` for two readers that read together.
        sha256: Hash of the file; of a pair, of its setting and its models.
        labels: The characters that it knows.
        calibrated: Whether it carries a calibration, which --target-error needs.
        calibration: Temperature, thresholds and what they are worth; None without.
        results: Measured figures, as its card gives them; of a pair, which readers it is made of.
        error: Why the file cannot be used; None when it can.
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
    """Everything that a report of a fault should name.

    Attributes:
        versions: Of docreader, Python and the libraries, by name.
        system: Operating system and processor.
        cores: Number of cores.
        devices: What `--device` takes here, with a description.
        models: The models and pairs that came with docreader.
    """

    versions: dict[str, str]
    system: str
    cores: int
    devices: dict[str, str]
    models: tuple[ModelSummary, ...]


def collect(folder: Path = WEIGHTS) -> Info:
    """Look at everything.

    Args:
        folder: Where the models lie.
    """
    versions = {
        "docreader": docreader.__version__,
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
    """A model file, or the file of a pair of readers, in a few words; a damaged one is described by its error."""
    try:
        return _pair(path) if is_ensemble(path) else _model(path)
    except ModelError as error:
        return ModelSummary(str(path), error=str(error))


def _model(path: Path) -> ModelSummary:
    model = load_model(path, kind=KINDS)
    metadata = model.metadata
    return ModelSummary(
        path=str(path),
        name=model.name,
        version=model.version,
        kind=metadata.kind,
        sha256=model.sha256,
        labels=_joined(model.labels),
        calibrated=metadata.calibration is not None,
        calibration=metadata.calibration,
        results=dict(metadata.results),
    )


def _pair(path: Path) -> ModelSummary:
    pair = load_ensemble(path)
    setting = pair.config
    return ModelSummary(
        path=str(path),
        name=setting.name,
        version=setting.version,
        kind="pair",
        sha256=pair.sha256,
        labels=_joined(pair.first.labels),
        calibrated=setting.calibration is not None,
        calibration=setting.calibration,
        results={"readers": [f"{model.name} {model.version}" for model in (pair.first, pair.second)]},
    )


def _joined(labels: tuple[str, ...]) -> str:
    return "".join(labels) if all(len(label) == 1 for label in labels) else " ".join(labels)


def _devices() -> dict[str, str]:
    devices = {"cpu": f"{torch.get_num_threads()} threads"}
    for number in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
        properties = torch.cuda.get_device_properties(number)
        devices[f"cuda:{number}"] = f"{properties.name}, {properties.total_memory / 2**30:.0f} GiB"
    return devices
