"""Labeled line images, the examples of a line recognizer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from docreader.recognition.line_views import make_line_views
from docreader.recognition.sdnn import time_steps
from docreader.training.reader.transcription import SPOILED, check_time_steps, to_text
from segment.line_image import LineConfig


@dataclass(frozen=True, eq=False)
class LabeledLineImage:
    """Line image and its transcription.

    Attributes:
        where: File and line of the label, for messages.
        image: (C, H, W) uint8 line image.
        target: Numbers of the characters in `alphabet.CHARACTERS`.
        digits_only: Whether separators and fillers are not transcribed; the network explains them by any class.
        views: Line images of test-time augmentation, `image` first.
    """

    where: str
    image: NDArray[np.uint8]
    target: tuple[int, ...]
    digits_only: bool
    views: tuple[NDArray[np.uint8], ...] = ()

    @property
    def text(self) -> str:
        """Transcription in the characters of the alphabet."""
        return to_text(self.target)

    @property
    def spoiled(self) -> bool:
        """Whether the image has no clean amount."""
        return self.target == SPOILED

    @property
    def size(self) -> int:
        """Width, pixels."""
        return int(self.image.shape[2])

    def content(self) -> Iterator[bytes]:
        """Yield image and transcription."""
        yield repr((self.image.shape, self.target, self.digits_only)).encode()
        yield self.image.tobytes()


def make_line_example(
    image: NDArray[np.uint8],
    where: str,
    target: tuple[int, ...],
    digits_only: bool,
    views: Sequence[LineConfig],
) -> LabeledLineImage | None:
    """Make the example of an image; None for a blank image.

    Args:
        image: (H, W) gray.
        where: File and line of the label, for messages.
        target: Numbers of the characters.
        digits_only: Whether separators and fillers are not transcribed.
        views: Formats of the line images; the first is trained on.

    Raises:
        UnreachableLabelError: The line is too short for its label.
    """
    found = make_line_views(image, views)
    if found.empty:
        return None
    line = found.line
    check_time_steps(target, time_steps(line.pixels.shape[2]), where)
    return LabeledLineImage(
        where, line.pixels, target, digits_only, tuple(view.pixels for view in found.lines)
    )
