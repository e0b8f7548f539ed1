"""Identity of a model or an ensemble in records and thresholds."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ModelIdentity:
    """Name, version, hash and calibration of a model or an ensemble.

    Attributes:
        name: Name, shown in records and reports.
        version: Version of the weights or of the ensemble.
        sha256: Hash of the file, 64 hexadecimal digits.
        calibration: Temperature and thresholds fitted after training; None without calibration.
    """

    name: str
    version: str
    sha256: str
    calibration: dict[str, Any] | None = None
