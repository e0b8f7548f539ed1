"""Names of the recognizers."""

from enum import StrEnum


class MethodName(StrEnum):
    """A recognizer of fields."""

    HOS = "hos"
    """Heuristic oversegmentation: candidate segments between cuts are classified."""
    SDNN = "sdnn"
    """Space-displacement network: a character classifier is swept over the line image."""
    ENSEMBLE = "ensemble"
    """Both: SDNN first, HOS where it is unsure, and their product of experts."""
