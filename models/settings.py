"""Checks of settings, with errors that name the setting, its range and its value."""

from collections.abc import Sequence

from models.errors import ConfigurationError


def check_setting(
    name: str, value: object, valid: bool, wanted: str, error: type[ValueError] = ConfigurationError
) -> None:
    """Raise an error with name, range and value of a setting unless it is valid.

    Args:
        name: Name of the setting.
        value: Value, for the message.
        valid: Whether the value can be used.
        wanted: Range of the setting in words.
        error: Class of the error.
    """
    if not valid:
        raise error(f"{name} must be {wanted}, not {value!r:.80}")


def check_labels(labels: Sequence[str], least: int = 1) -> None:
    """Raise a `ConfigurationError` unless there are `least` or more labels, all different."""
    different = len(set(labels)) == len(labels) >= least
    check_setting("labels", labels, different, f"{least} or more different classes")
