"""Degradation by scanners and cameras: blur, noise, uneven light, compression."""

from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.paper import mottle


@dataclass(frozen=True)
class Scan:
    """Parameters of the degradation.

    Attributes:
        blur: Standard deviation of the Gaussian blur, pixels.
        noise: Standard deviation of the sensor's noise, gray levels.
        shade: Variation of the light over the page, gray levels.
        contrast: Factor on the distance from mid-gray.
        quality: JPEG quality, 1..100; no compression above 100.
    """

    blur: float = 0.6
    noise: float = 2.0
    shade: float = 2.0
    contrast: float = 1.0
    quality: int = 85


def sample_scan(rng: np.random.Generator) -> Scan:
    """Draw the parameters of a bank scanner: sharp, low noise, JPEG."""
    return Scan(
        blur=float(rng.uniform(0.35, 0.75)),
        noise=float(rng.uniform(0.5, 3.5)),
        shade=float(rng.uniform(0.5, 4.0)),
        contrast=float(rng.uniform(0.9, 1.08)),
        quality=int(rng.integers(55, 96)),
    )


def sample_camera(rng: np.random.Generator) -> Scan:
    """Draw the parameters of a telephone camera."""
    return Scan(
        blur=float(rng.uniform(0.7, 1.5)),
        noise=float(rng.uniform(2.0, 6.0)),
        shade=float(rng.uniform(4.0, 14.0)),
        contrast=float(rng.uniform(0.75, 1.0)),
        quality=int(rng.integers(40, 85)),
    )


def apply_scan(rng: np.random.Generator, page: np.ndarray, scan: Scan) -> np.ndarray:
    """Degrade a page as by a scan.

    Args:
        rng: Random generator.
        page: (H, W) or (H, W, 3) float32, 0 black .. 255 white.
        scan: Parameters of the degradation.

    Returns:
        Image, uint8, same shape.
    """
    image = cv2.GaussianBlur(page, (0, 0), scan.blur) if scan.blur > 0 else page.copy()
    shape = page.shape[:2]
    change = scan.shade * mottle(rng, shape, max(30.0, 0.4 * max(shape)))
    change += scan.noise * cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), 0.5) * 1.7
    image += change if page.ndim == 2 else change[..., None]
    image = (image - 128.0) * scan.contrast + 128.0
    result = np.clip(np.round(image), 0, 255).astype(np.uint8)
    if scan.quality > 100:
        return result
    _, data = cv2.imencode(".jpg", result, [cv2.IMWRITE_JPEG_QUALITY, scan.quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)
