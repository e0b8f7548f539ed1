"""Temperature scaling of a model's scores (Guo et al. 2017, sec. 4.2)."""

from typing import TYPE_CHECKING

from docreader.errors import ConfigurationError

if TYPE_CHECKING:
    from models.files import LoadedModel


def temperature(model: "LoadedModel") -> float:
    """Return the divisor of a model's scores from its calibration; 1 without calibration.

    Raises:
        ConfigurationError: The stored temperature is no number from 0.01 to 100.
    """
    value = (model.metadata.calibration or {}).get("temperature", 1.0)
    if not isinstance(value, int | float) or not 0.01 <= value <= 100:
        raise ConfigurationError(f"model {model.name} has a calibration that makes no sense: {value!r:.40}")
    return float(value)
