"""Recognizer protocol: prepared fields, lattices pass by pass, boxes of the characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docreader.decoding.grammar import Grammar
    from docreader.decoding.lattice import Lattice
    from docreader.decoding.search import Hypothesis
    from docreader.io.records import Character
    from segment.image.box import Box
    from segment.line_image import LineImage
    from segment.oversegmentation.graph import Segmentation


@dataclass(frozen=True, eq=False)
class FieldVisual:
    """Intermediate images of a prepared field, for pictures."""

    line: LineImage | None = None
    """The line image that a network was swept over."""
    segmentation: Segmentation | None = None
    """Cuts and candidate segments."""


class PreparedField(Protocol):
    """A field, cleaned and ready for a recognizer."""

    @property
    def empty(self) -> bool:
        """Whether the field has no ink."""

    def visual(self) -> FieldVisual:
        """Return the intermediate images."""


Field = TypeVar("Field", bound=PreparedField)


class Recognizer(Protocol[Field]):
    """From the pixels of a field to a lattice of characters, in one or more passes.

    Attributes:
        name: Name of the method.
        defer_below: Confidences below which a field goes to the next pass; one fewer than there are passes.
    """

    name: str
    defer_below: tuple[float, ...]

    def prepare(self, image: NDArray[np.uint8], field_box: Box | None = None) -> Field:
        """Clean one field, on the CPU.

        Args:
            image: (H, W) gray, 0 black .. 255 white.
            field_box: The field within the image, where the image shows more: strokes that run out of it are kept
                whole, components mostly outside are dropped.
        """

    def score(self, fields: Sequence[Field], pass_number: int = 0) -> Lattice:
        """Score prepared fields.

        Args:
            fields: One or more.
            pass_number: 0 for the first pass.

        Returns:
            A graph for each field, on the CPU.
        """

    def least_share(self, pass_number: int, accept_from: float) -> float:
        """Return the least probability of an amount from which a later pass can bring one to a confidence.

        Args:
            pass_number: 1 for the second pass.
            accept_from: The confidence, 0 .. 1.

        Returns:
            Probability after the pass before that an amount stands in the field; 0 where any pass may do it.
        """
        return 0.0

    def merge(
        self,
        pass_number: int,
        earlier: Sequence[Hypothesis],
        found: Sequence[Hypothesis],
        grammar: Grammar,
        n_best: int,
    ) -> list[Hypothesis]:
        """Merge the hypotheses of a later pass with those of the passes before it.

        Args:
            pass_number: 1 for the second pass.
            earlier: Hypotheses of the passes before.
            found: Hypotheses of this pass.
            grammar: Decides which texts have the same value.
            n_best: Hypotheses wanted.

        Returns:
            By default the hypotheses found, in place of the earlier ones.
        """
        return list(found)

    def characters(self, hypothesis: Hypothesis, field: Field) -> list[Character]:
        """Locate the characters of a hypothesis, in pixels of the image that the field was prepared from."""
