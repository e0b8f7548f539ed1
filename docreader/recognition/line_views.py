"""Line views: the line images of a field that a network is swept over, those of test-time augmentation included."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.recognition.base import FieldVisual
from models.errors import MetadataError
from models.files import LoadedModel
from models.line_recognizers import LineRecognizerConfig, PackedLineRecognizer
from models.metadata import build_configuration
from segment.cleaning.pipeline import CleaningConfig, clean
from segment.image.box import Box
from segment.line_image import LineConfig, LineImage, make_line

LENET5 = LineConfig(stretch=1.2)
"""Lines for LeNet-5, which knows digits as in MNIST, 20 pixels high. Its windows are four pixels apart: letters are
widened so that one falls on each of two narrow ones."""

TTA_SLANT = 0.2
"""Slant of the views of test-time augmentation, horizontal by vertical pixels."""


@dataclass(frozen=True, eq=False)
class LineViews:
    """A field as line images, made in one or more ways."""

    line: LineImage
    """The line of the first view."""
    make_others: Callable[[], tuple[LineImage, ...]] = tuple
    """Makes the lines of the other views."""
    scores: dict[tuple[PackedLineRecognizer, int], torch.Tensor] = field(default_factory=dict)
    """Score sequences by network and view: the second pass needs those of the first again."""

    @cached_property
    def lines(self) -> tuple[LineImage, ...]:
        """The lines of all views; the others are made on first use."""
        return (self.line, *self.make_others())

    @property
    def empty(self) -> bool:
        """Whether the field has no ink."""
        return self.line.empty

    def visual(self) -> FieldVisual:
        """Return the line of the first view."""
        return FieldVisual(line=self.line)


def tta_views(config: LineConfig) -> tuple[LineConfig, ...]:
    """Derive the views of a field: as trained on, and slanted to both sides for the second pass."""
    return config, replace(config, slant=TTA_SLANT), replace(config, slant=-TTA_SLANT)


def default_line_config(network: LineRecognizerConfig) -> LineConfig:
    """Return the line configuration for a new network."""
    return LENET5 if network.backbone == "lenet5" else LineConfig()


def line_config(model: LoadedModel) -> LineConfig:
    """Read the line configuration that a model was trained on; the default one where its file has none.

    Raises:
        MetadataError: The configuration is not valid.
    """
    values = model.metadata.preprocessing
    if not values:
        return default_line_config(model.config)
    cleaning = values.get("cleaning", {})
    try:
        if not isinstance(cleaning, dict):
            raise MetadataError(f"cleaning must be a mapping, not {cleaning!r:.40}")
        ready = values | {"cleaning": build_configuration(CleaningConfig, cleaning)}
        return build_configuration(LineConfig, ready)
    except MetadataError as error:
        raise MetadataError(f"model {model.name} has no valid line configuration: {error}") from error


def make_line_views(
    image: NDArray[np.uint8], views: Sequence[LineConfig], field_box: Box | None = None
) -> LineViews:
    """Clean a field once, and make the line of the first view."""
    first, *others = views
    ink = clean(image, first.cleaning, field_box)
    return LineViews(
        make_line(image, ink, first), lambda: tuple(make_line(image, ink, other) for other in others)
    )
