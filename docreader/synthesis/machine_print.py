"""Machine-printed amounts in several fonts, narrow and wide, on the papers of the amount fields."""

import cv2
import numpy as np

from docreader.synthesis.amounts import write_amount
from docreader.synthesis.field import print_paper
from docreader.synthesis.form import FONTS, print_form
from docreader.synthesis.form_text import plot_text, print_text
from docreader.synthesis.rendered import RenderedAmount
from docreader.synthesis.scan import apply_scan, sample_camera, sample_scan
from docreader.synthesis.style import Style, get_style


def render_printed(rng: np.random.Generator, style: str | Style = "mixed") -> RenderedAmount:
    """Render a machine-printed amount field.

    Args:
        rng: Random generator; the same state gives the same image.
        style: Style, or `mixed`.

    Returns:
        Image with its ground truth, without marks, which are of handwriting.

    Raises:
        UnknownStyleError: No such style.
    """
    style = get_style(rng, style)
    written = write_amount(rng, style.name)
    while any(character.stack for character in written.characters):  # machine print has a single line
        written = write_amount(rng, style.name)
    rows = round(float(rng.uniform(*style.height)))
    size = rows * float(np.clip(rng.normal(*style.fill), 0.34, 0.86))
    text = print_line(rng, written.text, size)
    wide = text.shape[1]
    before, after = (float(rng.gamma(1.6, 4.0)) for _ in range(2))
    rows = max(rows, text.shape[0] + 4)
    sheet = print_paper(rng, style, (rows, int(before + wide + after) + 1))
    printed = bool(rng.random() < style.symbol_rate)
    sheet, room = print_form(rng, sheet, style, size, symbol=printed)
    y, x = int((rows - text.shape[0]) * rng.uniform(0.2, 0.8)), int(room + before)
    sheet[y : y + text.shape[0], x : x + wide] *= 1.0 - float(rng.uniform(0.5, 0.92)) * text
    image = apply_scan(rng, sheet, sample_scan(rng) if rng.random() < 0.9 else sample_camera(rng))
    return RenderedAmount.from_written(image, written, style.name, symbol=printed)


def print_line(rng: np.random.Generator, text: str, size: float) -> np.ndarray:
    """Print a line in a random font and width.

    Args:
        rng: Random generator.
        text: Single line; characters beyond ASCII only in Pillow's built-in font.
        size: Height of a digit, pixels.

    Returns:
        (h, w) float32 coverage 0..1, cropped to the text.
    """
    bold = bool(rng.random() < 0.4)
    if rng.random() < 0.4 or not text.isascii():
        line = print_text(text, size * 1.3, bold)
    else:
        line = plot_text(text, size, FONTS[int(rng.integers(len(FONTS)))], bold)
    wide = max(4, round(line.shape[1] * float(np.exp(rng.uniform(-0.35, 0.6)))))
    return np.asarray(cv2.resize(line, (wide, line.shape[0]), interpolation=cv2.INTER_AREA), np.float32)
