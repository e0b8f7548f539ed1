"""Ensemble files: JSON with the names of two reader models and how their posteriors are combined."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from models.errors import MetadataError, ModelNotFoundError
from models.files import WEIGHTS, LoadedModel, load_model
from models.identity import ModelIdentity
from models.metadata import check, is_short_line
from models.migration import migrate_ensemble
from models.safetensors_io import write_atomically

FORMAT = "docreader-ensemble"
SCHEMA = 2
"""Version of the schema in which ensemble files are written; older versions are migrated."""


@dataclass(frozen=True)
class EnsembleConfig:
    """Models and parameters of an ensemble of two readers.

    Attributes:
        name: Name, shown in records and reports.
        version: Version of the ensemble.
        first: File of the model that reads every field, relative to the folder of the ensemble file.
        second: File of the model that reads the fields deferred by the first.
        weights: Exponents of the two posteriors, each in (0, 10].
        defer_below: Fields that the first model reads with a lower confidence, 0 to 1, are deferred to the second.
        calibration: Thresholds of the combined confidence; None without calibration.
    """

    name: str
    version: str
    first: str
    second: str
    weights: tuple[float, float]
    defer_below: float
    calibration: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        for key in ("name", "version", "first", "second"):
            check(key, getattr(self, key), is_short_line(getattr(self, key)), "a short line of text")
        weights, limit = self.weights, self.defer_below
        positive = isinstance(weights, tuple) and [
            isinstance(w, int | float) and 0 < w <= 10 for w in weights
        ]
        check("weights", weights, positive == [True, True], "two numbers above 0")
        within = isinstance(limit, int | float) and 0 <= limit <= 1
        check("defer_below", limit, within, "a confidence within 0 .. 1")
        check("calibration", self.calibration, isinstance(self.calibration, dict | None), "a mapping or null")


@dataclass(frozen=True)
class LoadedEnsemble:
    """An ensemble with its two models.

    Attributes:
        config: Contents of the ensemble file.
        first: The model that reads every field.
        second: The model that reads the fields deferred by the first.
        sha256: Hash of the ensemble file and the hashes of both models.
    """

    config: EnsembleConfig
    first: LoadedModel
    second: LoadedModel
    sha256: str

    @property
    def identity(self) -> ModelIdentity:
        """Name, version, hash and calibration of the ensemble."""
        config = self.config
        return ModelIdentity(config.name, config.version, self.sha256, config.calibration)


def default_ensemble_path() -> Path:
    """Return the path of the shipped ensemble of readers."""
    return WEIGHTS / "reader-ensemble.json"


def is_ensemble(path: str | os.PathLike[str]) -> bool:
    """Return whether a path names an ensemble file, by its suffix .json."""
    return Path(path).suffix == ".json"


def save_ensemble(path: str | os.PathLike[str], config: EnsembleConfig) -> None:
    """Write an ensemble file atomically."""
    values = {"format": FORMAT, "schema": SCHEMA, **asdict(config)}
    text = json.dumps(values, indent=1, sort_keys=True, allow_nan=False) + "\n"
    write_atomically(path, text.encode())


def load_ensemble(path: str | os.PathLike[str], *, device: str | torch.device = "cpu") -> LoadedEnsemble:
    """Read an ensemble file and load its models.

    Args:
        path: Ensemble file of schema 1 or 2.
        device: Device of both networks.

    Raises:
        ModelNotFoundError: The file does not exist.
        MetadataError: The file is no ensemble file, or a value is invalid.
        ModelFileError: A model cannot be used.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ModelNotFoundError(
            f"{path} cannot be read ({error.strerror}): check the path, or leave the option out to use what ships"
        ) from error
    try:
        values = json.loads(data)
        if isinstance(values, dict):
            values = migrate_ensemble(values)
        if not isinstance(values, dict) or (values.pop("format", ""), values.pop("schema", 0)) != (
            FORMAT,
            SCHEMA,
        ):
            raise MetadataError("this is no ensemble file of a known schema")
        if isinstance(values.get("weights"), list):
            values["weights"] = tuple(values["weights"])
        config = EnsembleConfig(**values)
    except (ValueError, TypeError, RecursionError) as error:
        raise MetadataError(f"{path}: {error!s:.200}") from error
    folder = Path(path).parent
    first, second = (
        load_model(folder / name, kind="reader", device=device) for name in (config.first, config.second)
    )
    digest = hashlib.sha256(data + f"{first.sha256}{second.sha256}".encode()).hexdigest()
    return LoadedEnsemble(config, first, second, digest)
