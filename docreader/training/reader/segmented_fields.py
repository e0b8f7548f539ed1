"""Labeled fields, cut into pieces: what a reader by heuristic over-segmentation learns from."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import gtn
from docreader.recognition.hos import segment_images
from docreader.training.reader.augmentation.field import redraw
from docreader.training.reader.dataset import Make, UnreachableLabelError, spelled
from segment.oversegmentation.graph import Segmentation, over_segment

_STREAM = 9


@dataclass(frozen=True, eq=False)
class Cut:
    """One way in which a field fell into pieces.

    Attributes:
        pictures: (N, channels, 32, 32) uint8 of its candidate segments.
        features: (N, features) float32 of their shapes.
        graph: The segmentation graph, with N arcs.
    """

    pictures: NDArray[np.uint8]
    features: NDArray[np.float32]
    graph: gtn.Graph


@dataclass(frozen=True, eq=False)
class LabeledField:
    """A field and what it says.

    Attributes:
        where: File and line of the label, for messages.
        target: Numbers of the characters in `alphabet.CHARACTERS`.
        latent: Whether points and fillers are not transcribed.
        cuts: The field as it is, cut; then distorted copies of it, cut anew: other writers' strokes meet elsewhere.
    """

    where: str
    target: tuple[int, ...]
    latent: bool
    cuts: tuple[Cut, ...]

    @property
    def text(self) -> str:
        """The label in the characters that are read."""
        return spelled(self.target)

    @property
    def size(self) -> int:
        """The same for all: a field needs no filling up beside a larger one."""
        return 0

    def hashed(self) -> Iterator[bytes]:
        """Pictures and label."""
        yield repr((self.target, self.latent)).encode()
        for cut in self.cuts:
            yield cut.pictures.tobytes()
            yield cut.features.tobytes()


def field_maker(channels: int, copies: int, seed: int, most: int | None = None) -> Make[LabeledField]:
    """A function that makes examples of images of fields.

    Args:
        channels: Pictures of a segment that are read together.
        copies: Distorted copies of each field, made once; the same seed and image give the same copies.
        seed: Start of their chance.
        most: Fields of more candidate segments count as blank: they cost much and teach little. None takes all.
    """

    def make(
        image: NDArray[np.uint8], where: str, target: tuple[int, ...], latent: bool
    ) -> LabeledField | None:
        found = over_segment(image)
        if found.empty or (most is not None and len(found.candidates) > most):
            return None
        check_pieces(target, found, where)
        cuts = [_cut(found, channels)]
        rng = np.random.default_rng([seed, _STREAM, zlib.crc32(image.tobytes())])
        for _ in range(copies):
            other = over_segment(redraw(image, rng))
            # What a distortion ran together no longer says the label: that copy is not worth having.
            if len(other.candidates.fragments) >= len(target):
                cuts.append(_cut(other, channels))
        return LabeledField(where, target, latent, tuple(cuts))

    return make


def check_pieces(target: tuple[int, ...], found: Segmentation, where: str) -> None:
    """Make sure that some path says a label: anything may be dirt, but each character needs a piece.

    Raises:
        UnreachableLabelError: The ink fell into fewer pieces than the label has characters.
    """
    pieces = len(found.candidates.fragments)
    if pieces < len(target):
        raise UnreachableLabelError(
            f"{where}: no path can say '{spelled(target)}': the ink was cut into {pieces} pieces and the label needs "
            f"{len(target)}; is it the right label of the right image?"
        )


def _cut(found: Segmentation, channels: int) -> Cut:
    return Cut(segment_images(found, channels), found.features, found.graph)
