"""What a learned locator says of a picture, and how page analysis calls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from segment.image.arrays import GrayImage
from segment.image.box import Box

FloatMap = NDArray[np.float32]


class Proposal(NamedTuple):
    """A place where the amount may be.

    Attributes:
        box: The field in pixels of the picture, as a network regresses it: right to a tenth of its size.
        score: Log probability that the amount is there, nats.
    """

    box: Box
    score: float


@dataclass(frozen=True, eq=False)
class Proposals:
    """What a locator finds in a picture.

    Attributes:
        fields: Places of the amount, the likeliest first. Their probabilities and that of `nowhere` sum to 1 at most.
        nowhere: Log probability that the amount is at no place of the picture, nats.
        orientation_scores: (4,) log probabilities that the picture is upright after k quarter turns counterclockwise
            (`np.rot90(picture, k)`). The fields of a picture that is not upright mean nothing.
        check_score: Log odds that the picture shows a check, nats.
        kinds: (K, h, w) log probabilities of the kinds of the map's cells, in the order of `labels`. The cells divide
            the picture evenly.
        labels: Names of the kinds.
        void_score: Log odds that a stamp such as VOID or CANCELED invalidates the check, nats.
    """

    fields: tuple[Proposal, ...]
    nowhere: float
    orientation_scores: FloatMap
    check_score: float
    kinds: FloatMap
    labels: tuple[str, ...]
    void_score: float = -np.inf

    @property
    def turns(self) -> int:
        """Quarter turns counterclockwise after which the picture is upright, 0 .. 3."""
        return int(self.orientation_scores.argmax())

    def kind(self, label: str) -> FloatMap:
        """Return the (h, w) log probabilities of a kind."""
        return np.asarray(self.kinds[self.labels.index(label)])


class Locator(Protocol):
    """Locates checks and the fields of their amounts."""

    def propose(self, image: GrayImage) -> Proposals:
        """Propose places of the amount.

        Args:
            image: (H, W) uint8 of any size: a check, part of a page, or a photograph that holds several.
        """
