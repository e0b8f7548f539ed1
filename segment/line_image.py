"""A cleaned amount as a line of fixed height: what a network reads that sweeps over it without cuts."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning.pipeline import CleaningConfig, Ink
from segment.image.arrays import GrayImage
from segment.image.config import check_settings

CHANNELS = 2
"""Pictures of a line: the cleaned ink, and the image as it was."""

MAX_WIDTH = 8192
"""A wider line is squeezed to this, pixels: what is that long is no amount, and must not fill the memory."""


_FEW = 0.05
"""Share of the columns of a line whose ink may run out of it."""

_ROOM = 0.2
"""What a line keeps above and below the ink of the other columns, in shares of that ink's height."""


_LEVELS = np.arange(256, dtype=np.float32)


@dataclass(frozen=True)
class LineConfig:
    """How a line is made.

    Attributes:
        height: of the line, pixels.
        ink: what the ink is scaled to from top to bottom, pixels; around it stands what cleaning cropped.
        margin: left and right of the ink, pixels.
        stretch: width by height: letters are widened, so that enough frames fall on a narrow one.
        max_scale: small ink is not enlarged beyond this.
        slant: pixels to the right for one up by which what was set upright is slanted again; the line gets the room.
        cleaning: how ink is found.
    """

    height: int = 32
    ink: int = 28
    margin: int = 6
    stretch: float = 1.5
    max_scale: float = 2.5
    slant: float = 0.0
    cleaning: CleaningConfig = field(default_factory=CleaningConfig)

    def __post_init__(self) -> None:
        check_settings(
            self, {"height": (8, 512), "margin": (0, 512), "stretch": (0.1, 10), "max_scale": (0.1, 20)}
        )
        check_settings(self, {"ink": (1, self.height), "slant": (-2, 2)})


@dataclass(frozen=True, eq=False)
class Line:
    """A line, upright and of fixed height.

    Attributes:
        picture: (2, height, W) uint8, 0 paper .. 255 ink. First the cleaned ink, then the image itself in the same
            place, its contrast stretched: where cleaning lost a stroke, or took print for one, the second tells.
        to_page: (2, 3) float64, takes (x, y, 1) in pixels of the line to pixels (x, y) of the image.
        empty: whether no ink was found.
    """

    picture: NDArray[np.uint8]
    to_page: NDArray[np.float64]
    empty: bool


def make_line(image: GrayImage, ink: Ink, config: LineConfig) -> Line:
    """Make a line of an amount that is cleaned already.

    Args:
        image: (H, W) uint8.
        ink: Its ink.
        config: How; the cleaning in it is not looked at.
    """
    if ink.empty:
        blank = np.zeros((CHANNELS, config.height, config.height), np.uint8)
        return Line(blank, ink.to_page, True)
    gray = (255 * ink.gray).astype(np.uint8)
    width = gray.shape[1]
    top, bottom = _band(ink.mask)
    height = bottom - top
    down = min(config.ink / height, config.max_scale)
    left = config.margin + int(
        np.ceil(abs(config.slant) * config.height / 2)
    )  # the first row and the last need room
    across = min(down * config.stretch, (MAX_WIDTH - 2 * left) / width)
    size = max(config.height, round(width * across) + 2 * left), config.height
    above = (config.height - height * down) / 2
    # line pixels -> ink pixels, both counted at their centers
    middle = config.slant * (config.height - 1) / 2
    to_ink = np.array(
        [
            [1 / across, config.slant / across, (0.5 - left - middle) / across - 0.5],
            [0, 1 / down, (0.5 - above) / down - 0.5 + top],
        ]
    )
    linear, shift = ink.to_page[:, :2], ink.to_page[:, 2]
    to_page = np.column_stack([linear @ to_ink[:, :2], linear @ to_ink[:, 2] + shift])
    cleaned = _resample(gray, to_ink, down, size, cv2.BORDER_CONSTANT)
    scale = 1 / float(np.sqrt(abs(np.linalg.det(to_page[:, :2]))))
    raw = _darkness(_resample(image, to_page, scale, size, cv2.BORDER_REPLICATE))
    return Line(np.stack([cleaned, raw]), to_page, False)


def _band(mask: NDArray[np.bool_]) -> tuple[int, int]:
    """The first row of a line and the one behind its last, without the ends of a few strokes that run far out of it.

    A long stroke behind the amount would make the digits small.

    Args:
        mask: (H, W) ink, two rows of paper above and below it.
    """
    height = mask.shape[0]
    turned = np.ascontiguousarray(mask.T)  # a search along rows ends at the first ink
    turned = turned[turned.any(axis=1)]
    top = _quantile(turned.argmax(axis=1), _FEW)
    bottom = height - _quantile(turned[:, ::-1].argmax(axis=1), _FEW)
    room = max(2.0, _ROOM * (bottom - top))
    return max(0, int(top - room)), min(height, int(np.ceil(bottom + room)))


def _quantile(values: NDArray[np.int64], share: float) -> float:
    """The same as `numpy.quantile`, which takes twenty times as long for so few."""
    ordered = np.sort(values)
    rank = (values.size - 1) * share
    low = int(rank)
    high = min(low + 1, values.size - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (rank - low))


def _resample(
    image: NDArray[np.uint8], back: NDArray[np.float64], scale: float, size: tuple[int, int], border: int
) -> NDArray[np.uint8]:
    """Map an image through (2, 3) `back`; where it shrinks, it is blurred first, lest strokes break up."""
    if scale < 0.8:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.45 / scale), np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    resampled = cv2.warpAffine(image, back, size, flags=flags, borderMode=border, borderValue=0)
    return np.asarray(resampled, np.uint8)


def _darkness(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Paper 0, ink 255, whatever the scanner's light was."""
    count = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel().cumsum(dtype=np.int64)
    darkest, paper = (_percentile(count, percent) for percent in (1, 90))
    spread = max(paper - darkest, 24.0)  # of fewer gray levels no ink is made
    # one value for each of the 256 gray levels
    stretched = np.minimum(np.maximum((paper - _LEVELS) / spread, 0), 1)
    return np.asarray(cv2.LUT(image, (255 * stretched).astype(np.uint8)), np.uint8)


def _percentile(count: NDArray[np.int64], percent: float) -> float:
    """The same as `numpy.percentile`, from how many pixels have a gray level or less."""
    rank = (int(count[-1]) - 1) * percent / 100
    low, high = count.searchsorted([int(rank) + 1, min(int(rank) + 2, int(count[-1]))]).tolist()
    return float(low + (high - low) * (rank - int(rank)))
