"""LineAugmentation of line images: the variation of other writers, pens and scanners, drawn for every batch.

It covers the variation of real amounts: wrong slant estimates, text height lost to long strokes, dashes or form boxes,
width, pens, faint ink, print taken for ink or left in the image, strokes across the amount.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.reader.recipe import LineAugmentation

WIDTH_STEP = 16
"""Multiple of pixels to which batches are padded: torch builds kernels for each new width."""


def augment(
    lines: Tensor,
    widths: Tensor,
    settings: LineAugmentation,
    generator: torch.Generator,
    min_widths: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Augment a batch of line images.

    Images of widened lines are widened, too, so that no character of the transcription leaves the image.

    Args:
        lines: (N, C, H, W), 0 paper .. 1 ink, on the device of `generator`, as all arguments and results.
        widths: (N,) width of each line, pixels; padding follows.
        settings: Strength.
        generator: Random generator; a GPU's draws other numbers than a CPU's.
        min_widths: (N,) smallest width of each line that leaves a path for its transcription, pixels; None is no limit.

    Returns:
        (N, C, H, W') within 0 .. 1, and the (N,) new widths.
    """
    grid, widths = _grid(lines, widths, settings, generator, min_widths)
    lines = F.grid_sample(lines, grid, align_corners=False)
    lines = _strokes_and_gaps(lines, widths, settings, generator)
    lines = _stroke_width(lines, settings, generator)
    return _scan(lines, settings, generator), widths


def _grid(
    lines: Tensor,
    widths: Tensor,
    settings: LineAugmentation,
    generator: torch.Generator,
    min_widths: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Draw the sampling grid, an affine map and a smooth displacement, and the new widths."""
    count, _, height, width = lines.shape

    device = generator.device

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator, device=device)

    def uniform() -> Tensor:
        return torch.rand(count, generator=generator, device=device)

    def column(values: Tensor) -> Tensor:
        return values[:, None, None]

    # above 1, characters shrink
    tall = (normal(count) * settings.scale + settings.shrink).clamp(-0.25, 0.45)
    # mostly drawn per batch: a single wide line pads all the others
    wide = (0.9 * normal(1) + 0.45 * normal(count)) * settings.scale - settings.widen
    wide = wide.clamp(-0.4, 0.3)
    far = 0.6 * uniform() * (uniform() < settings.small)
    tall, wide = (tall + far).exp(), (wide + far).exp()
    shear, rotation = normal(count) * settings.shear, normal(count) * settings.rotation
    right, down = normal(count) * settings.shift[0], normal(count) * settings.shift[1]
    room = shear.abs() * height / 4 + 2 * right.abs()
    new_widths = (widths.float() / wide + room).ceil().long().clamp(min=height // 2)
    if min_widths is not None:
        new_widths = torch.maximum(new_widths, min_widths)
    new_width = -(-int(new_widths.max()) // WIDTH_STEP) * WIDTH_STEP
    strength = uniform() * settings.elastic
    coarse = normal(count, 2, 3, max(3, new_width // 10))
    half = height // 2, new_width // 2
    elastic = F.interpolate(coarse, half, mode="bicubic", align_corners=True)
    elastic = F.interpolate(elastic, (height, new_width), mode="bilinear", align_corners=True)
    elastic = elastic * strength[:, None, None, None]
    y, x = _coordinates(height, new_width, device)
    y = y - (height - 1) / 2
    from_x = (x - column(new_widths.float() / 2)) * column(wide) + column(widths.float() / 2)
    from_x = from_x + column(shear) * y + column(right) + elastic[:, 0]
    from_y = y * column(tall) + column(rotation) * (x - column(new_widths.float() / 2)) + column(down)
    from_y = from_y + 0.8 * elastic[:, 1] + (height - 1) / 2
    return torch.stack([(from_x + 0.5) * 2 / width - 1, (from_y + 0.5) * 2 / height - 1], -1), new_widths


def _coordinates(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return (H, W) row and column of each pixel."""
    rows = torch.arange(height, device=device).float()
    y, x = torch.meshgrid(rows, torch.arange(width, device=device).float(), indexing="ij")
    return y, x


def _strokes_and_gaps(
    lines: Tensor, widths: Tensor, settings: LineAugmentation, generator: torch.Generator
) -> Tensor:
    """Add thin straight strokes above or below the middle of some lines, as ruled lines do; cut gaps into some.

    A stroke crosses the whole line or its end, and is rarely as steep as that of a digit. One through the middle would
    strike the amount out. A gap is two or three rows or columns without ink.
    """
    count, _, height, width = lines.shape
    device = generator.device

    def share() -> Tensor:
        return torch.rand(count, generator=generator, device=device)

    def uniform(low: float, high: float) -> Tensor:
        return low + (high - low) * share()

    def column(values: Tensor) -> Tensor:
        return values[:, None, None]

    y, x = _coordinates(height, width, device)
    middle = torch.where(share() < 0.5, uniform(0, 0.16), uniform(0.84, 1)) * height
    slope = torch.randn(count, generator=generator, device=device) * 0.02
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


def _stroke_width(lines: Tensor, settings: LineAugmentation, generator: torch.Generator) -> Tensor:
    """Dilate or erode the strokes; blur some lines."""
    count = lines.shape[0]

    def share() -> Tensor:
        return torch.rand(count, generator=generator, device=generator.device)

    change = (share() * 2 - 1) * settings.stroke
    change = change * (share() < 0.6)
    change = change[:, None, None, None]
    thick = neighbors(lines, torch.maximum)
    thin = neighbors(lines, torch.minimum)
    # eroded by less: a stroke of two pixels must not vanish
    lines = lines + change.clamp(min=0) * (thick - lines) + 0.7 * (-change).clamp(min=0) * (thin - lines)
    blurred = (share() < settings.blur)[:, None, None, None]
    return torch.where(blurred, neighbors(lines, torch.add) / 9, lines)


def neighbors(lines: Tensor, join: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Combine each pixel with its eight neighbors; several times as fast as torch's pooling."""
    wide = F.pad(lines, (1, 1, 1, 1), mode="replicate")
    rows = join(join(wide[..., :-2, :], wide[..., 1:-1, :]), wide[..., 2:, :])
    return join(join(rows[..., :-2], rows[..., 1:-1]), rows[..., 2:])


def _scan(lines: Tensor, settings: LineAugmentation, generator: torch.Generator) -> Tensor:
    """Vary gray values and noise; drop one of the two channels of some lines."""
    count, channels = lines.shape[:2]
    device = generator.device
    exponent = (torch.randn(count, channels, generator=generator, device=device) * settings.gamma).exp()
    faded = 1 - torch.rand(count, channels, generator=generator, device=device) * settings.fade
    lines = lines.clamp(0, 1) ** exponent[..., None, None] * faded[..., None, None]
    noise = torch.rand(count, generator=generator, device=device) * settings.noise
    noise = noise * (torch.rand(count, generator=generator, device=device) < 0.5)
    grain = torch.randn(lines.shape, generator=generator, device=device)
    lines = lines + grain * noise[:, None, None, None]
    lot = torch.rand(count, generator=generator, device=device)
    shown = torch.ones(count, channels, device=device)
    shown[lot < settings.no_ink, 0] = 0.0
    if channels > 1:
        shown[(lot >= settings.no_ink) & (lot < settings.no_ink + settings.no_image), 1] = 0.0
    return lines.clamp(0, 1) * shown[..., None, None]
