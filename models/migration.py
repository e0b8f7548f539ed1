"""Migration of model metadata written by older versions to the current schema."""

from collections.abc import Mapping
from typing import Any

_KEYS_1 = {
    "normalisation": "normalization",
    "normalise": "normalize",
    "colour": "color",
    "recognizer": "backbone",
    "rules": "ruled_lines",
    "pieces": "fragments",
    "max_pieces": "max_fragments",
}
"""Settings that schema 1 named differently."""

_BACKBONES_1 = {"lenet": "wide"}
"""Backbones of the segment scorer that schema 1 named differently."""

_VALUES_1 = {"centre": "center", "extra_pieces": "extra_fragments"}
"""Names in lists (features) that schema 1 spelled differently."""

_ARCHITECTURES_1 = {"piece-reader": "segment-scorer", "lenet5-swept": "lenet5-sdnn"}
"""Architectures that schema 1 named differently."""

_ENSEMBLE_KEYS_1 = {"sure": "defer_below"}
"""Settings of an ensemble file that schema 1 named differently."""


def migrate(values: Mapping[str, Any], schema: int) -> dict[str, Any]:
    """Convert the fields of model metadata to the current schema.

    Args:
        values: Fields of `models.metadata.ModelMetadata` decoded from JSON.
        schema: Version of the schema of the file.

    Returns:
        Fields under their current names. The recipe is converted, too, because fine-tuning starts from it.
    """
    migrated = dict(values)
    if schema == 1:
        architecture = migrated.get("architecture")
        if isinstance(architecture, str):
            migrated["architecture"] = _ARCHITECTURES_1.get(architecture, architecture)
        for field in ("configuration", "preprocessing", "training"):
            migrated[field] = _renamed(migrated.get(field))
    return migrated


def migrate_ensemble(values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the contents of an ensemble file to the current schema.

    Args:
        values: Contents decoded from JSON, with `format` and `schema`.

    Returns:
        The contents under their current names; those of an unknown format or schema unchanged.
    """
    if (values.get("format"), values.get("schema")) != ("docreader-pair", 1):
        return dict(values)
    migrated = {_ENSEMBLE_KEYS_1.get(key, key): value for key, value in values.items()}
    return migrated | {"format": "docreader-ensemble", "schema": 2}


def _renamed(value: Any) -> Any:
    """Rename the keys and list entries of schema 1 at every depth."""
    if isinstance(value, dict):
        if isinstance(value.get("recognizer"), str):
            value = value | {"recognizer": _BACKBONES_1.get(value["recognizer"], value["recognizer"])}
        return {_KEYS_1.get(key, key): _renamed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_VALUES_1.get(item, item) if isinstance(item, str) else _renamed(item) for item in value]
    return value
