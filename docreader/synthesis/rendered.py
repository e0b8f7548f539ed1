"""Ground truth of a synthetic amount field."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from docreader.synthesis.amounts import WrittenAmount

MarkBox = tuple[str, float, float, float, float]
"""Character and box (x, y, w, h), pixels, of a handwritten mark."""


@dataclass(frozen=True)
class RenderedAmount:
    """Synthetic image with its ground truth.

    Attributes:
        image: (H, W) uint8, 0 black .. 255 white.
        label: Digits alone, from left to right.
        text: Written characters in canonical form.
        transcript: Target of a reader, in the characters of `alphabet.INPUT_SYMBOLS` and their look-alikes: the text
            and, if the crop shows one, the currency symbol as `$`.
        amount: Value.
        currency: ISO 4217 code.
        style: Name of the style.
        marks: Handwritten marks in the order of the text.
    """

    image: np.ndarray
    label: str
    text: str
    transcript: str
    amount: Decimal
    currency: str
    style: str
    marks: tuple[MarkBox, ...]

    @classmethod
    def from_written(
        cls,
        image: np.ndarray,
        written: WrittenAmount,
        style: str,
        *,
        symbol: bool,
        marks: tuple[MarkBox, ...] = (),
    ) -> "RenderedAmount":
        """Combine an image with the amount that it shows.

        Args:
            image: (H, W) uint8.
            written: Written form of the amount.
            style: Name of the style.
            symbol: Whether the crop shows a currency symbol.
            marks: Handwritten marks in the order of the text.

        Returns:
            Image with its ground truth.
        """
        return cls(
            image=image,
            label=written.digits,
            text=written.text,
            transcript=("$" if symbol else "") + written.transcript,
            amount=written.amount,
            currency=written.currency,
            style=style,
            marks=marks,
        )

    @property
    def boxes(self) -> list[list[int]]:
        """Return [class, x, y, w, h] of each digit, whole pixels, from left to right: the form of boxes.json."""
        return digit_boxes(self.marks)


def digit_boxes(marks: tuple[MarkBox, ...]) -> list[list[int]]:
    """Return [class, x, y, w, h] of each digit among marks, whole pixels."""
    return [[int(c), *(round(v) for v in box)] for c, *box in marks if c.isdigit()]
