"""Field locator: a fully convolutional network that finds the courtesy amount on a page in small.

The idea of the SDNN (GBL98 sec. VII) in two dimensions: one pass scores every place of the page. A cell of the map
stands for 8x8 pixels. The page is normalized to mean 0 and deviation 1, so that paper and exposure do not matter.
"""

from dataclasses import dataclass
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.settings import check_labels, check_setting

KINDS = (
    "scene",
    "background",
    "amount",
    "legal",
    "date",
    "micr",
    "account",
    "signature",
    "payee",
    "text",
    "box",
    "stamp",
)
"""What a cell shows: what lies around the check (table, sheet, letter), blank paper of the check, the amount in
figures, the amount in words, date, MICR line, account number, signature, payee, other text, another box, a stamp."""

STRIDE = 8
"""Pixels of the input for a cell, each way."""

ORIENTATIONS = 4
"""Quarter turns of a page."""

_PAGE_OUTPUTS = ORIENTATIONS + 3

_GRID = 3
"""Parts of the page, each way, whose means tell where something is: the MICR line of an upright check is below."""


@dataclass(frozen=True)
class FieldLocatorConfig:
    """Configuration of a `FieldLocator`, saved with its weights.

    Attributes:
        labels: Kinds of cells in the order of the map, "amount" among them.
        long_side: Longer side of a page at the input, pixels.
        stem: Maps of the first two convolutions.
        width: Maps at the resolution of the cells.
        wide: Maps at half and at a quarter of it.
    """

    labels: tuple[str, ...] = KINDS
    long_side: int = 400
    stem: tuple[int, int] = (12, 24)
    width: int = 48
    wide: int = 56

    def __post_init__(self) -> None:
        check_labels(self.labels, 2)
        check_setting("labels", self.labels, "amount" in self.labels, "kinds with 'amount' among them")
        check_setting("long_side", self.long_side, _is_int(self.long_side, 64, 4096), "in 64 .. 4096")
        sizes = (*self.stem, self.width, self.wide)
        valid = len(sizes) == 4 and all(_is_int(size, 1, 1024) for size in sizes)
        check_setting("stem, width and wide", sizes, valid, "four numbers in 1 .. 1024")


def _is_int(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and low <= value <= high


class PageMap(NamedTuple):
    """Outputs of the network for N pages, on a map of (h, w) cells.

    All but the boxes are scores before a softmax or sigmoid, in nats.
    """

    field: Tensor
    """(N, h, w) that the center of the amount's field is in the cell."""
    nowhere: Tensor
    """(N,) that it is in none of them; competes with the cells in one softmax."""
    kinds: Tensor
    """(N, K, h, w) kind of the cell."""
    edges: Tensor
    """(N, 4, h, w) distances >= 0 from the cell's center to the left, upper, right and lower edge of the field, in
    cells."""
    orientation: Tensor
    """(N, 4) that the page is upright after k quarter turns counterclockwise."""
    check: Tensor
    """(N,) log-odds that the page shows a check."""
    void: Tensor
    """(N,) log-odds that a stamp such as VOID or CANCELED is across the check."""

    def log_field(self) -> Tensor:
        """Compute (N, h * w + 1) log-probabilities of the places of the field in nats, `nowhere` last."""
        return torch.log_softmax(torch.cat([self.field.flatten(1), self.nowhere[:, None]], 1), 1)

    def boxes(self) -> Tensor:
        """Compute (N, 4, h, w) the left, upper, right and lower edge of the field as each cell regresses it, cells."""
        height, width = self.edges.shape[2:]
        y, x = torch.meshgrid(
            torch.arange(height, device=self.edges.device) + 0.5,
            torch.arange(width, device=self.edges.device) + 0.5,
            indexing="ij",
        )
        left, top, right, bottom = self.edges.unbind(1)
        return torch.stack([x - left, y - top, x + right, y + bottom], 1)


class _Block(nn.Module):
    """Residual block of one 3x3 convolution."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.convolve = _convolution(width, width, 3, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Compute maps (N, width, h, w) of the same shape."""
        return maps + torch.as_tensor(self.convolve(maps))


class _Context(nn.Module):
    """Add what the whole page shows to every cell."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mix = nn.Linear(2 * width, width)

    def forward(self, maps: Tensor) -> Tensor:
        """Compute maps (N, width, h, w) of the same shape."""
        return maps + torch.as_tensor(self.mix(_pool(maps)))[:, :, None, None]


def _pool(maps: Tensor) -> Tensor:
    """Compute (N, 2 C) mean and maximum of each map."""
    return torch.cat([maps.mean((2, 3)), maps.amax((2, 3))], 1)


def _convolution(inputs: int, outputs: int, size: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


class FieldLocator(nn.Module):
    """Fully convolutional network from a page of any size to the map of the amount's places.

    Three resolutions, cells of 8, 16 and 32 pixels, are merged from coarse to fine; the coarsest adds a context pooled
    over the page. The places compete in one softmax with the branch "nowhere", so that their scores are those of the
    branches of an interpretation graph (GBL98 sec. X).

    Args:
        config: Kinds and sizes.

    Example:
        >>> import torch
        >>> maps = FieldLocator().eval()(torch.zeros(1, 1, 176, 400))
        >>> maps.field.shape, maps.kinds.shape
        (torch.Size([1, 22, 50]), torch.Size([1, 12, 22, 50]))
    """

    def __init__(self, config: FieldLocatorConfig | None = None) -> None:
        super().__init__()
        self.config = config or FieldLocatorConfig()
        first, second = self.config.stem
        width, wide = self.config.width, self.config.wide
        self.stem = nn.Sequential(
            _convolution(1, first, 5, 2),
            _convolution(first, second, 3, 2),
            _convolution(second, width, 3, 2),
            _Block(width),
        )
        self.middle = nn.Sequential(_convolution(width, wide, 3, 2), _Block(wide))
        self.coarse = nn.Sequential(_convolution(wide, wide, 3, 2), _Block(wide), _Context(wide))
        self.to_middle = nn.Conv2d(wide, wide, 1)
        self.to_fine = nn.Conv2d(wide, width, 1)
        self.fine = nn.Sequential(nn.ReLU(), _Block(width))
        self.outputs = nn.Conv2d(width, len(self.config.labels) + 5, 1)
        self.vote = nn.Conv2d(wide, wide, 1)
        self.page = nn.Linear((2 + _GRID**2) * wide, _PAGE_OUTPUTS)

    @property
    def labels(self) -> tuple[str, ...]:
        """Kinds of cells in the order of the map."""
        return self.config.labels

    def forward(self, pages: Tensor) -> PageMap:
        """Score the places of pages.

        Args:
            pages: (N, 1, H, W) gray, 0 paper to 1 ink, H and W multiples of 8.

        Returns:
            Maps of H / 8 x W / 8 cells.

        Raises:
            ValueError: The pages have another shape.
        """
        if pages.ndim != 4 or pages.shape[1] != 1 or pages.shape[2] % STRIDE or pages.shape[3] % STRIDE:
            raise ValueError(
                f"pages must be (N, 1, H, W) with sides that {STRIDE} divides, not {tuple(pages.shape)}"
            )
        mean, deviation = pages.mean((2, 3), keepdim=True), pages.std((2, 3), keepdim=True)
        maps = self.stem((pages - mean) / (deviation + 0.005))
        middle = self.middle(maps)
        coarse = self.coarse(middle)
        middle = middle + _enlarge(self.to_middle(coarse), middle)
        cells = self.outputs(self.fine(maps + _enlarge(self.to_fine(F.relu(middle)), maps)))
        votes = F.relu(self.vote(middle))
        page = self.page(torch.cat([_pool(votes), F.adaptive_avg_pool2d(votes, _GRID).flatten(1)], 1))
        kinds = len(self.labels)
        return PageMap(
            field=cells[:, kinds],
            nowhere=page[:, ORIENTATIONS],
            kinds=cells[:, :kinds],
            edges=F.softplus(cells[:, kinds + 1 :]),
            orientation=page[:, :ORIENTATIONS],
            check=page[:, ORIENTATIONS + 1],
            void=page[:, ORIENTATIONS + 2],
        )


def _enlarge(maps: Tensor, like: Tensor) -> Tensor:
    """Interpolate maps to the height and width of others."""
    return F.interpolate(maps, like.shape[2:], mode="bilinear", align_corners=False)
