"""Validation of training recipes."""

from docreader.training.common.errors import RecipeError


def check_setting(name: str, value: object, valid: bool, wanted: str) -> None:
    """Raise a `RecipeError` with the name, the value and the wanted range of a setting unless it is valid."""
    if not valid:
        raise RecipeError(f"{name} must be {wanted}, not {value!r}")
