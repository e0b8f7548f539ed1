"""Augmentation of candidate segments, drawn for every batch: alike for all segments of an image."""

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.reader.augmentation.line import neighbors
from docreader.training.reader.recipe import SegmentAugmentation

KNOTS = 5
"""Knots per side of a segment's image between which smooth displacements are interpolated."""


def augment(
    images: Tensor, owner: Tensor, settings: SegmentAugmentation, generator: torch.Generator
) -> Tensor:
    """Augment the segments of a batch of fields.

    One writer and one pen made a field: slant, rotation, proportions, strokes and grays are drawn per field, and only
    a small part of size and position per segment. The channels of a segment are augmented alike.

    Args:
        images: (N, channels, 32, 32), 0 paper .. 1 ink.
        owner: (N,) number of the field of each segment.
        settings: Strength.
        generator: Random generator, on the device of images and owners.

    Returns:
        The same shape, within 0 .. 1.
    """
    fields = int(owner[-1]) + 1 if len(owner) else 0
    images = F.grid_sample(images, _grid(owner, fields, settings, generator), align_corners=False)
    return _scan(
        _stroke_width(images, owner, fields, settings, generator), owner, fields, settings, generator
    )


def _grid(owner: Tensor, fields: int, settings: SegmentAugmentation, generator: torch.Generator) -> Tensor:
    """Draw the sampling grid, (N, 32, 32, 2) in units of half an image."""
    count = len(owner)

    def of_field(spread: float) -> Tensor:
        return (torch.randn(fields, generator=generator, device=generator.device) * spread)[owner]

    def of_segment(spread: float) -> Tensor:
        return torch.randn(count, generator=generator, device=generator.device) * spread

    wide = (of_field(settings.scale) + of_segment(settings.jitter)).clamp(-0.3, 0.3).exp()
    tall = (of_field(settings.scale) + of_segment(settings.jitter)).clamp(-0.3, 0.3).exp()
    shear, rotation = of_field(settings.shear), of_field(settings.rotation)
    right, down = of_segment(settings.shift / 16), of_segment(settings.shift / 16)
    rows = [torch.stack([wide, shear, right], 1), torch.stack([rotation, tall, down], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), [count, 1, 32, 32], align_corners=False)
    if settings.elastic:
        coarse = torch.randn(fields, 2, KNOTS, KNOTS, generator=generator, device=generator.device)
        smooth = F.interpolate(coarse, (32, 32), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
        strength = torch.rand(fields, generator=generator, device=generator.device) * settings.elastic / 16
        grid = grid + (strength[:, None, None, None] * smooth)[owner]
    return grid


def _stroke_width(
    images: Tensor, owner: Tensor, fields: int, settings: SegmentAugmentation, generator: torch.Generator
) -> Tensor:
    """Dilate or erode the strokes; blur some fields."""
    change = (torch.rand(fields, generator=generator, device=generator.device) * 2 - 1) * settings.stroke
    blurred = torch.rand(fields, generator=generator, device=generator.device) < settings.blur
    change = torch.where(blurred, 0.0, change)[owner][:, None, None, None]
    out = images.clone()
    amount = change.flatten()
    for chosen, join in ((amount > 0, torch.maximum), (amount < 0, torch.minimum)):
        some = images[chosen]
        out[chosen] = torch.lerp(some, neighbors(some, join), change[chosen].abs())
    soft = blurred[owner]
    out[soft] = neighbors(images[soft], torch.add) / 9
    return out


def _scan(
    images: Tensor, owner: Tensor, fields: int, settings: SegmentAugmentation, generator: torch.Generator
) -> Tensor:
    """Vary gray values and noise; drop the context of some fields."""
    exponent = (torch.randn(fields, generator=generator, device=generator.device) * settings.gamma).exp()
    faded = 1 - torch.rand(fields, generator=generator, device=generator.device) * settings.fade
    images = images.clamp(0, 1) ** exponent[owner][:, None, None, None] * faded[owner][:, None, None, None]
    noise = torch.rand(fields, generator=generator, device=generator.device) * settings.noise
    noise = noise * (torch.rand(fields, generator=generator, device=generator.device) < 0.5)
    drawn = torch.randn(images.shape, generator=generator, device=generator.device)
    images = (images + drawn * noise[owner][:, None, None, None]).clamp(0, 1)
    # context is easily memorized: segments must be recognized without it, too
    images[
        (torch.rand(fields, generator=generator, device=generator.device) < settings.no_context)[owner], 1:
    ] = 0.0
    return images
