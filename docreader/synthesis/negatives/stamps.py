"""Stamps over an amount, or alone in its field."""

import cv2
import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.machine_print import print_line
from docreader.synthesis.negatives.amounts import choose, clean_amount
from docreader.synthesis.negatives.canvas import Canvas, empty, paste, printed, written
from docreader.synthesis.paper import mottle

STAMPS = {
    "void": ("VOID", "VOID", "VOIDED", "NULO", "ANULADO", "UNGULTIG"),
    "paid": ("PAID", "PAID", "PAGADO", "BEZAHLT", "PAYE", "RECEIVED", "PROCESSED"),
    "copy": (
        "COPY",
        "COPY",
        "COPIA",
        "KOPIE",
        "DUPLICATE",
        "SPECIMEN",
        "SAMPLE",
        "NON-NEGOTIABLE",
        "CANCELED",
    ),
}
"""Words of the stamps, by kind."""


def stamped(rng: np.random.Generator, bank: DigitBank, kind: str) -> Canvas:
    """Stamp an amount."""
    text = clean_amount(rng)[0]
    canvas = printed(rng, bank, text) if rng.random() < 0.25 else written(rng, bank, text)
    return stamp(canvas, choose(rng, *STAMPS[kind]))


def stamp_alone(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Stamp an empty field, with a word or a date."""
    date = f"{rng.integers(1, 29):02d} {choose(rng, 'JAN', 'MAR', 'JUL', 'NOV')} {rng.integers(1990, 2040)}"
    words = [word for some in STAMPS.values() for word in some]
    return stamp(empty(rng, bank), choose(rng, date, *words))


def void_written(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Write a word such as void over an amount by hand."""
    canvas = written(rng, bank, clean_amount(rng, least=3)[0])
    word = choose(rng, "VOID", "Void", "void", "NO", "nulo", "paid", "copy", "wrong", "stop")
    left, _, right, bottom = canvas.bounds
    scale = float(rng.uniform(0.9, 1.5))
    x = left + float(rng.uniform(0, 0.4)) * (right - left)
    canvas.ink(canvas.write(word, x, bottom + canvas.size * float(rng.uniform(-0.2, 0.15)), scale))
    canvas.text += f" / {word}"
    return canvas


def stamp(canvas: Canvas, word: str) -> Canvas:
    """Stamp a word in uneven ink over the line of a canvas, at an angle, at times with a frame."""
    rng, (left, top, right, bottom) = canvas.rng, canvas.bounds
    rows, columns = canvas.sheet.shape
    line = print_line(rng, word, 48.0)
    if rng.random() < 0.55:
        line = _frame(line, round(float(rng.uniform(3, 7))), double=bool(rng.random() < 0.3))
    tall = canvas.size * float(rng.uniform(0.8, 1.7))
    long = float(np.clip((right - left) * rng.uniform(0.6, 1.1), tall, columns * 1.1))
    size = max(8, round(long)), max(8, round(min(tall, long * 0.6)))
    line = cv2.resize(line, size, interpolation=cv2.INTER_AREA)
    angle = float(rng.normal(0, 12))
    middle = (
        (left + right) / 2 + rng.normal(0, 0.08) * (right - left),
        (top + bottom) / 2 + rng.normal(0, 0.1) * tall,
    )
    turn = cv2.getRotationMatrix2D((size[0] / 2, size[1] / 2), angle, 1.0)
    turn[:, 2] += np.array([middle[0] - size[0] / 2, middle[1] - size[1] / 2])
    cover = cv2.warpAffine(line, turn, (columns, rows))
    worn = np.clip(0.9 + 0.35 * mottle(rng, (rows, columns), float(rng.uniform(3, 14))), 0, 1)
    paste(canvas.sheet, np.asarray(cover * worn, np.float32), 0.0, 0.0, float(rng.uniform(0.45, 0.8)))
    canvas.text = f"{canvas.text} / {word}" if canvas.text else word
    return canvas


def _frame(line: np.ndarray, pen: int, *, double: bool) -> np.ndarray:
    """Put a frame around a line, (h, w) coverage."""
    framed = np.pad(line, pen + 10)
    edges = [pen // 2, pen // 2 + 2 * pen] if double else [pen // 2]
    if double:
        framed = np.pad(framed, 2 * pen)
    for edge in edges:
        far = framed.shape[1] - 1 - edge, framed.shape[0] - 1 - edge
        cv2.rectangle(framed, (edge, edge), far, 1.0, pen)
    return framed
