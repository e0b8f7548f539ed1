"""Amounts that a machine has printed: in several fonts, narrow and wide, on the same papers."""

import cv2
import numpy as np

from docreader.synthesis.amounts import write_amount
from docreader.synthesis.field import Rendered, field_paper
from docreader.synthesis.form import FONTS, rules, with_sign
from docreader.synthesis.form_text import plot_text, print_text
from docreader.synthesis.scan import sample_camera, sample_scan, take
from docreader.synthesis.style import Style, get_style


def render_printed(rng: np.random.Generator, style: str | Style = "mixed") -> Rendered:
    """Make an image of an amount field that was filled in by a machine.

    Args:
        rng: The source of all chance: the same state gives the same image.
        style: A look, or `mixed`.

    Returns:
        The image and its truth; it has no marks, since nothing is written by hand.

    Raises:
        UnknownStyleError: No such style.
    """
    look = get_style(rng, style)
    written = write_amount(rng, look.name)
    while any(sign.stack for sign in written.signs):  # machines print on one line
        written = write_amount(rng, look.name)
    rows = round(float(rng.uniform(*look.height)))
    size = rows * float(np.clip(rng.normal(*look.fill), 0.34, 0.86))
    bold = bool(rng.random() < 0.4)
    if rng.random() < 0.4:
        text = print_text(written.text, size * 1.3, bold)
    else:
        text = plot_text(written.text, size, FONTS[int(rng.integers(len(FONTS)))], bold)
    wide = max(4, round(text.shape[1] * float(np.exp(rng.uniform(-0.35, 0.6)))))
    text = cv2.resize(text, (wide, text.shape[0]), interpolation=cv2.INTER_AREA)
    before, after = (float(rng.gamma(1.6, 4.0)) for _ in range(2))
    rows = max(rows, text.shape[0] + 4)
    sheet = field_paper(rng, look, (rows, int(before + wide + after) + 1))
    printed, margin = bool(rng.random() < look.sign_rate), (2.0, 0.0, 0.0)
    if printed:
        sheet, margin = with_sign(rng, sheet, look, size)
    rules(rng, sheet, look, margin)
    y, x = int((rows - text.shape[0]) * rng.uniform(0.2, 0.8)), int(margin[2] + before)
    sheet[y : y + text.shape[0], x : x + wide] *= 1.0 - float(rng.uniform(0.5, 0.92)) * text
    image = take(rng, sheet, sample_scan(rng) if rng.random() < 0.9 else sample_camera(rng))
    return Rendered(
        image=image,
        label=written.digits,
        text=written.text,
        read=("$" if printed else "") + written.read,
        amount=written.amount,
        currency=written.currency,
        style=look.name,
        marks=(),
    )
