"""Validation of training recipes."""

from functools import partial

from docreader.training.common.errors import RecipeError
from models.settings import check_setting as _check

check_setting = partial(_check, error=RecipeError)
"""Raise a `RecipeError` unless a setting is valid, see `models.settings.check_setting`."""
