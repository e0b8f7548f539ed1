"""Printed text of forms: built-in and plotter fonts, and currency symbols that they lack."""

import functools

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docreader.synthesis.glyph import parse_glyph

# in the notation of docreader.synthesis.glyph.parse_glyph: hundredths of the symbol's height, y upwards
_DRAWN = {
    "₹": "0,97 70,97 / 0,74 70,74 / 4,97 30,96 44,80 40,60 22,52 0,52! 46,0",
    "€": "62,86 44,98 22,86 14,50 22,14 44,2 62,14 / 0,60 50,60 / 0,41 46,41",
    "£": "54,82 38,98 22,84 26,48 18,10 2,4! 30,8 62,2 / 4,48 46,50",
}


@functools.lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def print_text(text: str, height: float, bold: bool = False) -> np.ndarray:
    """Render text in Pillow's built-in font.

    Args:
        text: Single line, ASCII.
        height: Line height of the font, pixels.
        bold: Thicker strokes.

    Returns:
        (h, w) float32 coverage 0..1, cropped to the text.
    """
    font = _font(max(4, round(height)))
    weight = max(1, round(height / 34)) if bold else 0
    left, top, right, bottom = (
        int(v)
        for v in ImageDraw.Draw(Image.new("L", (1, 1))).textbbox((0, 0), text, font, stroke_width=weight)
    )
    image = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(image).text((-left, -top), text, 255, font, stroke_width=weight)
    return np.asarray(image, np.float32) / 255.0


def plot_text(text: str, height: float, font: int, bold: bool = False) -> np.ndarray:
    """Render text in one of OpenCV's plotter fonts.

    Args:
        text: Single line, ASCII.
        height: Height of a capital letter, pixels.
        font: `cv2.FONT_HERSHEY_...`.
        bold: Thicker strokes.

    Returns:
        (h, w) float32 coverage 0..1, cropped to the text.
    """
    fine = 4
    (_, capital), _ = cv2.getTextSize("0", font, 1.0, 1)
    scale = height * fine / capital
    pen = max(1, round(height * fine * (0.16 if bold else 0.09)))
    (width, tall), below = cv2.getTextSize(text, font, scale, pen)
    canvas = np.zeros((tall + below + 4 * pen, width + 4 * pen), np.uint8)
    cv2.putText(canvas, text, (2 * pen, tall + 2 * pen), font, scale, 255, pen, cv2.LINE_AA)
    rows, columns = np.nonzero(canvas.any(axis=1))[0], np.nonzero(canvas.any(axis=0))[0]
    found = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    size = max(1, round(found.shape[1] / fine)), max(1, round(found.shape[0] / fine))
    return cv2.resize(found, size, interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)


def print_symbol(symbol: str, height: float, bold: bool = False) -> np.ndarray:
    """Render a currency symbol.

    Args:
        symbol: `$`, `₹`, `€`, `£` or ASCII text.
        height: Height of the symbol, pixels.
        bold: Thicker strokes.

    Returns:
        (h, w) float32 coverage 0..1.
    """
    if symbol not in _DRAWN:
        return print_text(symbol, height * 1.1, bold)
    fine = 4
    pen = (0.14 if bold else 0.09) * height
    glyph = parse_glyph(_DRAWN[symbol])
    shape = (int(np.ceil(height + 2 * pen)), int(np.ceil(glyph.width * height + 2 * pen)))
    canvas = np.zeros((shape[0] * fine, shape[1] * fine), np.uint8)
    for stroke in glyph.strokes:
        points = np.round((stroke * height + [pen, height + pen]) * fine).astype(np.int32)
        cv2.polylines(canvas, [points], False, 255, max(1, round(pen * fine)))
    return cv2.resize(canvas, (shape[1], shape[0]), interpolation=cv2.INTER_AREA).astype(np.float32) / 255.0
