"""Distortion of digits: affine and elastic warps, stroke width, faint and broken strokes, continental forms.

GBL98 sec. III-A distorts by "combinations of planar affine transformations": translation, scaling, squeezing and
horizontal shearing. The other distortions imitate the strokes of scanned checks.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Generator, Tensor

CANVAS = 48
"""Side of the canvas of a warped digit, pixels."""

ZOOM = 1.6
"""Canvas pixels for one pixel of a 28x28 digit."""

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Distortion:
    """Strength of the distortions of digits.

    Attributes:
        rotation: Standard deviation of the angle, degrees.
        shear: Standard deviation of the horizontal shear (1 = 45 degrees).
        scale: Standard deviation of the logarithm of the size.
        squeeze: Standard deviation of the logarithm of width over height.
        elastic: Standard deviation of smooth local displacements, canvas pixels.
        stroke: Greatest change of half the stroke width, canvas pixels.
        faint: Fraction of copies whose ink varies along the stroke.
        gap: Fraction of copies with an erased thin line, as after the removal of a ruled line.
        blur: Greatest blur as a fraction of a Gaussian of 1.2 canvas pixels.
        continental: Fraction of ones with an upstroke and of sevens with a bar; half of it, of flat zeros; a quarter of
            it, of open fours.
        jitter: Greatest shift of the normalized image, pixels.
        shift: Greatest shift of digits that are not normalized, digit pixels.
        segmented: Whether the copies are normalized like segments of a check. If not, they keep their place in the
            frame, as the test digits of MNIST do, and their strokes.
    """

    rotation: float = 6.0
    shear: float = 0.18
    scale: float = 0.1
    squeeze: float = 0.2
    elastic: float = 1.2
    stroke: float = 1.0
    faint: float = 0.3
    gap: float = 0.1
    blur: float = 0.8
    continental: float = 0.8
    jitter: int = 1
    shift: float = 0.0
    segmented: bool = True


UNCHANGED_STROKES = {"stroke": 0.0, "faint": 0.0, "gap": 0.0, "blur": 0.0, "continental": 0.0}
DISTORTIONS = {
    "checks": Distortion(),
    "affine": Distortion(
        0.0, 0.15, 0.1, 0.15, 0.0, **UNCHANGED_STROKES, jitter=0, shift=1.5, segmented=False
    ),
    "digits": Distortion(
        7.0, 0.12, 0.1, 0.12, 1.0, **UNCHANGED_STROKES, jitter=0, shift=1.5, segmented=False
    ),
}
"""`checks`: from MNIST's digits to those of checks. `affine`: GBL98 sec. III-A, translation, scaling, squeezing and
horizontal shearing, whose strength the paper does not give. `digits`: also rotation and elastic warps, for MNIST."""


def _normal(shape: tuple[int, ...], generator: Generator) -> Tensor:
    return torch.randn(shape, generator=generator)


def _uniform(shape: tuple[int, ...], low: float, high: float, generator: Generator) -> Tensor:
    return low + (high - low) * torch.rand(shape, generator=generator)


def warp(
    images: Tensor, settings: Distortion, generator: Generator, side: int = CANVAS, zoom: float = ZOOM
) -> Tensor:
    """Warp each digit into a canvas by an affine and a smooth elastic transformation.

    Args:
        images: (N, H, W) float32 of about 28x28 pixels, 0 paper to 1 ink, on any device.
        settings: Strength of the distortions.
        generator: Random generator on the CPU.
        side: Side of the canvas, pixels.
        zoom: Canvas pixels for one pixel of the digit.

    Returns:
        (N, side, side) float32.
    """
    n, height, width = images.shape
    device = images.device
    turn = _normal((n,), generator) * math.radians(settings.rotation)
    shear = _normal((n,), generator) * settings.shear
    squeeze = torch.exp(0.5 * settings.squeeze * _normal((n,), generator).clamp(-2.5, 2.5))
    size = torch.exp(settings.scale * _normal((n,), generator).clamp(-2, 2))
    # maps output pixels to input pixels, both relative to the center
    cos, sin = torch.cos(turn), torch.sin(turn)
    matrix = torch.stack([cos + shear * sin, -sin + shear * cos, sin, cos], -1).view(n, 2, 2)
    matrix = matrix * torch.stack([1 / squeeze, squeeze], -1).unsqueeze(1) / (zoom * size).view(n, 1, 1)
    steps = torch.arange(side, dtype=torch.float32, device=device) - (side - 1) / 2
    grid_y, grid_x = torch.meshgrid(steps, steps, indexing="ij")
    places = torch.stack([grid_x, grid_y], -1).expand(n, side, side, 2)
    if settings.elastic:
        smooth = _smooth_noise((n, 2), 5, side, side, "bicubic", generator, device)
        places = places + settings.elastic * smooth.permute(0, 2, 3, 1)
    source = places.reshape(n, -1, 2) @ matrix.to(device).transpose(1, 2)
    if settings.shift:
        source = source + _uniform((n, 1, 2), -settings.shift, settings.shift, generator).to(device)
    source = source * torch.tensor([2.0 / width, 2.0 / height], device=device)
    canvas = F.grid_sample(
        images.unsqueeze(1), source.view(n, side, side, 2), mode="bilinear", align_corners=False
    )
    return canvas.squeeze(1)


def vary_strokes(canvas: Tensor, settings: Distortion, generator: Generator) -> Tensor:
    """Vary the strokes: wider or thinner, faint, broken, blurred.

    Args:
        canvas: (N, H, W) float32, 0 paper to 1 ink.
        settings: Strength of the distortions.
        generator: Random generator.

    Returns:
        Tensor of the same shape.
    """
    n, height, width = canvas.shape
    x = canvas.unsqueeze(1)
    if settings.stroke:
        change = _uniform((n, 1, 1, 1), -settings.stroke, settings.stroke, generator)
        wide, fine = _widen(x), -_widen(-x)
        x = x + change.clamp_min(0) * (wide - x) + change.clamp_max(0) * (x - fine)
        # restore the contrast of thinned strokes
        low, high = _uniform((n, 1, 1, 1), 0.0, 0.25, generator), _uniform((n, 1, 1, 1), 0.55, 1.0, generator)
        peak = x.amax((2, 3), keepdim=True).clamp_min(1e-3)
        x = ((x / peak - low) / (high - low)).clamp(0, 1)
    if settings.faint:
        noise = _smooth_noise((n, 1), 7, height, width, "bilinear", generator)
        strength = _uniform((n, 1, 1, 1), 0.2, 0.9, generator)
        strength = strength * (torch.rand((n, 1, 1, 1), generator=generator) < settings.faint)
        x = x * (1 - strength * noise.clamp(0, 1))
    if settings.gap:
        angle = _normal((n, 1, 1), generator) * 0.15
        offset = _uniform((n, 1, 1), -0.35 * height, 0.35 * height, generator)
        half = _uniform((n, 1, 1), 0.5, 1.6, generator)
        row = torch.arange(height, dtype=torch.float32).view(1, -1, 1) - (height - 1) / 2
        column = torch.arange(width, dtype=torch.float32).view(1, 1, -1) - (width - 1) / 2
        away = (row * torch.cos(angle) + column * torch.sin(angle) - offset).abs()
        keep = (away - half + 0.5).clamp(0, 1)
        chosen = torch.rand((n, 1, 1), generator=generator) < settings.gap
        x = torch.where(chosen.unsqueeze(1), x * keep.unsqueeze(1), x)
    if settings.blur:
        soft = _blur(x)
        x = torch.lerp(x, soft, _uniform((n, 1, 1, 1), 0.0, settings.blur, generator))
    return x.squeeze(1).clamp(0, 1)


def _smooth_noise(
    shape: tuple[int, int],
    knots: int,
    height: int,
    width: int,
    mode: str,
    generator: Generator,
    device: torch.device = CPU,
) -> Tensor:
    """Generate normal noise on a coarse grid, interpolated to (*shape, height, width)."""
    basis = torch.eye(knots).view(knots, 1, knots, 1).expand(-1, -1, -1, 2)
    down = F.interpolate(basis, (height, 2), mode=mode, align_corners=True)[:, 0, :, 0]
    across = F.interpolate(basis, (width, 2), mode=mode, align_corners=True)[:, 0, :, 0]
    noise = _normal((*shape, knots, knots), generator).to(device)
    return down.T.to(device) @ noise @ across.to(device)


def _widen(x: Tensor) -> Tensor:
    """Compute the maximum of each 3x3 neighborhood, five times faster than max_pool2d on the CPU."""
    x = F.pad(x, (1, 1, 1, 1), mode="replicate")
    x = torch.maximum(torch.maximum(x[..., :-2], x[..., 1:-1]), x[..., 2:])
    return torch.maximum(torch.maximum(x[..., :-2, :], x[..., 1:-1, :]), x[..., 2:, :])


def _blur(x: Tensor) -> Tensor:
    """Apply the binomial filter 1 2 1 three times, approximately a Gaussian of 1.2 pixels."""
    for _ in range(3):
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        x = 0.25 * (x[..., :-2] + x[..., 2:]) + 0.5 * x[..., 1:-1]
        x = 0.25 * (x[..., :-2, :] + x[..., 2:, :]) + 0.5 * x[..., 1:-1, :]
    return x


def continental_forms(
    images: NDArray[np.uint8], characters: NDArray[np.str_], share: float, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Draw continental forms: ones with an upstroke, sevens with a bar, flat zeros, open fours.

    Args:
        images: (N, H, W) uint8, 0 paper to 255 ink.
        characters: (N,) classes of the images; only "0", "1", "4" and "7" change.
        share: Fraction of the ones and sevens to change; half of it for zeros, a quarter for fours.
        rng: Random generator.

    Returns:
        Changed copy.
    """
    images = images.copy()
    for character, share_of_it, change in (
        ("0", share / 2, _flatten),
        ("1", share, _upstroke),
        ("4", share / 4, _open_four),
        ("7", share, _bar),
    ):
        chosen = (characters == character) & (rng.random(len(images)) < share_of_it)
        for index in np.flatnonzero(chosen):
            change(images[index], rng)
    return images


def _stroke_width(image: NDArray[np.uint8]) -> int:
    """Estimate the stroke width in pixels: twice the greatest distance from ink to paper."""
    return max(
        1, round(2 * float(cv2.distanceTransform((image > 100).astype(np.uint8), cv2.DIST_L2, 3).max()) - 1)
    )


def _draw_stroke(
    image: NDArray[np.uint8], start: tuple[float, float], end: tuple[float, float], width: int
) -> None:
    """Draw an antialiased line from (x, y) to (x, y) into the image."""
    fixed = [(round(x * 16), round(y * 16)) for x, y in (start, end)]
    line = np.zeros_like(image)
    cv2.line(line, fixed[0], fixed[1], 255, width, cv2.LINE_AA, 4)
    np.maximum(image, line, out=image)


def _upstroke(image: NDArray[np.uint8], rng: np.random.Generator) -> None:
    rows = np.flatnonzero((image > 100).any(1))
    if len(rows) < 8:
        return
    top, bottom = int(rows[0]), int(rows[-1])
    x = float(np.flatnonzero(image[top] > 100).mean())
    width = max(1, _stroke_width(image) - int(rng.integers(2)))
    length = (bottom - top) * rng.uniform(0.15, 0.9)
    angle = rng.uniform(0.25, 1.05)  # radians from the vertical
    _draw_stroke(image, (x, top + 0.5), (x - length * math.sin(angle), top + length * math.cos(angle)), width)
    if rng.random() < 0.2:
        foot = float(np.flatnonzero(image[bottom] > 100).mean())
        half = rng.uniform(2.5, 5.0)
        _draw_stroke(image, (foot - half, bottom), (foot + half, bottom), width)


def _bar(image: NDArray[np.uint8], rng: np.random.Generator) -> None:
    rows = np.flatnonzero((image > 100).any(1))
    if len(rows) < 8:
        return
    y = int(rows[0] + (rows[-1] - rows[0]) * rng.uniform(0.42, 0.65))
    ink = np.flatnonzero(image[y] > 100)
    if not len(ink):
        return
    x, half, rise = float(ink.mean()), rng.uniform(2.5, 6.0), rng.uniform(-1.5, 1.0)
    _draw_stroke(image, (x - half, y - rise), (x + half, y + rise), _stroke_width(image))


def _flatten(image: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Scale the image about its center: wider and lower."""
    height, width = image.shape
    across, down = rng.uniform(1.0, 1.6), rng.uniform(0.55, 0.95)
    move = np.array([[across, 0, (1 - across) * (width - 1) / 2], [0, down, (1 - down) * (height - 1) / 2]])
    image[:] = cv2.warpAffine(image, move, (width, height))


def _open_four(image: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """Draw a four of two strokes: down and to the right, then a short one down through the end."""
    height, width = image.shape
    stroke = _stroke_width(image)
    image[:] = 0
    x, y = np.array([0.3, 0.72]) * width, np.array([0.15, 0.62, 0.86]) * height
    foot = (x[0] + rng.uniform(-3, 1), y[1] + rng.uniform(-3, 3))
    end = (x[1] + rng.uniform(-1, 3), foot[1] + rng.uniform(-2.5, 1.5))
    _draw_stroke(image, (x[0] + rng.uniform(-1, 4), y[0] + rng.uniform(-1, 2)), foot, stroke)
    _draw_stroke(image, foot, end, stroke)
    cross = end[0] - rng.uniform(1, 4.5)
    top = foot[1] - rng.uniform(2, 9)
    _draw_stroke(
        image,
        (cross + rng.uniform(-0.5, 2), top),
        (cross + rng.uniform(-2, 0.5), y[2] + rng.uniform(-2, 2)),
        stroke,
    )
