"""Damage that leaves a real amount field readable: shade, noise, and damage beside the ink."""

import cv2
import numpy as np
from field_faults import Fault
from real_fields import Field, widen

from docreader.synthesis.negatives import alterations, light
from docreader.synthesis.negatives.canvas import Canvas
from docreader.synthesis.paper import draw_line, grid, mottle


def shade_half(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Shade one side."""
    canvas.sheet *= light.cast_shadow(canvas, float(canvas.rng.uniform(0.25, 0.6)))
    return canvas.sheet


def shade_whole(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Darken the whole field."""
    return np.asarray(canvas.sheet * float(canvas.rng.uniform(0.35, 0.75)))


def light_falloff(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Let the light fall off along the field."""
    return light.fade_light(canvas).sheet


def noise(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Add the noise of a bad camera."""
    grain = canvas.rng.standard_normal(canvas.sheet.shape).astype(np.float32)
    coarse = cv2.GaussianBlur(grain, (0, 0), float(canvas.rng.uniform(0.3, 0.8)))
    return canvas.sheet + coarse / coarse.std() * float(canvas.rng.uniform(4, 12))


def faint(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Reduce the contrast."""
    paper = float(np.median(canvas.sheet))
    return paper + (canvas.sheet - paper) * float(canvas.rng.uniform(0.45, 0.8))


def soft(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Blur slightly."""
    return np.asarray(
        cv2.GaussianBlur(canvas.sheet, (0, 0), canvas.size * float(canvas.rng.uniform(0.02, 0.05)))
    )


def compressed(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Compress strongly."""
    quality = int(canvas.rng.integers(18, 45))
    _, data = cv2.imencode(
        ".jpg", np.clip(canvas.sheet, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality]
    )
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.float32)


def _free_place(field: Field, canvas: Canvas) -> tuple[float, float, float, float]:
    """Put paper before or after the line and return the box of a place on it."""
    rng = canvas.rng
    before = bool(rng.random() < 0.5)
    room = float(rng.uniform(0.9, 1.6))
    widen(field, canvas, room if before else 0.0, 0.0 if before else room)
    width, tall = 0.45 * canvas.size, 0.7 * canvas.size
    columns, rows = canvas.sheet.shape[1], canvas.sheet.shape[0]
    x = 0.15 * canvas.size if before else columns - 0.15 * canvas.size - width
    y = float(rng.uniform(0, max(1.0, rows - tall)))
    return x, y, x + width, y + tall


def streak_beside(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Draw an upright streak of a scanner beside the line."""
    left, _, right, _ = _free_place(field, canvas)
    x, rows = float(canvas.rng.uniform(left, right)), canvas.sheet.shape[0]
    draw_line(canvas.sheet, (x, -5.0), (x, rows + 5.0), float(canvas.rng.uniform(0.8, 2.5)), 0.4)
    return canvas.sheet


def fluid_beside(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Paint correction fluid beside the line."""
    alterations.paint_over(canvas, _free_place(field, canvas))
    return canvas.sheet


def hole_beside(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Punch a hole beside the line."""
    left, top, right, bottom = _free_place(field, canvas)
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    radius = (right - left) * float(canvas.rng.uniform(0.5, 0.7))
    inside = np.clip(radius - np.hypot(x - (left + right) / 2, y - (top + bottom) / 2) + 0.5, 0, 1)
    return canvas.sheet + inside * (float(canvas.rng.choice([10.0, 40.0, 253.0])) - canvas.sheet)


def margin(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Leave wide margins of paper."""
    widen(field, canvas, float(canvas.rng.uniform(0, 2.5)), float(canvas.rng.uniform(0, 2.5)))
    return canvas.sheet


def torn_beside(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Tear paper off beside the line."""
    left, _, right, _ = _free_place(field, canvas)
    rows = canvas.sheet.shape[0]
    x, _ = grid((rows, canvas.sheet.shape[1]))
    ragged = 0.06 * canvas.size * mottle(canvas.rng, (rows, 8), 5.0)[:, :1]
    behind = left > canvas.sheet.shape[1] / 2
    gone = np.clip((x - (left + right) / 2 - ragged) * (1 if behind else -1) + 0.5, 0, 1)
    return canvas.sheet + gone * (float(canvas.rng.choice([12.0, 60.0, 252.0])) - canvas.sheet)


def shade_beside(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Cast a deep shade beside the line."""
    left, _, right, _ = _free_place(field, canvas)
    x, _ = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    behind = left > canvas.sheet.shape[1] / 2
    soft_edge = canvas.size * float(canvas.rng.uniform(0.02, 0.15))
    covered = np.clip((x - (left + right) / 2) * (1 if behind else -1) / soft_edge + 0.5, 0, 1)
    return np.asarray(canvas.sheet * (1 - float(canvas.rng.uniform(0.5, 0.95)) * covered))


HARMLESS: dict[str, tuple[float, Fault]] = {
    "shade_half": (5.0, shade_half),
    "shade_whole": (1.5, shade_whole),
    "light_falloff": (4.0, light_falloff),
    "noise": (1.5, noise),
    "faint": (1.5, faint),
    "soft": (1.0, soft),
    "compressed": (1.0, compressed),
    "margin": (1.0, margin),
    "streak_beside": (1.0, streak_beside),
    "fluid_beside": (1.0, fluid_beside),
    "hole_beside": (1.0, hole_beside),
    "torn_beside": (1.0, torn_beside),
    "shade_beside": (1.0, shade_beside),
}
"""Weight and drawing function of each kind of damage: the amount is as valid as without it."""
