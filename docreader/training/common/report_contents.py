"""Contents of the report of a trained network."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""(H, W) gray or (H, W, 3) color image."""


@dataclass(frozen=True)
class Mistake:
    """Misclassified image.

    Attributes:
        image: Image.
        truth: True class.
        predicted: Predicted class.
        confidence: Posterior of the predicted class, 0 to 1.
        name: Name of the image.
    """

    image: Image
    truth: str
    predicted: str
    confidence: float
    name: str


@dataclass(frozen=True)
class ReportContents:
    """Contents of a report.

    Attributes:
        title: Name of the model.
        part: Name of the test images.
        sentences: Metrics in sentences.
        settings: Names and values of the recipe.
        history: One row of metrics for each epoch.
        labels: Class names.
        confusion: Confusion matrix (classes, classes), true classes in rows; None without test images.
        mistakes: Mistakes, most confident first.
        filters: Kernels (K, C, h, w) of the first layer; None without convolutions.
        maps: Names of layers with the feature maps (C, h, w) of the sample.
        sample: Image of the feature maps; None without test images.
    """

    title: str
    part: str
    sentences: Sequence[str]
    settings: Sequence[tuple[str, str]]
    history: Sequence[dict[str, float]]
    labels: Sequence[str]
    confusion: NDArray[np.int64] | None = None
    mistakes: Sequence[Mistake] = ()
    filters: NDArray[np.float32] | None = None
    maps: Sequence[tuple[str, NDArray[np.float32]]] = ()
    sample: Image | None = None
