"""Preprocessing of images of any shape for a classifier."""

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.errors import MetadataError
from models.metadata import check
from models.transfer import to_device

MODES = ("square", "page")
MIN_SIDE = 64
"""Least height and width of a page, pixels; the convolutions need at least 63."""

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Mean and standard deviation of the colors of ImageNet, as for torchvision's weights."""


@dataclass(frozen=True)
class Preprocessing:
    """Preprocessing of images, saved with the weights.

    Attributes:
        mode: 'square': resize the shorter side to `resize` and crop the central square of `size`. 'page': resize the
            longer side to `size` and keep the aspect ratio.
        size: Side of the network input, pixels.
        resize: Side of the square before the crop, pixels; not used for pages.
        mean: Mean of each channel, 0 to 1; one channel for gray.
        std: Standard deviation of each channel.
    """

    mode: str
    size: int
    resize: int
    mean: tuple[float, ...] = MEAN
    std: tuple[float, ...] = STD

    def __post_init__(self) -> None:
        check("mode", self.mode, self.mode in MODES, f"one of {', '.join(MODES)}")
        for name in ("size", "resize"):
            value = getattr(self, name)
            check(name, value, isinstance(value, int) and 8 <= value <= 4096, "a number of 8 to 4096")
        if (
            len(self.mean) not in (1, 3)
            or len(self.std) != len(self.mean)
            or not all(s > 0 for s in self.std)
        ):
            raise MetadataError("mean and std must be numbers for 1 or 3 channels, std above 0")
        if self.mode == "square" and self.resize < self.size:
            raise MetadataError(f"resize must be at least size, {self.size}, not {self.resize}")

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Preprocessing":
        """Build the preprocessing of a model file.

        Raises:
            MetadataError: A field is missing, unknown or invalid.
        """
        try:
            given: dict[str, Any] = {
                k: tuple(map(float, v)) if isinstance(v, list) else v for k, v in values.items()
            }
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise MetadataError(f"the preprocessing is not that of a classifier: {error}") from error

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @property
    def gray(self) -> bool:
        """Whether images are converted to gray."""
        return len(self.mean) == 1

    def fit(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Resize an image (H, W, 3) to a square of side `resize`, or a page: (C, H, W) uint8."""
        height, width = image.shape[:2]
        if self.mode == "page":
            factor = self.size / max(height, width)
            height, width = (max(MIN_SIDE, round(side * factor)) for side in (height, width))
            image = _resized(image, height, width)
        else:
            factor = self.resize / min(height, width)
            height, width = (max(self.resize, round(side * factor)) for side in (height, width))
            top, left = (height - self.resize) // 2, (width - self.resize) // 2
            image = _resized(image, height, width)[top : top + self.resize, left : left + self.resize]
        if self.gray:
            image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None].astype(np.uint8)
        return np.ascontiguousarray(image.transpose(2, 0, 1))

    def crop(self, images: Tensor) -> Tensor:
        """Crop the central square of side `size` from images (N, C, H, W); pages are kept."""
        if self.mode == "page":
            return images
        start = (self.resize - self.size) // 2
        return images[:, :, start : start + self.size, start : start + self.size]

    def normalize(self, images: Tensor) -> Tensor:
        """Normalize images (N, C, H, W) of 0 to 255 by mean and standard deviation."""
        mean, std = (to_device(torch.tensor(v), images.device).view(-1, 1, 1) for v in (self.mean, self.std))
        return (images.float() / 255 - mean) / std


def _resized(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if image.shape[:2] == (height, width):
        return image
    smaller = height * width < image.shape[0] * image.shape[1]
    interpolation = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=interpolation).astype(np.uint8)
