"""Line image of a cleaned field: the fixed-height input of the SDNN, without segmentation."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from segment.cleaning.pipeline import CleaningConfig, Ink
from segment.image.arrays import Floats, GrayImage, Ints, Mask
from segment.image.config import check_settings
from segment.image.transform import Transform

CHANNELS = 2
"""Channels of a line image: the cleaned ink, and the original image."""

MAX_WIDTH = 8192
"""Widest line image, pixels; wider ones are squeezed to bound the memory."""

_OUTLIERS = 0.05
"""Share of the columns whose ink may exceed the text band at the top, and at the bottom."""

_PADDING = 0.2
"""Padding above and below the text band, in shares of its height."""

_OUTSIDE = 96
"""Value of the original image beyond its edges."""

_LEVELS = np.arange(256, dtype=np.float32)


@dataclass(frozen=True)
class LineConfig:
    """Geometry of a line image.

    Attributes:
        height: Height of the line image, pixels.
        ink: Height of the text band with its padding, pixels.
        margin: Margin to the left and right of the ink, pixels.
        stretch: Horizontal scale by vertical scale; above 1, narrow characters span more time steps.
        max_scale: Largest enlargement of small ink.
        slant: Slant applied to the deslanted ink, pixels to the right per pixel upward; widens the margins.
        cleaning: Settings of the cleaning pipeline.
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
class LineImage:
    """A line image, deslanted, deskewed and of fixed height.

    Attributes:
        pixels: (2, height, W) uint8, 0 paper .. 255 ink: the cleaned ink, and the original image at the same place
            with its contrast stretched, which shows strokes that cleaning lost and print that it kept; gray beyond its
            edges.
        to_source: Map to pixels of the image before cleaning.
        empty: True if there is no ink.
    """

    pixels: NDArray[np.uint8]
    to_source: Transform
    empty: bool


def make_line(image: GrayImage, ink: Ink, config: LineConfig) -> LineImage:
    """Build the line image of a cleaned amount.

    Args:
        image: (H, W) uint8, the image before cleaning.
        ink: Cleaned ink of the image.
        config: Geometry of the line image; its `cleaning` is not used.
    """
    if ink.empty:
        blank = np.zeros((CHANNELS, config.height, config.height), np.uint8)
        return LineImage(blank, ink.to_source, True)
    gray = (255 * ink.density).astype(np.uint8)
    width = gray.shape[1]
    top, bottom = _text_band(ink.mask)
    height = bottom - top
    down = min(config.ink / height, config.max_scale)
    # the first row and the last one are shifted by the slant
    left = config.margin + int(np.ceil(abs(config.slant) * config.height / 2))
    across = min(down * config.stretch, (MAX_WIDTH - 2 * left) / width)
    size = max(config.height, round(width * across) + 2 * left), config.height
    above = (config.height - height * down) / 2
    # pixels of the line image -> pixels of the ink, both at pixel centers
    shift = config.slant * (config.height - 1) / 2
    to_ink = np.array(
        [
            [1 / across, config.slant / across, (0.5 - left - shift) / across - 0.5],
            [0, 1 / down, (0.5 - above) / down - 0.5 + top],
        ]
    )
    linear, origin = ink.to_source.matrix[:2, :2], ink.to_source.matrix[:2, 2]
    to_source = np.column_stack([linear @ to_ink[:, :2], linear @ to_ink[:, 2] + origin])
    cleaned = _resample(gray, to_ink, down, size, cv2.BORDER_CONSTANT)
    scale = 1 / float(np.sqrt(abs(np.linalg.det(to_source[:, :2]))))
    image = image if ink.corrected is None else ink.corrected
    original = _stretch_contrast(_resample(image, to_source, scale, size, cv2.BORDER_REPLICATE))
    _mark_outside(original, to_source, image.shape)
    return LineImage(np.stack([cleaned, original]), Transform.affine(to_source), False)


def _mark_outside(line: NDArray[np.uint8], to_source: Floats, shape: tuple[int, ...]) -> None:
    """Mark the part of a line beyond the edges of its source, in place: a character may be cut there."""
    height, width = shape[0], shape[1]
    corners = np.array([[-0.5, -0.5], [width - 0.5, -0.5], [width - 0.5, height - 0.5], [-0.5, height - 0.5]])
    inverse = np.linalg.inv(to_source[:, :2])
    inside = np.rint((corners - to_source[:, 2]) @ inverse.T * 16).astype(np.int32)
    mask = np.zeros(line.shape, np.uint8)
    cv2.fillConvexPoly(mask, inside, 1, shift=4)
    line[mask == 0] = _OUTSIDE


def _text_band(mask: Mask) -> tuple[int, int]:
    """Return the first row of the text band and the row after its last, without long ascending or descending strokes.

    A long stroke after the amount would otherwise reduce the size of the digits.

    Args:
        mask: (H, W) ink with two rows of paper above and below.
    """
    height = mask.shape[0]
    columns = np.ascontiguousarray(mask.T)  # argmax stops at the first ink along rows
    columns = columns[columns.any(axis=1)]
    top = _quantile(columns.argmax(axis=1), _OUTLIERS)
    bottom = height - _quantile(columns[:, ::-1].argmax(axis=1), _OUTLIERS)
    padding = max(2.0, _PADDING * (bottom - top))
    return max(0, int(top - padding)), min(height, int(np.ceil(bottom + padding)))


def _quantile(values: Ints, share: float) -> float:
    """Compute a quantile as `numpy.quantile`, which takes 20 times as long for a few hundred values."""
    ordered = np.sort(values)
    rank = (values.size - 1) * share
    low = int(rank)
    high = min(low + 1, values.size - 1)
    return float(ordered[low] + (ordered[high] - ordered[low]) * (rank - low))


def _resample(
    image: NDArray[np.uint8], to_source: Floats, scale: float, size: tuple[int, int], border: int
) -> NDArray[np.uint8]:
    """Warp an image by a (2, 3) inverse map, with a low-pass filter if it shrinks, so that strokes do not break."""
    if scale < 0.8:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), 0.45 / scale), np.uint8)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    resampled = cv2.warpAffine(image, to_source, size, flags=flags, borderMode=border, borderValue=0)
    return np.asarray(resampled, np.uint8)


def _stretch_contrast(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Map gray levels to 0 at the paper and 255 at the ink, independently of the exposure."""
    count = cv2.calcHist([image], [0], None, [256], [0, 256]).ravel().cumsum(dtype=np.int64)
    darkest, paper = (_percentile(count, percent) for percent in (1, 90))
    spread = max(paper - darkest, 24.0)  # a smaller range is noise, not ink
    # one value for each of the 256 gray levels
    stretched = np.minimum(np.maximum((paper - _LEVELS) / spread, 0), 1)
    return np.asarray(cv2.LUT(image, (255 * stretched).astype(np.uint8)), np.uint8)


def _percentile(cumulated: Ints, percent: float) -> float:
    """Compute a percentile as `numpy.percentile`, from a cumulated histogram of gray levels."""
    rank = (int(cumulated[-1]) - 1) * percent / 100
    ranks = [int(rank) + 1, min(int(rank) + 2, int(cumulated[-1]))]
    low, high = cumulated.searchsorted(ranks).tolist()
    return float(low + (high - low) * (rank - int(rank)))
