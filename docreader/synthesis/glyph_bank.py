"""Bank of handwritten digits from an IDX folder, vectorized on demand."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np

from docreader.io.idx import read_digits
from docreader.synthesis.errors import DigitsError
from docreader.synthesis.glyph import Glyph
from docreader.synthesis.vectorize import trace_strokes

_CANDIDATES = 40  # digits compared in the search for one similar to the writer's own


@dataclasses.dataclass(eq=False)
class DigitBank:
    """Isolated handwritten digits with their classes.

    Attributes:
        images: (N, H, W) uint8, 0 paper .. 255 ink.
        labels: (N,) uint8, 0..9.

    Raises:
        DigitsError: A class has no image.
    """

    images: np.ndarray
    labels: np.ndarray

    def __post_init__(self) -> None:
        self._of_class = [np.flatnonzero(self.labels == c) for c in range(10)]
        empty = [c for c, members in enumerate(self._of_class) if not len(members)]
        if empty:
            raise DigitsError(f"there is no image of the digits {empty}; all of 0 to 9 are needed")
        self._thumbs = np.stack([cv2.resize(i, (7, 7), interpolation=cv2.INTER_AREA) for i in self.images])
        self._lean, self._class_lean = self._leans()
        self._glyphs: dict[int, Glyph | None] = {}

    @classmethod
    def from_directory(cls, directory: str | Path, part: str = "train") -> "DigitBank":
        """Load the digits of a folder in MNIST's format.

        Args:
            directory: Folder of `train-images-idx3-ubyte` ..., with or without `.gz`.
            part: `train` or `test`.

        Returns:
            Bank without vectorized digits.

        Raises:
            IdxError: A file is missing or damaged.
            DigitsError: A digit has no image.
        """
        digits = read_digits(Path(directory), part)
        return cls(digits.images, digits.labels)

    def __len__(self) -> int:
        return len(self.labels)

    def pick(self, rng: np.random.Generator, digit: int, like: int | None = None) -> int:
        """Draw a digit of a class.

        Args:
            rng: Random generator.
            digit: Class, 0..9.
            like: Index of a digit to which the result is similar; any of the class if None.

        Returns:
            Index of the digit in the bank.

        Raises:
            DigitsError: No image of the class has strokes.
        """
        members = self._of_class[digit]
        for _ in range(20):
            if like is None:
                number = int(members[rng.integers(len(members))])
            else:
                some = members[rng.integers(len(members), size=_CANDIDATES)]
                difference = self._thumbs[some].astype(np.float32) - self._thumbs[like]
                number = int(some[np.argmin((difference**2).sum(axis=(1, 2)))])
            if self._trace(number) is not None:
                return number
        raise DigitsError(
            f"the images of digit {digit} have no strokes: they are blank, or too thick to be traced"
        )

    def glyph(self, number: int) -> Glyph:
        """Return the strokes of a digit, deslanted, one unit high.

        Args:
            number: Index of the digit in the bank.

        Returns:
            Glyph.

        Raises:
            DigitsError: The image has no strokes.
        """
        glyph = self._trace(number)
        if glyph is None:
            raise DigitsError(
                f"image {number} of the bank has no strokes: it is blank, or too thick to be traced"
            )
        return glyph

    def _trace(self, number: int) -> Glyph | None:
        if number not in self._glyphs:
            self._glyphs[number] = self._trace_uncached(number)
        return self._glyphs[number]

    def _trace_uncached(self, number: int) -> Glyph | None:
        strokes = trace_strokes(self.images[number])
        if not strokes:
            return None
        points = np.concatenate(strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        # limits the width of a horizontal bar
        unit = max(float(high[1] - low[1]), 0.5 * float(high[0] - low[0]), 1.0)
        lean = float(self._lean[number] - self._class_lean[self.labels[number]])
        upright = np.array([[1.0, lean], [0.0, 1.0]])
        return Glyph(tuple((s - [low[0], high[1]]).astype(np.float32) / unit for s in strokes)).map(upright)

    def _leans(self) -> tuple[np.ndarray, np.ndarray]:
        """Estimate the slant of each image, and the median slant of each class (7 and 4 have one by their shape).

        Slant is dx/dy from second moments, positive if the top leans to the right.
        """
        height, width = self.images.shape[1:]
        y, x = np.mgrid[:height, :width].reshape(2, -1).astype(np.float32)
        flat = self.images.reshape(len(self.images), -1)
        moments = np.concatenate(
            [part.astype(np.float32) @ np.stack([np.ones_like(x), x, y, x * y, y * y], axis=1)
             for part in np.array_split(flat, max(1, len(flat) // 4096))]
        )  # fmt: skip
        mass = np.maximum(moments[:, 0], 1.0)
        mean_x, mean_y = moments[:, 1] / mass, moments[:, 2] / mass
        covariance = moments[:, 3] / mass - mean_x * mean_y
        variance = np.maximum(moments[:, 4] / mass - mean_y**2, 1e-3)
        lean = np.clip(-covariance / variance, -0.8, 0.8)
        by_class = np.array([np.median(lean[members]) for members in self._of_class])
        return lean, by_class - np.median(by_class)
