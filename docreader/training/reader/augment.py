"""Distorted copies of lines, made anew in each pass: what other writers, pens and scanners would have done.

What is varied is what the pictures of real amounts vary in: slant that cleaning estimated badly, height that a long
stroke or a dash below took from the digits, width, pens, faint ink, print that cleaning took for ink or left standing.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.reader.recipe import Augmentation


def augment(lines: Tensor, widths: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """Distort a batch of lines.

    Args:
        lines: (N, 2, H, W), 0 paper .. 1 ink.
        widths: (N,) pixels of each line, paper follows.
        settings: How far.
        chance: Source of all chance, on the CPU.

    Returns:
        (N, 2, H, W) within 0 .. 1.
    """
    lines = F.grid_sample(lines, _grid(lines, widths, settings, chance), align_corners=False)
    lines = _pen(lines, settings, chance)
    return _scan(lines, settings, chance)


def _grid(lines: Tensor, widths: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """Where each pixel comes from: an affine map and a smooth displacement."""
    count, _, height, width = lines.shape

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=chance)

    def column(values: Tensor) -> Tensor:
        return values[:, None, None]

    # Above 1 the source is farther away: characters shrink.
    tall = (normal(count) * settings.scale + settings.shrink).clamp(-0.25, 0.45).exp()
    wide = (normal(count) * settings.scale).clamp(-0.25, 0.25).exp()
    shear, turn = normal(count) * settings.shear, normal(count) * settings.turn
    right, down = normal(count) * settings.shift[0], normal(count) * settings.shift[1]
    strength = torch.rand(count, generator=chance) * settings.elastic
    coarse = normal(count, 2, 3, max(3, width // 10))
    elastic = F.interpolate(coarse, (height, width), mode="bicubic", align_corners=True)
    elastic = elastic * strength[:, None, None, None]
    y, x = torch.meshgrid(torch.arange(height) - (height - 1) / 2, torch.arange(width).float(), indexing="ij")
    middle = column(widths.float() / 2)
    from_x = (x - middle) * column(wide) + middle + column(shear) * y + column(right) + elastic[:, 0]
    from_y = y * column(tall) + column(turn) * (x - middle) + column(down) + 0.8 * elastic[:, 1]
    from_y = from_y + (height - 1) / 2
    return torch.stack([(from_x + 0.5) * 2 / width - 1, (from_y + 0.5) * 2 / height - 1], -1)


def _pen(lines: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """Thicker or thinner strokes; blur."""
    count = lines.shape[0]
    change = (torch.rand(count, generator=chance) * 2 - 1) * settings.stroke
    change = change * (torch.rand(count, generator=chance) < 0.6)
    change = change[:, None, None, None]
    thick, thin = F.max_pool2d(lines, 3, 1, 1), -F.max_pool2d(-lines, 3, 1, 1)
    # Thinned by less: a stroke of two pixels must not vanish.
    lines = lines + change.clamp(min=0) * (thick - lines) + 0.7 * (-change).clamp(min=0) * (thin - lines)
    blurred = (torch.rand(count, generator=chance) < settings.blur)[:, None, None, None]
    return torch.where(blurred, F.avg_pool2d(lines, 3, 1, 1, count_include_pad=False), lines)


def _scan(lines: Tensor, settings: Augmentation, chance: torch.Generator) -> Tensor:
    """Grey values, noise, and now and then one picture of the two alone."""
    count, channels = lines.shape[:2]
    exponent = (torch.randn(count, channels, generator=chance) * settings.gamma).exp()
    faded = 1 - torch.rand(count, channels, generator=chance) * settings.fade
    lines = lines.clamp(0, 1) ** exponent[..., None, None] * faded[..., None, None]
    noise = torch.rand(count, generator=chance) * settings.noise
    noise = noise * (torch.rand(count, generator=chance) < 0.5)
    lines = lines + torch.randn(lines.shape, generator=chance) * noise[:, None, None, None]
    lot = torch.rand(count, generator=chance)
    shown = torch.ones(count, channels)
    shown[lot < settings.no_ink, 0] = 0.0
    if channels > 1:
        shown[(lot >= settings.no_ink) & (lot < settings.no_ink + settings.no_image), 1] = 0.0
    return lines.clamp(0, 1) * shown[..., None, None]
