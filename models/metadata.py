"""Metadata of model files: validation, encoding and decoding of each field."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from functools import partial
from typing import Any, TypeVar

from models.errors import MetadataError, SchemaVersionError
from models.migration import migrate
from models.settings import check_setting

check = partial(check_setting, error=MetadataError)
"""Raise a `MetadataError` unless a field is valid, see `check_setting`."""

SCHEMA = 2
"""Version of the schema in which metadata are written; older versions are migrated."""

FORMAT = "docreader-model"
KINDS = ("recognizer", "reader", "classifier", "locator")

T = TypeVar("T")


@dataclass(frozen=True)
class ModelMetadata:
    """Metadata of a model.

    Attributes:
        kind: Purpose, one of `KINDS`.
        name: Name, shown in records and reports.
        version: Version of the weights.
        architecture: Name of the network, a key of `models.files.ARCHITECTURES`.
        configuration: Fields of the configuration dataclass of the network.
        labels: Classes in the order of the output units.
        preprocessing: Settings of the preprocessing.
        calibration: Temperature and thresholds fitted after training; None without calibration.
        training: Data and recipe of the training.
        results: Measured metrics.
    """

    kind: str
    name: str
    version: str
    architecture: str
    configuration: dict[str, Any]
    labels: tuple[str, ...]
    preprocessing: dict[str, Any] = field(default_factory=dict)
    calibration: dict[str, Any] | None = None
    training: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("name", "version", "architecture"):
            value = getattr(self, name)
            check(name, value, is_short_line(value), "a short line of text")
        check("kind", self.kind, self.kind in KINDS, f"one of {', '.join(KINDS)}")
        for name in ("configuration", "preprocessing", "training", "results"):
            check(name, getattr(self, name), isinstance(getattr(self, name), dict), "a mapping")
        check("calibration", self.calibration, isinstance(self.calibration, dict | None), "a mapping or null")
        labels = self.labels
        named = isinstance(labels, tuple) and all(isinstance(label, str) and label for label in labels)
        different = named and len(set(labels)) == len(labels) > 0
        check("labels", labels, different, "one or more different strings that are not empty")


def is_short_line(value: object) -> bool:
    """Return whether a value can be shown as a name: one printable line of at most 200 characters."""
    return isinstance(value, str) and value.isprintable() and 0 < len(value) <= 200


def to_header(metadata: ModelMetadata) -> dict[str, str]:
    """Encode metadata as the strings of a safetensors header, JSON for each field.

    Raises:
        MetadataError: A value cannot be written as JSON.
    """
    header = {"format": FORMAT, "schema": str(SCHEMA)}
    try:
        for key, value in asdict(metadata).items():
            header[key] = json.dumps(value, sort_keys=True, ensure_ascii=True, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise MetadataError(f"{key} cannot be written as JSON: {error}") from error
    return header


def from_header(header: Mapping[str, str]) -> ModelMetadata:
    """Decode and migrate metadata from the strings of a safetensors header.

    Raises:
        MetadataError: A field is missing, unreadable or invalid.
        SchemaVersionError: The schema version is not supported.
    """
    if header.get("format") != FORMAT:
        raise MetadataError(
            "this .safetensors file was not written by docreader (its metadata do not name the format "
            f"{FORMAT!r}); train or fine-tune a model with 'docreader train'"
        )
    schema = header.get("schema", "")
    if schema not in {str(version) for version in range(1, SCHEMA + 1)}:
        raise SchemaVersionError(
            f"the file has schema version {schema!r:.20}, this docreader reads versions 1 to {SCHEMA}: "
            "install the docreader that wrote it, or train the model again"
        )
    values: dict[str, Any] = {}
    for known in fields(ModelMetadata):
        if known.name not in header:
            raise MetadataError(f"the metadata lack the field {known.name!r}")
        try:
            values[known.name] = json.loads(header[known.name], parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise MetadataError(f"the field {known.name!r} is not readable JSON: {error!s:.120}") from error
    values = migrate(values, int(schema))
    if isinstance(values["labels"], list):
        values["labels"] = tuple(values["labels"])
    return ModelMetadata(**values)


def build_configuration(kind: type[T], values: Mapping[str, Any]) -> T:
    """Build a configuration dataclass from JSON values and check the names.

    Settings with a default may be missing, for files older than the setting.

    Args:
        kind: Dataclass that validates its values.
        values: JSON values; lists become tuples.

    Raises:
        MetadataError: A name is unknown or missing, or a value is invalid.
    """
    settings = fields(kind)  # type: ignore[arg-type]
    known = {f.name for f in settings}
    needed = {f.name for f in settings if f.default is MISSING and f.default_factory is MISSING}
    odd = sorted((set(values) - known) | (needed - set(values)))
    if odd:
        raise MetadataError(
            f"the configuration of {kind.__name__} must have {sorted(known)}: see {', '.join(odd)}"
        )
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    try:
        return kind(**given)
    except (TypeError, ValueError) as error:
        raise MetadataError(f"the configuration is not valid: {error}") from error


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")
