"""Alterations of whole checks: amounts erased, struck out, stamped, shaded, cut, turned, or replaced by other text."""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Box = tuple[int, int, int, int]
"""Left, top, width, height of the amount's field, pixels."""

Alteration = Callable[[Image, Box, np.random.Generator], Image]


def _ink(page: Image) -> int:
    """Return the gray level of dark ink on a page."""
    return int(np.percentile(page, 0.5))


def _paper(page: Image, box: Box) -> Image:
    """Return paper of the size of a box: the most even place of the brightness around the box."""
    x, y, w, h = box
    small = page.astype(np.float32)
    mean = cv2.boxFilter(small, -1, (w, h), anchor=(0, 0), borderType=cv2.BORDER_REFLECT)
    spread = cv2.boxFilter(small**2, -1, (w, h), anchor=(0, 0), borderType=cv2.BORDER_REFLECT) - mean**2
    spread = spread[: page.shape[0] - h + 1, : page.shape[1] - w + 1]
    rim = page[max(0, y - h // 4) : y + h + h // 4, max(0, x - h // 4) : x + w + h // 4]
    level = float(np.percentile(rim, 60))
    off = spread + (mean[: spread.shape[0], : spread.shape[1]] - level) ** 2
    top, left = np.unravel_index(int(off.argmin()), off.shape)
    patch = small[top : top + h, left : left + w]
    return np.clip(patch + level - float(np.median(patch)), 0, 255).astype(np.uint8)


def erased(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Cover the field and its border with paper."""
    x, y, w, h = _inside(page, box)
    page[y : y + h, x : x + w] = _paper(page, (x, y, w, h))
    return page


def erased_in_box(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Cover the ink of the amount with paper; long lines remain."""
    x, y, w, h = _inside(page, box)
    field = page[y : y + h, x : x + w]
    ink = (field < np.percentile(field, 70) - 15).astype(np.uint8)
    for size in ((max(2, w // 3), 1), (1, max(2, 3 * h // 4))):
        ink -= cv2.morphologyEx(ink, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size)) * ink
    ink = cv2.dilate(ink, np.ones((5, 5), np.uint8))
    field[:] = np.where(ink > 0, _paper(page, (x, y, w, h)), field)
    return page


def _inside(page: Image, box: Box) -> Box:
    height, width = page.shape
    x, y, w, h = box
    left, top = max(0, x), max(0, y)
    return left, top, min(width, x + w) - left, min(height, y + h) - top


def _stroke(page: Image, points: NDArray[np.float64], box: Box) -> None:
    pen = max(2, box[3] // 18)
    cv2.polylines(page, [np.rint(points).astype(np.int32)], False, _ink(page), pen, cv2.LINE_AA)


def struck_line(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Strike the amount out with one line or two."""
    x, y, w, h = box
    for share in (0.5,) if rng.random() < 0.5 else (0.4, 0.62):
        ends = y + (share + rng.uniform(-0.08, 0.08, 2)) * h
        _stroke(page, np.array([[x, ends[0]], [x + w, ends[1]]]), box)
    return page


def struck_cross(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Cross the amount out."""
    x, y, w, h = box
    _stroke(page, np.array([[x + 0.05 * w, y], [x + 0.95 * w, y + h]]), box)
    _stroke(page, np.array([[x + 0.05 * w, y + h], [x + 0.95 * w, y]]), box)
    return page


def scribbled(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Scribble over the amount."""
    x, y, w, h = box
    count = int(rng.integers(14, 24))
    across = x + w * np.linspace(0.02, 0.98, count)
    down = y + h * np.where(np.arange(count) % 2, 0.8, 0.2) + rng.uniform(-0.1, 0.1, count) * h
    _stroke(page, np.stack([across, down], axis=1), box)
    return page


def _stamp(page: Image, word: str, center: tuple[float, float], width: float, angle: float) -> Image:
    """Stamp a word in gray letters through which the page is seen."""
    font = cv2.FONT_HERSHEY_DUPLEX
    (length, height), _ = cv2.getTextSize(word, font, 1.0, 2)
    size = width / length
    layer = np.zeros(page.shape, np.uint8)
    at = int(center[0] - width / 2), int(center[1] + size * height / 2)
    cv2.putText(layer, word, at, font, size, 255, max(2, round(4 * size)), cv2.LINE_AA)
    turn = cv2.getRotationMatrix2D(center, angle, 1.0)
    layer = cv2.warpAffine(layer, turn, page.shape[::-1])
    return np.asarray(np.rint(page * (1 - 0.55 * layer.astype(np.float32) / 255)), np.uint8)


def void_over_check(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Stamp VOID or CANCELED across the check."""
    height, width = page.shape
    word = ("VOID", "CANCELED")[int(rng.integers(2))]
    return _stamp(page, word, (width / 2, height / 2), 0.7 * width, float(rng.uniform(8, 22)))


def void_over_amount(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Stamp VOID or CANCELED over the amount."""
    x, y, w, h = box
    word = ("VOID", "CANCELED")[int(rng.integers(2))]
    return _stamp(page, word, (x + w / 2, y + h / 2), 0.9 * w, float(rng.uniform(-8, 8)))


def shadow(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Shade the check from the middle of the amount on, with a soft edge."""
    x, _, w, h = box
    ramp = 1 / (1 + np.exp(-(np.arange(page.shape[1]) - (x + rng.uniform(0.35, 0.65) * w)) / (0.1 * h)))
    return np.asarray(np.rint(page * (1 - rng.uniform(0.45, 0.65) * ramp)), np.uint8)


def falling_light(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Let the light fall off to the right."""
    ramp = np.linspace(1.0, rng.uniform(0.25, 0.45), page.shape[1])
    return np.asarray(np.rint(page * ramp), np.uint8)


def cut_by_edge(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Cut the page within the amount."""
    x, _, w, _ = box
    return np.ascontiguousarray(page[:, : int(x + rng.uniform(0.3, 0.6) * w)])


def mirrored(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Mirror the page."""
    return np.ascontiguousarray(page[:, ::-1])


def upside_down(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Turn the page by 180 degrees."""
    return np.ascontiguousarray(page[::-1, ::-1])


def _written(page: Image, box: Box, text: str, rng: np.random.Generator) -> Image:
    """Write a text in the emptied field."""
    page = erased_in_box(page, box, rng)
    x, y, w, h = box
    font = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX if text[0].isalpha() else cv2.FONT_HERSHEY_SIMPLEX
    (length, height), _ = cv2.getTextSize(text, font, 1.0, 2)
    size = min(0.8 * w / length, 0.5 * h / height)
    at = int(x + 0.1 * w), int(y + h / 2 + size * height / 2)
    cv2.putText(page, text, at, font, size, _ink(page), max(2, h // 20), cv2.LINE_AA)
    return page


def date_in_field(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Write a date in the field."""
    day, month, year = rng.integers(1, 29), rng.integers(1, 13), rng.integers(2001, 2030)
    mark = "/-."[int(rng.integers(3))]
    return _written(page, box, f"{day}{mark}{month}{mark}{year}", rng)


def word_in_field(page: Image, box: Box, rng: np.random.Generator) -> Image:
    """Write a word in the field."""
    words = "Void", "Canceled", "Sample", "Nil", "See above", "Refused"
    return _written(page, box, words[int(rng.integers(len(words)))], rng)


def _on_copy(alteration: Alteration) -> Alteration:
    return lambda page, box, rng: alteration(page.copy(), box, rng)


ALTERATIONS: dict[str, Alteration] = {
    alteration.__name__: _on_copy(alteration)
    for alteration in (
        *(erased, erased_in_box, struck_line, struck_cross, scribbled, void_over_check, void_over_amount),
        *(cut_by_edge, mirrored, date_in_field, word_in_field, shadow, falling_light, upside_down),
    )
}

READABLE = ("shadow", "falling_light", "upside_down")
"""Alterations after which the amount still stands: it may be accepted if it is right."""
