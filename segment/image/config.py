"""Range and type checks of configuration dataclasses, whose values may come from untrusted model files."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from segment.errors import SettingsError


def check_settings(settings: Any, limits: Mapping[str, tuple[float, float]]) -> None:
    """Check types and ranges of numeric settings.

    Args:
        settings: Instance of a dataclass whose fields have defaults.
        limits: Lowest and highest value of each number; a field with an int default accepts int only.

    Raises:
        SettingsError: A value has another type or is out of range.
    """
    kinds = {field.name: type(field.default) for field in fields(settings)}
    for name, (low, high) in limits.items():
        value = getattr(settings, name)
        kind: Any = int if kinds[name] is int else int | float
        if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
            what = "a whole number" if kind is int else "a number"
            raise SettingsError(f"{name} must be {what} within {low:g} .. {high:g}, not {value!r:.40}")
