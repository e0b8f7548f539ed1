"""What the form prints around an amount: the currency sign, boxes and lines."""

import cv2
import numpy as np

from docreader.synthesis.form_text import plot_text, print_sign
from docreader.synthesis.paper import rule
from docreader.synthesis.style import Style

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)
"""OpenCV's plotter fonts, with serifs and without."""

_SPLIT = ("inr", "usd")  # where a line may stand between the sign and the amount


def with_sign(
    rng: np.random.Generator, sheet: np.ndarray, style: Style, size: float
) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Make room at the left and print the currency sign there.

    Returns:
        The wider sheet and three x: where the sign begins, the middle of the space behind it, its end.
    """
    tall = size * float(rng.uniform(0.75, 1.2))
    form = style.signs[int(rng.integers(len(style.signs)))]
    bold = bool(rng.random() < 0.5)
    if form.isascii() and rng.random() < 0.6:
        sign = plot_text(form, tall * 0.9, FONTS[int(rng.integers(len(FONTS)))], bold)
    else:
        sign = print_sign(form, tall, bold)
    broad = max(1, round(sign.shape[1] * float(rng.uniform(0.8, 1.35))))
    sign = cv2.resize(sign, (broad, sign.shape[0]), interpolation=cv2.INTER_LINEAR)
    before, after = float(rng.uniform(0.1, 0.6)) * tall, float(rng.uniform(0.1, 0.7)) * tall
    room = int(before + sign.shape[1] + after)
    # the paper goes on to the left as its own mirror image: patterns meet without a seam
    wide: np.ndarray = cv2.copyMakeBorder(sheet, 0, 0, room, 0, cv2.BORDER_REFLECT_101)
    x = int(before)
    y = int(np.clip((sheet.shape[0] - sign.shape[0]) * rng.uniform(0.3, 0.7), 0, None))
    depth = float(rng.uniform(0.6, 0.9))
    rows = wide[y : y + sign.shape[0]]
    rows[:, x : x + sign.shape[1]] *= 1.0 - depth * sign[: rows.shape[0]]
    return wide, (before, room - 0.5 * after, float(room))


def rules(
    rng: np.random.Generator, sheet: np.ndarray, style: Style, margin: tuple[float, float, float]
) -> None:
    """Print the lines of the form that the crop shows, in place; `margin` is what `with_sign` told."""
    rows, columns = sheet.shape
    light, width = float(rng.uniform(0.3, 0.65)), float(rng.uniform(0.8, 1.8))
    top, bottom, west, east = (bool(rng.random() < p) for p in style.rules)
    skew = float(rng.normal(0, 0.004)) * columns
    inset = 0.16 if style.signs else 0.11
    above, below = (float(rng.uniform(0.005, inset)) * rows for _ in range(2))
    first = float(rng.uniform(0, 0.8 * margin[0])) if west else -5.0
    last = columns - float(rng.uniform(1, 8)) if east else columns + 5.0
    if top:
        rule(sheet, (first, above), (last, above + skew), width, light)
    if bottom:
        rule(sheet, (first, rows - 1 - below), (last, rows - 1 - below + skew), width, light)
    if west:
        rule(sheet, (first, above if top else -5.0), (first, rows - 1 - below), width, light)
    if east:
        rule(sheet, (last, above if top else -5.0), (last, rows - 1 - below), width, light)
    if margin[2] and style.name in _SPLIT and rng.random() < 0.3:
        rule(sheet, (margin[1], above), (margin[1], rows - 1 - below), width, light)
