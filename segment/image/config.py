"""The settings of the dataclasses here, checked: they come from model files, too, which anybody may have written."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from segment.errors import SettingsError


def check_settings(settings: Any, bounds: Mapping[str, tuple[float, float]]) -> None:
    """See to it that numbers are numbers and not beyond what makes sense.

    Args:
        settings: An instance of a dataclass whose fields have defaults.
        bounds: Least and greatest value of each number; a field whose default is whole takes whole numbers.

    Raises:
        SettingsError: A value is of another type, or out of its bounds.
    """
    kinds = {field.name: type(field.default) for field in fields(settings)}
    for name, (low, high) in bounds.items():
        value = getattr(settings, name)
        kind: Any = int if kinds[name] is int else int | float
        if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
            what = "a whole number" if kind is int else "a number"
            raise SettingsError(f"{name} must be {what} within {low:g} .. {high:g}, not {value!r:.40}")
