"""Field location by a network: places of the amount on a page with log-probabilities, orientation, check or not."""

import os
from typing import Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.field_locator import STRIDE, FieldLocator, PageMap
from models.files import default_locator_path, load_model
from models.identity import ModelIdentity
from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.page.locator import FloatMap, Proposal, Proposals

MAX_FIELDS = 5
"""Fields proposed for a page by default."""

_CELLS = 96
"""Likeliest cells of a map that are merged to fields."""

_SAME_FIELD = 0.45
"""Overlap, as a share of the smaller box, from which two cells propose the same field."""

_MAX_AREA = 0.6
"""Largest area of the input, in squares of its longer side."""

_LEAST_SIDE = 4 * STRIDE
"""Shortest side of a page at the network's input, pixels."""


class Locator:
    """Find the amount's field on pages.

    Args:
        network: Network in evaluation mode.
        identity: Name, version and hash of its weights.
        device: Device of the network.
    """

    def __init__(self, network: FieldLocator, identity: ModelIdentity, device: torch.device) -> None:
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.identity = identity
        self.device = device

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None, device: str | torch.device = "cpu") -> Self:
        """Load a model file.

        Args:
            path: Model file; None is the one that ships.
            device: Device of the network.

        Raises:
            ModelError: The file cannot be used.
        """
        loaded = load_model(path or default_locator_path(), kind="locator", device=device)
        assert isinstance(loaded.module, FieldLocator)
        return cls(loaded.module, loaded.identity, torch.device(device))

    def propose(
        self, image: GrayImage, max_fields: int = MAX_FIELDS, long_side: int | None = None
    ) -> Proposals:
        """Propose places of the amount.

        Args:
            image: (H, W) uint8, a page of any size, in any of four orientations.
            max_fields: Most fields returned.
            long_side: Longer side of the page at the input, pixels; None is that of the training, where the page is
                one check. On a larger sheet, a check should be as wide as that.
        """
        small = shrink(image, long_side or self.network.config.long_side)
        pages = torch.from_numpy(small).to(self.device)[None, None]
        with torch.inference_mode():
            maps = self.network(to_ink(pages))
        height, width = image.shape
        cells = small.shape[1] / STRIDE, small.shape[0] / STRIDE
        scores, boxes = merge_cells(maps, max_fields)
        return Proposals(
            fields=tuple(
                Proposal(_on_page(box, width / cells[0], height / cells[1], width, height), score)
                for box, score in zip(boxes, scores, strict=True)
            ),
            nowhere=float(maps.log_field()[0, -1]),
            orientation_scores=_numbers(torch.log_softmax(maps.orientation[0], 0)),
            check_score=float(maps.check[0]),
            void_score=float(maps.void[0]),
            kinds=_numbers(torch.log_softmax(maps.kinds[0], 0)),
            labels=self.network.labels,
        )


def shrink(image: GrayImage, long_side: int) -> GrayImage:
    """Scale a page to the size of the network's input.

    Args:
        image: (H, W) uint8.
        long_side: Longer side of the result, pixels.

    Returns:
        (h, w) uint8 of the size `input_size`.
    """
    rows, columns = input_size(image.shape[0], image.shape[1], long_side)
    way = cv2.INTER_AREA if columns < image.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (columns, rows), interpolation=way), np.uint8)


def input_size(height: float, width: float, long_side: int) -> tuple[int, int]:
    """Compute rows and columns of the network's input for a page of a shape.

    Both are multiples of 8, so that the aspect ratio may change by some percent. Pages that are not as wide as checks
    are made smaller than `long_side`, because time goes with the area.
    """
    longer = min(long_side, (_MAX_AREA * long_side**2 * max(height, width) / min(height, width)) ** 0.5)
    scale = longer / max(height, width)
    rows, columns = (max(_LEAST_SIDE, STRIDE * round(side * scale / STRIDE)) for side in (height, width))
    return rows, columns


def to_ink(pages: torch.Tensor) -> torch.Tensor:
    """Convert (N, 1, H, W) uint8 gray levels to float32, 0 white to 1 black."""
    return 1 - pages.float() / 255


def merge_cells(maps: PageMap, max_fields: int) -> tuple[list[float], list[NDArray[np.float64]]]:
    """Merge the cells of the first page's map that propose the same field (non-maximum suppression).

    The probability of a field is the sum of its cells', its box their weighted mean.

    Args:
        maps: Outputs of the network.
        max_fields: Most fields returned.

    Returns:
        Log-probabilities in nats, the best first, and boxes (left, top, right, bottom) in cells.
    """
    log_field = maps.log_field()[0, :-1]
    best = torch.topk(log_field, min(_CELLS, log_field.numel()))
    rows = np.asarray(maps.boxes()[0].flatten(1).T[best.indices].cpu(), np.float64)
    weights = np.exp(np.asarray(best.values.cpu(), np.float64))
    scores: list[float] = []
    boxes: list[NDArray[np.float64]] = []
    while len(rows) and len(scores) < max_fields:
        same = _overlaps(rows[0], rows) >= _SAME_FIELD
        same[0] = True
        scores.append(float(np.log(max(weights[same].sum(), 1e-30))))
        boxes.append(np.average(rows[same], axis=0, weights=np.maximum(weights[same], 1e-30)))
        rows, weights = rows[~same], weights[~same]
    order = sorted(range(len(scores)), key=lambda number: -scores[number])
    return [scores[number] for number in order], [boxes[number] for number in order]


def _overlaps(box: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the area shared with each of (n, 4) other boxes, as a share of the smaller one."""
    low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = (high - low).clip(min=0).prod(1)
    areas = (others[:, 2:] - others[:, :2]).clip(min=1e-6).prod(1)
    return np.asarray(shared / np.minimum(areas, (box[2:] - box[:2]).clip(min=1e-6).prod()))


def _on_page(box: NDArray[np.float64], across: float, down: float, width: int, height: int) -> Box:
    """Convert a box in cells of across x down pixels to a box of one pixel or more on the page."""
    scaled = np.round(box * [across, down, across, down]).astype(int)
    left, right = (int(value) for value in scaled[[0, 2]].clip(0, width))
    top, bottom = (int(value) for value in scaled[[1, 3]].clip(0, height))
    left, top = min(left, width - 1), min(top, height - 1)
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def _numbers(values: torch.Tensor) -> FloatMap:
    return np.asarray(values.float().cpu().numpy(), np.float32)
