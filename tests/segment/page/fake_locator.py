"""A locator for tests that knows the drawn check: its paper by its gray level, its field by its place on the paper."""

import cv2
import numpy as np

from segment.image.box import Box
from segment.page.locator import Proposal, Proposals
from tests.segment.page.drawn_check import AMOUNT, check

CELL = 8
"""Pixels of the picture for a cell of the map."""

PAPER = 225
"""Gray level of a check's paper."""


def proposals(
    *fields: tuple[tuple[int, int, int, int], float],
    check_score: float = 5.0,
    turns: int = 0,
    void_score: float = -5.0,
    paper: np.ndarray | None = None,
) -> Proposals:
    """What a locator finds, with a map of one cell unless the paper is given."""
    share = np.clip(np.ones((1, 1)) if paper is None else paper.astype(float), 0.01, 0.99)
    return Proposals(
        fields=tuple(Proposal(Box(*box), score) for box, score in fields),
        nowhere=-4.0,
        orientation_scores=np.where(np.arange(4) == turns, 0.0, -9.0).astype(np.float32),
        check_score=check_score,
        kinds=np.log([1 - share, share]).astype(np.float32),
        labels=("scene", "background"),
        void_score=void_score,
    )


class FakeLocator:
    """Finds checks like the drawn one on white or dark ground; the place of the amount is a tenth too large."""

    def __init__(self, void_score: float = -5.0) -> None:
        self.void_score = void_score
        self._drawn = _small(check())

    def propose(self, image: np.ndarray) -> Proposals:
        """Propose the place of the amount."""
        size = max(1, image.shape[1] // CELL), max(1, image.shape[0] // CELL)
        level = cv2.medianBlur(cv2.resize(cv2.medianBlur(image, 5), size, interpolation=cv2.INTER_AREA), 5)
        paper = cv2.morphologyEx(
            (abs(level.astype(int) - PAPER) < 22).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9))
        )
        if paper.mean() < 0.03:
            return proposals(check_score=-5.0, paper=paper)
        rows, columns = np.nonzero(paper)
        x, right = int(columns.min()) * CELL, int(columns.max() + 1) * CELL
        y, bottom = int(rows.min()) * CELL, int(rows.max() + 1) * CELL
        part = image[y:bottom, x:right]
        likeness = [float((self._drawn * _small(np.rot90(part, turns))).mean()) for turns in range(4)]
        left, top, width, height = AMOUNT
        across, down = part.shape[1] / 1200, part.shape[0] / 530
        box = (
            round(x + (left - 0.05 * width) * across),
            round(y + (top - 0.05 * height) * down),
            round(1.1 * width * across),
            round(1.1 * height * down),
        )
        return proposals((box, -0.1), turns=int(np.argmax(likeness)), void_score=self.void_score, paper=paper)


def _small(image: np.ndarray) -> np.ndarray:
    """Scale a picture of a check to the same few pixels, mean 0 and deviation 1."""
    small = cv2.resize(np.ascontiguousarray(image), (120, 53), interpolation=cv2.INTER_AREA).astype(float)
    return (small - small.mean()) / small.std()
