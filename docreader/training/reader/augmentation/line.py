"""Distorted copies of lines, made anew in each pass: what other writers, pens and scanners would have done.

What is varied is what the pictures of real amounts vary in: slant that cleaning estimated badly, height that a long
stroke, a dash below or a box around took from the digits, width, pens, faint ink, print that cleaning took for ink or
left standing, strokes that cross the amount.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.reader.recipe import Augmentation

STEP = 16
"""The batch is as wide as its widest line, rounded up to so many pixels: kernels are made anew for each width."""


def augment(
    lines: Tensor,
    widths: Tensor,
    settings: Augmentation,
    chance: torch.Generator,
    least: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Distort a batch of lines.

    A line that is widened gets the room for it: no character is pushed out of the picture that its label still tells
    of.

    Args:
        lines: (N, 2, H, W), 0 paper .. 1 ink, on the device of `chance`, as all that is given and returned.
        widths: (N,) pixels of each line, paper follows.
        settings: How far.
        chance: Source of all chance; it draws other numbers on a GPU than on the CPU.
        least: (N,) pixels that each line needs, lest its label has no path; None is no care.

    Returns:
        (N, 2, H, W') within 0 .. 1, and the (N,) new widths.
    """
    grid, widths = _grid(lines, widths, settings, chance, least)
    lines = F.grid_sample(lines, grid, align_corners=False)
    lines = _strokes(lines, widths, settings, chance)
    lines = _pen(lines, settings, chance)
    return _scan(lines, settings, chance), widths


def _grid(
    lines: Tensor,
    widths: Tensor,
    settings: Augmentation,
    chance: torch.Generator,
    least: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Where each pixel comes from, an affine map and a smooth displacement; and the new widths."""
    count, _, height, width = lines.shape

    device = chance.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=chance, device=device)

    def uniform() -> Tensor:
        return torch.rand(count, generator=chance, device=device)

    def column(values: Tensor) -> Tensor:
        return values[:, None, None]

    # Above 1 the source is farther away: characters shrink.
    tall = (normal(count) * settings.scale + settings.shrink).clamp(-0.25, 0.45)
    # Most of the width is chosen for the batch: a single wide line would cost paper in all the others.
    wide = (0.9 * normal(1) + 0.45 * normal(count)) * settings.scale - settings.widen
    wide = wide.clamp(-0.4, 0.3)
    far = 0.6 * uniform() * (uniform() < settings.small)
    tall, wide = (tall + far).exp(), (wide + far).exp()
    shear, turn = normal(count) * settings.shear, normal(count) * settings.turn
    right, down = normal(count) * settings.shift[0], normal(count) * settings.shift[1]
    room = shear.abs() * height / 4 + 2 * right.abs()
    new_widths = (widths.float() / wide + room).ceil().long().clamp(min=height // 2)
    if least is not None:
        new_widths = torch.maximum(new_widths, least)
    new_width = -(-int(new_widths.max()) // STEP) * STEP
    strength = uniform() * settings.elastic
    coarse = normal(count, 2, 3, max(3, new_width // 10))
    half = height // 2, new_width // 2
    elastic = F.interpolate(coarse, half, mode="bicubic", align_corners=True)
    elastic = F.interpolate(elastic, (height, new_width), mode="bilinear", align_corners=True)
    elastic = elastic * strength[:, None, None, None]
    y, x = _places(height, new_width, device)
    y = y - (height - 1) / 2
    from_x = (x - column(new_widths.float() / 2)) * column(wide) + column(widths.float() / 2)
    from_x = from_x + column(shear) * y + column(right) + elastic[:, 0]
    from_y = y * column(tall) + column(turn) * (x - column(new_widths.float() / 2)) + column(down)
    from_y = from_y + 0.8 * elastic[:, 1] + (height - 1) / 2
    return torch.stack([(from_x + 0.5) * 2 / width - 1, (from_y + 0.5) * 2 / height - 1], -1), new_widths


def _places(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """(H, W) row and column of each pixel."""
    rows = torch.arange(height, device=device).float()
    y, x = torch.meshgrid(rows, torch.arange(width, device=device).float(), indexing="ij")
    return y, x


def _strokes(lines: Tensor, widths: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """A thin straight line across now and then, as rules and flourishes are; a gap in the ink now and then.

    A line goes across the whole line or from a point on to its end, seldom steep enough to be taken for a stroke of a
    digit; a gap is two or three rows or columns that the pen or the scanner left out.
    """
    count, _, height, width = lines.shape
    device = chance.device

    def share() -> Tensor:
        return torch.rand(count, generator=chance, device=device)

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * share()

    def column(values: Tensor) -> Tensor:
        return values[:, None, None]

    y, x = _places(height, width, device)
    middle, slope = uniform(0, height), torch.randn(count, generator=chance, device=device) * 0.04
    first = uniform(-1.0, 0.6) * widths
    distance = (y - column(middle) - column(slope) * (x - column(widths / 2))).abs()
    cover = (column(uniform(0.6, 1.6)) + 0.5 - distance).clamp(0, 1) * (x >= column(first))
    cover = cover * column(uniform(0.4, 1.0)) * (x < column(widths.float()))
    drawn = share() < settings.crossed
    both = share() < 0.5
    ink = cover * column(drawn & both)
    raw = cover * column(drawn)
    lines = torch.maximum(lines, torch.stack([ink, raw], 1)[:, : lines.shape[1]])
    gap = share() < settings.gap
    upright = share() < 0.5
    at_x, at_y, size = uniform(0, 1) * widths, uniform(0.1, 0.9) * height, uniform(0.6, 1.5)
    hole = torch.where(
        column(upright), (x - column(at_x)).abs() < column(size), (y - column(at_y)).abs() < column(size)
    )
    return lines * (1 - 0.8 * (hole & column(gap))[:, None])


def _pen(lines: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """Thicker or thinner strokes; blur."""
    count = lines.shape[0]

    def share() -> Tensor:
        return torch.rand(count, generator=chance, device=chance.device)

    change = (share() * 2 - 1) * settings.stroke
    change = change * (share() < 0.6)
    change = change[:, None, None, None]
    thick = neighbors(lines, torch.maximum)
    thin = neighbors(lines, torch.minimum)
    # Thinned by less: a stroke of two pixels must not vanish.
    lines = lines + change.clamp(min=0) * (thick - lines) + 0.7 * (-change).clamp(min=0) * (thin - lines)
    blurred = (share() < settings.blur)[:, None, None, None]
    return torch.where(blurred, neighbors(lines, torch.add) / 9, lines)


def neighbors(lines: Tensor, join: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Join each pixel with its eight neighbors; several times as quick as the pooling of torch."""
    wide = F.pad(lines, (1, 1, 1, 1), mode="replicate")
    rows = join(join(wide[..., :-2, :], wide[..., 1:-1, :]), wide[..., 2:, :])
    return join(join(rows[..., :-2], rows[..., 1:-1]), rows[..., 2:])


def _scan(lines: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """Gray values, noise, and now and then one picture of the two alone."""
    count, channels = lines.shape[:2]
    device = chance.device
    exponent = (torch.randn(count, channels, generator=chance, device=device) * settings.gamma).exp()
    faded = 1 - torch.rand(count, channels, generator=chance, device=device) * settings.fade
    lines = lines.clamp(0, 1) ** exponent[..., None, None] * faded[..., None, None]
    noise = torch.rand(count, generator=chance, device=device) * settings.noise
    noise = noise * (torch.rand(count, generator=chance, device=device) < 0.5)
    grain = torch.randn(lines.shape, generator=chance, device=device)
    lines = lines + grain * noise[:, None, None, None]
    lot = torch.rand(count, generator=chance, device=device)
    shown = torch.ones(count, channels, device=device)
    shown[lot < settings.no_ink, 0] = 0.0
    if channels > 1:
        shown[(lot >= settings.no_ink) & (lot < settings.no_ink + settings.no_image), 1] = 0.0
    return lines.clamp(0, 1) * shown[..., None, None]
