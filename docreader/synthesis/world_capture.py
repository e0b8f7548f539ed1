"""Captures of the world: scanners, telephones, web pictures, bilevel archives, copies of copies."""

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image

from docreader.synthesis.paper import mottle
from docreader.synthesis.world_amounts import pick

Picture = np.ndarray
"""(H, W) float32, 0 black .. 255 white."""

_DETAIL = 0.42  # blur by the loss of resolution, pixels of the result


def sample_capture(rng: np.random.Generator) -> str:
    """Draw a kind of capture, a name in `CAPTURES`."""
    return pick(rng, _SHARES)


def capture(rng: np.random.Generator, page: Picture, scale: float, kind: str) -> np.ndarray:
    """Capture a part of a page as a picture.

    Args:
        rng: Random generator.
        page: Drawn page.
        scale: Pixels of the result to a pixel of the page.
        kind: Name in `CAPTURES`.

    Returns:
        (H, W) uint8.
    """
    turn, bend = (1.3, 0.012) if kind == "photo" else (0.5, 0.0)
    small = _warp(rng, page, scale, turn, bend)
    return np.asarray(np.clip(np.round(CAPTURES[kind](rng, small)), 0, 255), np.uint8)


def _warp(rng: np.random.Generator, page: Picture, scale: float, turn: float, bend: float) -> Picture:
    """Turn a page slightly, bend its perspective and change its resolution.

    Args:
        rng: Random generator.
        page: Drawn page.
        scale: Pixels of the result to a pixel of the page.
        turn: Standard deviation of the angle, degrees; 3 at most.
        bend: Standard deviation of the displacement of corners, by the width.
    """
    rows, columns = page.shape[:2]
    wide, tall = max(8, round(columns * scale)), max(8, round(rows * scale))
    angle = float(np.clip(rng.normal(0.0, turn), -3.0, 3.0)) if rng.random() < 0.75 else 0.0
    spin = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    source = np.asarray(corners @ spin[:, :2].T + spin[:, 2], np.float32)
    if bend:
        source += rng.normal(0.0, bend, (4, 2)).astype(np.float32) * [columns * 0.5, rows * 2.0]
    target = np.array([[0, 0], [wide, 0], [wide, tall], [0, tall]], np.float32)
    change = cv2.getPerspectiveTransform(np.asarray(source, np.float32), target)
    if scale < 1.0:
        page = cv2.GaussianBlur(page, (0, 0), _DETAIL / scale)
    warped = cv2.warpPerspective(page, change, (wide, tall), borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(warped, np.float32)


def _blur(image: Picture, sigma: float) -> Picture:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32) if sigma > 0.2 else image


def _noise(rng: np.random.Generator, image: Picture, strength: float) -> Picture:
    return np.asarray(image + strength * rng.standard_normal(image.shape[:2], np.float32), np.float32)


def _jpeg(image: Picture, quality: int) -> Picture:
    data = cv2.imencode(".jpg", np.clip(image, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])[
        1
    ]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32)


def _scan(rng: np.random.Generator, image: Picture) -> Picture:
    """Scan in gray."""
    image = _noise(rng, _blur(image, float(rng.uniform(0.0, 0.7))), float(rng.uniform(0.5, 4.0)))
    image = (image - 128) * float(rng.uniform(0.85, 1.25)) + 128 + float(rng.normal(0, 8))
    return _jpeg(image, int(rng.integers(25, 97)))


def _photo(rng: np.random.Generator, image: Picture) -> Picture:
    """Photograph by telephone: falling light, blur, low contrast, noise."""
    rows, columns = image.shape[:2]
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    angle = float(rng.uniform(0, 2 * np.pi))
    ramp = (x / columns - 0.5) * np.cos(angle) + 0.4 * (y / rows - 0.5) * np.sin(angle)
    light = float(rng.uniform(0.4, 1.0)) * (1.0 + float(rng.uniform(0.0, 0.45)) * ramp)
    if rng.random() < 0.5:
        light = light * (1.0 + 0.05 * mottle(rng, (rows, columns), 0.6 * max(rows, 20)))
    floor = float(rng.uniform(0, 70)) if rng.random() < 0.5 else 0.0  # haze: black is gray
    image = (floor + image * (1.0 - floor / 255)) * np.clip(light, 0.15, 1.2)
    sigma = float(rng.uniform(0.3, 1.5)) * min(1.0, rows / 40)
    if rng.random() < 0.12:  # moved
        size = 2 * int(rng.integers(1, 3)) + 1
        kernel = np.zeros((size, size), np.float32)
        kernel[size // 2] = 1.0 / size
        image = np.asarray(cv2.filter2D(image, -1, kernel if rng.random() < 0.5 else kernel.T))
    image = _noise(rng, _blur(image, sigma), float(rng.uniform(1.0, 6.0)))
    if rng.random() < 0.3:  # sharpened by the telephone
        image = image + float(rng.uniform(0.3, 1.0)) * (image - _blur(image, 1.5))
    return _jpeg(image, int(rng.integers(30, 92)))


def _web(rng: np.random.Generator, image: Picture) -> Picture:
    """Picture of a web page: reduced, enlarged again at times, compressed."""
    rows, columns = image.shape[:2]
    if rng.random() < 0.5:
        loss = float(rng.uniform(0.5, 0.95))
        how = (cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_NEAREST)[
            int(rng.integers(3)) if loss > 0.75 else 0
        ]
        small = cv2.resize(
            image, (max(8, round(columns * loss)), max(8, round(rows * loss))), interpolation=how
        )
        back = (cv2.INTER_CUBIC, cv2.INTER_LINEAR)[int(rng.integers(2))]
        image = np.asarray(cv2.resize(small, (columns, rows), interpolation=back), np.float32)
    if rng.random() < 0.3:
        image = image + float(rng.uniform(0.3, 0.9)) * (image - _blur(image, 1.0))
    return _jpeg(image, int(rng.integers(20, 90)))


def _bilevel(rng: np.random.Generator, image: Picture) -> Picture:
    """Black and white: one threshold, one for each neighborhood, or dither."""
    image = _noise(rng, _blur(image, float(rng.uniform(0.3, 0.8))), float(rng.uniform(1.0, 6.0)))
    gray = np.clip(image, 0, 255).astype(np.uint8)
    how = pick(rng, (("otsu", 0.4), ("adaptive", 0.3), ("fixed", 0.2), ("dither", 0.1)))
    if how == "dither":
        return np.asarray(Image.fromarray(gray).convert("1"), np.float32) * 255
    if how == "adaptive":
        block = 2 * max(5, round(gray.shape[0] * float(rng.uniform(0.15, 0.4)))) + 1
        made = cv2.adaptiveThreshold(
            gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, block, float(rng.uniform(6, 22))
        )
        return np.asarray(made, np.float32)
    level, _ = cv2.threshold(gray, 0, 255, cv2.THRESH_OTSU)
    level = level + rng.normal(0, 6) if how == "otsu" else np.median(gray) * rng.uniform(0.55, 0.8)
    made = np.where(gray > level, 255.0, 0.0).astype(np.float32)
    return _blur(made, float(rng.uniform(0.4, 0.8))) if rng.random() < 0.15 else made


def _copy(rng: np.random.Generator, image: Picture) -> Picture:
    """Copy of a copy: strokes grow or break, specks, lost grays."""
    for _ in range(int(rng.integers(1, 3))):
        image = _blur(image, float(rng.uniform(0.4, 0.9)))
        middle = float(np.median(image)) * float(rng.uniform(0.6, 0.85))
        steep = float(rng.uniform(1.5, 4.0))
        image = 255 / (1 + np.exp(-steep * (image - middle) / 40))
    specks = rng.random(image.shape[:2]) < float(rng.uniform(0, 0.004))
    image = _blur(np.where(specks, 40.0, image).astype(np.float32), 0.5)
    return _jpeg(_noise(rng, image, float(rng.uniform(1, 4))), int(rng.integers(40, 95)))


CAPTURES: dict[str, Callable[[np.random.Generator, Picture], Picture]] = {
    "scan": _scan,
    "photo": _photo,
    "web": _web,
    "bilevel": _bilevel,
    "copy": _copy,
}
"""Captures by name."""

_SHARES = (("scan", 0.28), ("photo", 0.3), ("web", 0.16), ("bilevel", 0.18), ("copy", 0.08))
