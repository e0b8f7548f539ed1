"""What an image shows, as a caller names it."""

from enum import StrEnum


class FieldKind(StrEnum):
    """Content of an image."""

    AUTO = "auto"
    """Decide by the image."""
    AMOUNT = "amount"
    """A cut-out amount."""
    CHECK = "check"
    """A whole check, on which the amount field is located."""
