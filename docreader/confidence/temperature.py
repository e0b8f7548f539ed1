"""What a model's calibration says about its scores."""

from docreader.errors import ConfigurationError
from models.files import LoadedModel


def temperature(model: LoadedModel) -> float:
    """The number by which a model's scores are divided before they become confidences; 1 without calibration.

    Raises:
        ConfigurationError: the calibration makes no sense.
    """
    value = (model.metadata.calibration or {}).get("temperature", 1.0)
    if not isinstance(value, int | float) or not 0.01 <= value <= 100:
        raise ConfigurationError(f"model {model.name} has a calibration that makes no sense: {value!r:.40}")
    return float(value)
