"""Labeled over-segmented images, the examples of a segment scorer."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import gtn
from docreader.recognition.hos import segment_images
from docreader.training.reader.augmentation.field import augment_field
from docreader.training.reader.dataset import ExampleFactory
from docreader.training.reader.transcription import UnreachableLabelError, to_text
from segment.oversegmentation.graph import Segmentation, over_segment

_STREAM = 9


@dataclass(frozen=True, eq=False)
class SegmentSet:
    """Candidate segments of an image.

    Attributes:
        images: (N, channels, 32, 32) uint8 of the segments.
        features: (N, features) float32 of their shapes.
        graph: Segmentation graph with N arcs.
    """

    images: NDArray[np.uint8]
    features: NDArray[np.float32]
    graph: gtn.Graph


@dataclass(frozen=True, eq=False)
class LabeledSegmentation:
    """Over-segmented image and its transcription.

    Attributes:
        where: File and line of the label, for messages.
        target: Numbers of the characters in `alphabet.CHARACTERS`.
        digits_only: Whether separators and fillers are not transcribed.
        variants: Segments of the image, then those of its augmented copies.
    """

    where: str
    target: tuple[int, ...]
    digits_only: bool
    variants: tuple[SegmentSet, ...]

    @property
    def text(self) -> str:
        """Transcription in the characters of the alphabet."""
        return to_text(self.target)

    @property
    def size(self) -> int:
        """Equal for all: segments need no padding."""
        return 0

    def content(self) -> Iterator[bytes]:
        """Yield segments and transcription."""
        yield repr((self.target, self.digits_only)).encode()
        for variant in self.variants:
            yield variant.images.tobytes()
            yield variant.features.tobytes()


def segment_example_factory(
    channels: int, copies: int, seed: int, max_segments: int | None = None
) -> ExampleFactory[LabeledSegmentation]:
    """Build a function that over-segments labeled images.

    Args:
        channels: Channels of a segment's image.
        copies: Augmented copies of each image; they depend on the seed and the image alone.
        seed: Random seed of the copies.
        max_segments: Largest number of candidate segments; images with more count as blank. None is no limit.
    """

    def make(
        image: NDArray[np.uint8], where: str, target: tuple[int, ...], digits_only: bool
    ) -> LabeledSegmentation | None:
        found = over_segment(image)
        if found.empty or (max_segments is not None and len(found.candidates) > max_segments):
            return None
        check_fragments(target, found, where)
        variants = [_segment_set(found, channels)]
        rng = np.random.default_rng([seed, _STREAM, zlib.crc32(image.tobytes())])
        for _ in range(copies):
            other = over_segment(augment_field(image, rng))
            # a copy whose characters merged into fewer fragments cannot be read
            if len(other.candidates.fragments) >= len(target):
                variants.append(_segment_set(other, channels))
        return LabeledSegmentation(where, target, digits_only, tuple(variants))

    return make


def check_fragments(target: tuple[int, ...], found: Segmentation, where: str) -> None:
    """Check that some path accepts a transcription: each character needs a fragment, all others may be dirt.

    Raises:
        UnreachableLabelError: There are fewer fragments than characters.
    """
    fragments = len(found.candidates.fragments)
    if fragments < len(target):
        raise UnreachableLabelError(
            f"{where}: no path accepts '{to_text(target)}': the ink has {fragments} fragments and the label needs "
            f"{len(target)}; is it the right label of the right image?"
        )


def _segment_set(found: Segmentation, channels: int) -> SegmentSet:
    return SegmentSet(segment_images(found, channels), found.features, found.graph)
