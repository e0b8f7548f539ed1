"""Checks of settings."""

import math

import pytest

from segment.cleaning.pipeline import CleaningConfig
from segment.errors import SettingsError
from segment.line_image import LineConfig


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        (LineConfig, {"height": "32"}, "height must be a whole number"),
        (LineConfig, {"height": 32.0}, "height must be a whole number"),
        (LineConfig, {"height": 100_000}, r"within 8 \.\. 512"),
        (LineConfig, {"ink": 33}, r"ink must be a whole number within 1 \.\. 32"),
        (LineConfig, {"stretch": math.inf}, "stretch must be a number"),
        (LineConfig, {"stretch": math.nan}, "stretch"),
        (LineConfig, {"max_scale": True}, "max_scale"),
        (LineConfig, {"margin": -1}, "margin"),
        (CleaningConfig, {"max_height": 10**9}, "max_height"),
        (CleaningConfig, {"min_height": 97}, r"min_height must be a whole number within 1 \.\. 96"),
        (CleaningConfig, {"max_skew": 90}, "max_skew"),
    ],
)
def test_invalid_settings_are_refused(kind, values, message):
    with pytest.raises(SettingsError, match=message):
        kind(**values)


def test_valid_settings_are_accepted():
    assert LineConfig(height=40, ink=40, stretch=1).stretch == 1
