"""Targets of the field locator: what the cells of a page's map should show."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.training.locator.pages import LocatorPage
from models.field_locator import KINDS, STRIDE

UNREAD = -12.0
"""Log-probability of the amount where no candidate has it, nats."""

_CORE = 0.5
"""Part of a field's width and height, about its center, whose cells stand for the field."""

_ORDER = ("text", "box", "payee", "account", "micr", "legal", "signature", "date", "stamp", "amount")
"""Kinds from bottom to top where regions overlap."""

IGNORED = -100
"""Kind of a cell that is not known."""


class Batch(NamedTuple):
    """Pages with their targets, on a map of (h, w) cells."""

    images: Tensor
    """(N, 1, H, W) uint8, 0 black .. 255 white."""
    likelihood: Tensor
    """(N, h * w + 1) log-probability that the amount is read at a cell's candidate, `nowhere` last, nats."""
    located: Tensor
    """(N,) bool, whether the place is a target: pages that are not upright have none."""
    edges: Tensor
    """(N, 4, h, w) left, upper, right and lower edge of the cell's candidate, in cells."""
    kinds: Tensor
    """(N, h, w) int64, kind of the cell, or `IGNORED`."""
    orientation: Tensor
    """(N,) int64 quarter turns, or `IGNORED`."""
    check: Tensor
    """(N,) float32, 1 for a check."""
    void: Tensor
    """(N,) float32, 1 for a void check."""

    def to(self, device: torch.device) -> "Batch":
        """Return the batch on a device."""
        return Batch(*(values.to(device) for values in self))


def make_batch(pages: Sequence[LocatorPage]) -> Batch:
    """Build the targets of pages of one size.

    Args:
        pages: One or more, as they are shown to the network.
    """
    places = [field_targets(page) for page in pages]
    return Batch(
        images=torch.from_numpy(np.stack([page.image for page in pages]))[:, None],
        likelihood=torch.from_numpy(np.stack([likelihood for likelihood, _ in places])),
        located=torch.tensor([page.turned == 0 or not page.check for page in pages]),
        edges=torch.from_numpy(np.stack([edges for _, edges in places])),
        kinds=torch.from_numpy(np.stack([kind_targets(page) for page in pages])),
        orientation=torch.tensor([page.turned if page.turned >= 0 else IGNORED for page in pages]),
        check=torch.tensor([float(page.check) for page in pages]),
        void=torch.tensor([float(page.void) for page in pages]),
    )


def field_targets(page: LocatorPage) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Compute likelihoods (h * w + 1,) and edges (4, h, w) of a page, see `Batch`.

    The cells in the core of a candidate stand for it; where candidates overlap, the one that reads the amount best.
    """
    height, width = (side // STRIDE for side in page.image.shape)
    likelihood = np.full((height, width), UNREAD, np.float32)
    edges = np.zeros((4, height, width), np.float32)
    nowhere = UNREAD
    if not len(page.fields):
        nowhere = 0.0
    for row in sorted(page.fields.tolist(), key=lambda row: row[4]):
        left, top, right, bottom = (value / STRIDE for value in row[:4])
        rows = _core(top, bottom, height)
        columns = _core(left, right, width)
        likelihood[rows, columns] = max(row[4], UNREAD)
        edges[:, rows, columns] = np.array([left, top, right, bottom], np.float32)[:, None, None]
    return np.append(likelihood.ravel(), np.float32(nowhere)), edges


def _core(start: float, end: float, count: int) -> slice:
    """Return the cells whose centers are in the core of an interval, at least that at its middle."""
    middle, half = (start + end) / 2, _CORE * (end - start) / 2
    first, last = int(np.ceil(middle - half - 0.5)), int(np.floor(middle + half - 0.5))
    if last < first:
        first = last = int(np.floor(middle))
    first, last = (min(max(value, 0), count - 1) for value in (first, last))
    return slice(first, last + 1)


def kind_targets(page: LocatorPage) -> NDArray[np.int64]:
    """Compute the kinds (h, w) of a page's cells.

    A region claims the cells that it covers for the most part, and at least one row or column of them.
    """
    height, width = (side // STRIDE for side in page.image.shape)
    known = KINDS.index("scene") if page.complete else IGNORED
    kinds = np.full((height, width), known, np.int64)
    numbers = [KINDS.index("background"), *(KINDS.index(kind) for kind in _ORDER)]
    if not page.check:  # a letter has text and boxes, too: what is not on a check is scene
        return kinds
    for number in numbers:
        for left, top, right, bottom, kind in page.regions.tolist():
            if int(kind) == number:
                kinds[_covered(top, bottom, height), _covered(left, right, width)] = number
    return kinds


def _covered(start: float, end: float, count: int) -> slice:
    """Return the cells that an interval of pixels covers for the most part; none outside of the map."""
    first, last = int(np.ceil(start / STRIDE - 0.6)), int(np.floor(end / STRIDE + 0.6))
    if last <= first:
        first = int(np.floor((start + end) / 2 / STRIDE))
        last = first + 1
    return slice(min(max(first, 0), count), min(max(last, 0), count))
