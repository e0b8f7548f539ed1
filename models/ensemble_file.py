"""Two readers that read together: a small file that names their models and says how their answers are joined."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from models.errors import MetadataError, ModelNotFoundError
from models.files import WEIGHTS, LoadedModel, load_model
from models.safetensors_io import write_atomically

FORMAT = "docreader-pair"
SCHEMA = 1


@dataclass(frozen=True)
class PairSetting:
    """How two readers read together.

    Attributes:
        name: Of the pair, as records show it.
        version: Of this setting.
        first: File of the model that reads everything, seen from the setting's folder.
        second: File of the model that is asked where the first is unsure.
        weights: Exponents of their posteriors, above 0.
        sure: The first's answer stands from this confidence on, 0 .. 1.
        calibration: Thresholds of the joint confidence; None where there are none.
    """

    name: str
    version: str
    first: str
    second: str
    weights: tuple[float, float]
    sure: float
    calibration: dict[str, Any] | None = field(default=None)

    def __post_init__(self) -> None:
        for key in ("name", "version", "first", "second"):
            value = getattr(self, key)
            if not isinstance(value, str) or not value or not value.isprintable() or len(value) > 200:
                raise MetadataError(f"{key} must be a short line of text, not {value!r:.80}")
        weights = self.weights
        if (
            not isinstance(weights, tuple)
            or len(weights) != 2
            or not all(isinstance(value, int | float) and 0 < value <= 10 for value in weights)
        ):
            raise MetadataError(f"weights must be two numbers above 0, not {weights!r:.80}")
        if not isinstance(self.sure, int | float) or not 0 <= self.sure <= 1:
            raise MetadataError(f"sure must be a confidence within 0 .. 1, not {self.sure!r:.80}")
        if self.calibration is not None and not isinstance(self.calibration, dict):
            raise MetadataError(f"calibration must be a mapping or null, not {self.calibration!r:.80}")


@dataclass(frozen=True)
class LoadedPair:
    """A setting with its two models.

    Attributes:
        setting: What the file says.
        first: The model that reads everything.
        second: The model that is asked where the first is unsure.
        sha256: Hash of the setting's file and of both models' hashes.
    """

    setting: PairSetting
    first: LoadedModel
    second: LoadedModel
    sha256: str


def default_pair_path() -> Path:
    """Path of the pair of readers that ships with docreader."""
    return WEIGHTS / "reader-both.json"


def is_pair(path: str | os.PathLike[str]) -> bool:
    """Whether a path names a pair of readers and not a model."""
    return Path(path).suffix == ".json"


def save_pair(path: str | os.PathLike[str], setting: PairSetting) -> None:
    """Write a setting; it appears whole or not at all."""
    values = {"format": FORMAT, "schema": SCHEMA, **asdict(setting)}
    text = json.dumps(values, indent=1, sort_keys=True, allow_nan=False) + "\n"
    write_atomically(path, text.encode())


def load_pair(path: str | os.PathLike[str], *, device: Any = "cpu") -> LoadedPair:
    """Read a setting and its models.

    Raises:
        ModelNotFoundError: There is no such file.
        MetadataError: It is no setting of a pair, or a value makes no sense.
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
        if not isinstance(values, dict) or (values.pop("format", ""), values.pop("schema", 0)) != (
            FORMAT,
            SCHEMA,
        ):
            raise MetadataError("it is no pair of readers that this docreader knows")
        if isinstance(values.get("weights"), list):
            values["weights"] = tuple(values["weights"])
        setting = PairSetting(**values)
    except (ValueError, TypeError, RecursionError) as error:
        raise MetadataError(f"{path}: {error!s:.200}") from error
    folder = Path(path).parent
    models = [
        load_model(folder / name, kind="reader", device=device) for name in (setting.first, setting.second)
    ]
    digest = hashlib.sha256(data + "".join(model.sha256 for model in models).encode()).hexdigest()
    return LoadedPair(setting, models[0], models[1], digest)
