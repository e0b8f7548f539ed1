"""Distorted pictures of candidate segments, made anew for each step: all those of a field in the same way."""

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.reader.augmentation.line import neighbors
from docreader.training.reader.recipe import PieceDistortion

KNOTS = 5
"""Points along each side of a picture between which smooth displacements are interpolated."""


def distort(pictures: Tensor, owner: Tensor, settings: PieceDistortion, chance: torch.Generator) -> Tensor:
    """Distort the pictures of a batch of fields.

    A field is written by one hand with one pen: slant, turn, proportions, strokes and grays are drawn for a field, and
    only a little of the size and place for each picture. A picture of a segment and that of its surroundings are
    distorted alike.

    Args:
        pictures: (N, channels, 32, 32), 0 paper .. 1 ink.
        owner: (N,) number of the field of each.
        settings: How far.
        chance: Source of all chance, on the device of the pictures and owners.

    Returns:
        The same shape, within 0 .. 1.
    """
    fields = int(owner[-1]) + 1 if len(owner) else 0
    pictures = F.grid_sample(pictures, _grid(owner, fields, settings, chance), align_corners=False)
    return _scan(_pen(pictures, owner, fields, settings, chance), owner, fields, settings, chance)


def _grid(owner: Tensor, fields: int, settings: PieceDistortion, chance: torch.Generator) -> Tensor:
    """(N, 32, 32, 2) where each pixel comes from, in units of half a picture."""
    count = len(owner)

    def of_field(spread: float) -> Tensor:
        return (torch.randn(fields, generator=chance, device=chance.device) * spread)[owner]

    def of_picture(spread: float) -> Tensor:
        return torch.randn(count, generator=chance, device=chance.device) * spread

    wide = (of_field(settings.scale) + of_picture(settings.jitter)).clamp(-0.3, 0.3).exp()
    tall = (of_field(settings.scale) + of_picture(settings.jitter)).clamp(-0.3, 0.3).exp()
    shear, turn = of_field(settings.shear), of_field(settings.turn)
    right, down = of_picture(settings.shift / 16), of_picture(settings.shift / 16)
    rows = [torch.stack([wide, shear, right], 1), torch.stack([turn, tall, down], 1)]
    grid = F.affine_grid(torch.stack(rows, 1), [count, 1, 32, 32], align_corners=False)
    if settings.elastic:
        coarse = torch.randn(fields, 2, KNOTS, KNOTS, generator=chance, device=chance.device)
        smooth = F.interpolate(coarse, (32, 32), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
        strength = torch.rand(fields, generator=chance, device=chance.device) * settings.elastic / 16
        grid = grid + (strength[:, None, None, None] * smooth)[owner]
    return grid


def _pen(
    pictures: Tensor, owner: Tensor, fields: int, settings: PieceDistortion, chance: torch.Generator
) -> Tensor:
    """Thicker or thinner strokes; blur."""
    change = (torch.rand(fields, generator=chance, device=chance.device) * 2 - 1) * settings.stroke
    blurred = torch.rand(fields, generator=chance, device=chance.device) < settings.blur
    change = torch.where(blurred, 0.0, change)[owner][:, None, None, None]
    out = pictures.clone()
    amount = change.flatten()
    for chosen, join in ((amount > 0, torch.maximum), (amount < 0, torch.minimum)):
        some = pictures[chosen]
        out[chosen] = torch.lerp(some, neighbors(some, join), change[chosen].abs())
    soft = blurred[owner]
    out[soft] = neighbors(pictures[soft], torch.add) / 9
    return out


def _scan(
    pictures: Tensor, owner: Tensor, fields: int, settings: PieceDistortion, chance: torch.Generator
) -> Tensor:
    """Gray values and noise."""
    exponent = (torch.randn(fields, generator=chance, device=chance.device) * settings.gamma).exp()
    faded = 1 - torch.rand(fields, generator=chance, device=chance.device) * settings.fade
    pictures = (
        pictures.clamp(0, 1) ** exponent[owner][:, None, None, None] * faded[owner][:, None, None, None]
    )
    noise = torch.rand(fields, generator=chance, device=chance.device) * settings.noise
    noise = noise * (torch.rand(fields, generator=chance, device=chance.device) < 0.5)
    drawn = torch.randn(pictures.shape, generator=chance, device=chance.device)
    pictures = (pictures + drawn * noise[owner][:, None, None, None]).clamp(0, 1)
    # What stands around is easily learned by heart: each segment has to be read without it, too.
    pictures[(torch.rand(fields, generator=chance, device=chance.device) < settings.alone)[owner], 1:] = 0.0
    return pictures
