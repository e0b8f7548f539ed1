"""From an image of any shape to what a classifier sees."""

from dataclasses import asdict, dataclass
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.errors import MetadataError
from models.transfer import to_device

MODES = ("square", "page")
LEAST = 64
"""Pages are at least this many pixels each way: the convolutions leave nothing of smaller ones."""

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Colors that the weights of 2014 were trained with, of ImageNet."""


@dataclass(frozen=True)
class Preparation:
    """How images are prepared, saved with the weights.

    Attributes:
        mode: 'square': the shorter side becomes `resize`, and a square of `size` is cut from the middle. 'page': the
            longer side becomes `size`, all of the image is seen, its shape kept.
        size: In pixels.
        resize: In pixels; not used for pages.
        mean: of each channel, 0 to 1; one channel for gray.
        std: of each channel.
    """

    mode: str
    size: int
    resize: int
    mean: tuple[float, ...] = MEAN
    std: tuple[float, ...] = STD

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise MetadataError(f"mode must be one of {', '.join(MODES)}, not {self.mode!r:.80}")
        for name in ("size", "resize"):
            value = getattr(self, name)
            if not isinstance(value, int) or not 8 <= value <= 4096:
                raise MetadataError(f"{name} must be a number of 8 to 4096, not {value!r:.80}")
        if (
            len(self.mean) not in (1, 3)
            or len(self.std) != len(self.mean)
            or not all(s > 0 for s in self.std)
        ):
            raise MetadataError("mean and std must be numbers for 1 or 3 channels, std above 0")
        if self.mode == "square" and self.resize < self.size:
            raise MetadataError(f"resize must be at least size, {self.size}, not {self.resize}")

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Preparation":
        """The preparation that a model file names.

        Raises:
            MetadataError: A field is missing, unknown or makes no sense.
        """
        try:
            given: dict[str, Any] = {
                k: tuple(map(float, v)) if isinstance(v, list) else v for k, v in values.items()
            }
            return cls(**given)
        except (TypeError, ValueError) as error:
            raise MetadataError(f"the preprocessing is not that of a classifier: {error}") from error

    def to_json(self) -> dict[str, Any]:
        """The fields as JSON values."""
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @property
    def gray(self) -> bool:
        """Whether colors are left out."""
        return len(self.mean) == 1

    def fit(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(C, H, W) uint8 of an image (H, W, 3): the square of side `resize`, or the page."""
        height, width = image.shape[:2]
        if self.mode == "page":
            factor = self.size / max(height, width)
            height, width = (max(LEAST, round(side * factor)) for side in (height, width))
            image = _resized(image, height, width)
        else:
            factor = self.resize / min(height, width)
            height, width = (max(self.resize, round(side * factor)) for side in (height, width))
            top, left = (height - self.resize) // 2, (width - self.resize) // 2
            image = _resized(image, height, width)[top : top + self.resize, left : left + self.resize]
        if self.gray:
            image = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[..., None].astype(np.uint8)
        return np.ascontiguousarray(image.transpose(2, 0, 1))

    def normalize(self, pictures: Tensor) -> Tensor:
        """(N, C, H, W) of 0 to 255 as the network sees them."""
        mean, std = (
            to_device(torch.tensor(v), pictures.device).view(-1, 1, 1) for v in (self.mean, self.std)
        )
        return (pictures.float() / 255 - mean) / std


def _resized(image: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    if image.shape[:2] == (height, width):
        return image
    smaller = height * width < image.shape[0] * image.shape[1]
    way = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return cv2.resize(image, (width, height), interpolation=way).astype(np.uint8)
