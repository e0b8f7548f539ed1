"""Printed form around an amount: currency symbol, boxes and ruled lines."""

import cv2
import numpy as np

from docreader.synthesis.form_text import plot_text, print_symbol
from docreader.synthesis.paper import draw_line
from docreader.synthesis.style import Style

FONTS = (
    cv2.FONT_HERSHEY_SIMPLEX,
    cv2.FONT_HERSHEY_DUPLEX,
    cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_TRIPLEX,
)
"""OpenCV's plotter fonts, with serifs and without."""

_SPLIT = ("inr", "usd")  # with a line between symbol and amount, at times


def add_currency_symbol(
    rng: np.random.Generator, sheet: np.ndarray, style: Style, size: float
) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Widen a sheet at its left and print a currency symbol there.

    Args:
        rng: Random generator.
        sheet: (H, W) float32, 0..255.
        style: Style of the field.
        size: Height of a digit, pixels.

    Returns:
        Wider sheet, and the margin: x of the symbol's left edge, of the middle of the gap after it, and of its end.
    """
    tall = size * float(rng.uniform(0.75, 1.2))
    form = style.symbols[int(rng.integers(len(style.symbols)))]
    bold = bool(rng.random() < 0.5)
    if form.isascii() and rng.random() < 0.6:
        symbol = plot_text(form, tall * 0.9, FONTS[int(rng.integers(len(FONTS)))], bold)
    else:
        symbol = print_symbol(form, tall, bold)
    broad = max(1, round(symbol.shape[1] * float(rng.uniform(0.8, 1.35))))
    symbol = cv2.resize(symbol, (broad, symbol.shape[0]), interpolation=cv2.INTER_LINEAR)
    before, after = float(rng.uniform(0.1, 0.6)) * tall, float(rng.uniform(0.1, 0.7)) * tall
    room = int(before + symbol.shape[1] + after)
    # mirrored, so that patterns have no seam
    wide: np.ndarray = cv2.copyMakeBorder(sheet, 0, 0, room, 0, cv2.BORDER_REFLECT_101)
    x = int(before)
    y = int(np.clip((sheet.shape[0] - symbol.shape[0]) * rng.uniform(0.3, 0.7), 0, None))
    depth = float(rng.uniform(0.6, 0.9))
    rows = wide[y : y + symbol.shape[0]]
    rows[:, x : x + symbol.shape[1]] *= 1.0 - depth * symbol[: rows.shape[0]]
    return wide, (before, room - 0.5 * after, float(room))


def print_ruled_lines(
    rng: np.random.Generator, sheet: np.ndarray, style: Style, margin: tuple[float, float, float]
) -> None:
    """Print the ruled lines of the form inside the crop, in place.

    Args:
        rng: Random generator.
        sheet: (H, W) float32, 0..255; changed.
        style: Style of the field.
        margin: Margin of the currency symbol, from `add_currency_symbol`.
    """
    rows, columns = sheet.shape
    light, width = float(rng.uniform(0.3, 0.65)), float(rng.uniform(0.8, 1.8))
    top, bottom, west, east = (bool(rng.random() < p) for p in style.ruled_lines)
    skew = float(rng.normal(0, 0.004)) * columns
    inset = 0.16 if style.symbols else 0.11
    above, below = (float(rng.uniform(0.005, inset)) * rows for _ in range(2))
    first = float(rng.uniform(0, 0.8 * margin[0])) if west else -5.0
    last = columns - float(rng.uniform(1, 8)) if east else columns + 5.0
    if top:
        draw_line(sheet, (first, above), (last, above + skew), width, light)
    if bottom:
        draw_line(sheet, (first, rows - 1 - below), (last, rows - 1 - below + skew), width, light)
    if west:
        draw_line(sheet, (first, above if top else -5.0), (first, rows - 1 - below), width, light)
    if east:
        draw_line(sheet, (last, above if top else -5.0), (last, rows - 1 - below), width, light)
    if margin[2] and style.name in _SPLIT and rng.random() < 0.3:
        draw_line(sheet, (margin[1], above), (margin[1], rows - 1 - below), width, light)


def print_form(
    rng: np.random.Generator, sheet: np.ndarray, style: Style, size: float, *, symbol: bool
) -> tuple[np.ndarray, float]:
    """Print the currency symbol, if any, and the ruled lines of the form.

    Args:
        rng: Random generator.
        sheet: (H, W) float32, 0..255; changed.
        style: Style of the field.
        size: Height of a digit, pixels.
        symbol: Whether a currency symbol is printed, for which the sheet is widened at its left.

    Returns:
        Sheet, and the width of the part added at its left, pixels.
    """
    margin = (2.0, 0.0, 0.0)
    if symbol:
        sheet, margin = add_currency_symbol(rng, sheet, style, size)
    print_ruled_lines(rng, sheet, style, margin)
    return sheet, margin[2]
