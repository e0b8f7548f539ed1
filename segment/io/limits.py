"""Size limits that are checked before decoding."""

from dataclasses import dataclass

from segment.errors import SegmentError


@dataclass(frozen=True)
class Limits:
    """Size limits of pages and files; the command has options of the same names.

    Attributes:
        max_pixels: Pixels of one page. A check at 300 dpi has 2.5 million.
        max_pages: Pages of one file.
        max_bytes: Bytes of one file.

    Raises:
        SegmentError: A limit is below 1.
    """

    max_pixels: int = 100_000_000
    max_pages: int = 1_000
    max_bytes: int = 1_000_000_000

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise SegmentError(f"{name} is {value}; it must be at least 1")


DEFAULT_LIMITS = Limits()
"""Limits of the readers and the command by default."""
