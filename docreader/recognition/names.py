"""Names of the recognizers."""

from enum import StrEnum


class MethodName(StrEnum):
    """A recognizer of fields."""

    HOS = "hos"
    """Heuristic over-segmentation: candidate segments between cuts are classified."""
    SDNN = "sdnn"
    """Space displacement neural network: a character classifier is swept over the line image."""
    ENSEMBLE = "ensemble"
    """SDNN, and HOS for fields of low confidence; a product of experts merges them."""
