"""Forms around an amount: papers, boxes, printed labels, and what stands beside the field."""

from dataclasses import dataclass

import cv2
import numpy as np

from docreader.decoding.currencies import Currency
from docreader.synthesis.fonts import FontBank, shrink
from docreader.synthesis.paper import mottle, pattern
from docreader.synthesis.world_amounts import pick

SCRIPTS = {
    "INR": ("₹", "₹", "₹", "₹", "₹", "₹", "₹", "Rs.", "Rs", "रु.", "Rs. / रु.", "रु.Rs.", "रुपये"),
    "PKR": ("PKR", "PKR", "Rs.", "Rs", "روپے", "PKR روپے"),
    "LKR": ("Rs.", "Rs", "රු.", "LKR"),
    "BDT": ("Tk", "Tk.", "টাকা", "৳"),
    "NPR": ("रू.", "Rs.", "NRs."),
    "AED": ("AED", "درهم", "Dhs.", "AED درهم"),
    "SAR": ("SR", "SAR", "ريال"),
    "EGP": ("LE", "L.E.", "جنيه", "EGP"),
    "MVR": ("MVR", "Rf.", "Rf"),
    "THB": ("฿", "บาท", "THB"),
    "TND": ("DT", "TND", "د.ت"),
}
"""Labels of the forms of some currencies beside their signs."""

WORDS = (
    *(
        "OR BEARER",
        "OR ORDER",
        "या धारक को",
        "करें",
        "अदा",
        "CHECK AMOUNT",
        "AMOUNT",
        "Amount Number",
        "DOLLARS",
        "PAY",
    ),
    *(
        "Date",
        "D D M M Y Y Y Y",
        "A/C No.",
        "Rupees",
        "FOR VALUE RECEIVED",
        "VOID AFTER 90 DAYS",
        "Pay to the",
        "order of",
    ),
    *(
        "Authorised Signatory",
        "Please sign above",
        "Pague por este cheque",
        "Son pesos",
        "BRANCH",
        "Valid for 3 months only",
    ),
    *(
        "Payez contre ce chèque",
        "la somme de",
        "A/C PAYEE ONLY",
        "NOT OVER",
        "ICICI Bank",
        "HBL",
        "Security features",
    ),
    *(
        "Details on back",
        "MP",
        "e centavos acima",
        "A quantia de",
        "the sum of",
        "or bearer",
        "حامله",
        "কে",
        "ರೂಪಾಯಿ",
    ),
)
"""Words of forms around the field."""

BORDERS = (
    *(
        ("full", 0.4),
        ("thick", 0.1),
        ("rounded", 0.07),
        ("double", 0.03),
        ("partial", 0.1),
        ("underline", 0.08),
    ),
    *(("dashed", 0.05), ("dotted", 0.03), ("none", 0.14)),
)
"""Borders with their shares."""


@dataclass(frozen=True)
class FormBox:
    """Box of a field, pixels."""

    left: float
    top: float
    right: float
    bottom: float


def lay_paper(rng: np.random.Generator, fonts: FontBank, shape: tuple[int, int], size: float) -> np.ndarray:
    """Print the paper of a check.

    Args:
        rng: Random generator.
        fonts: Fonts of repeated text.
        shape: (H, W), pixels.
        size: Height of a digit, pixels.

    Returns:
        (H, W) float32, 0..255.
    """
    light = float(np.clip(rng.normal(228, 22), 130, 255))
    sheet = np.full(shape, light, np.float32)
    sheet += 1.5 * mottle(rng, shape, 3.0) + 2.0 * mottle(rng, shape, 40.0)
    kind = pick(rng, (("plain", 0.36), ("lines", 0.42), ("text", 0.12), ("picture", 0.1)))
    depth = float(rng.uniform(6, 60)) if rng.random() < 0.8 else float(rng.uniform(50, 100))
    if kind == "lines":
        names = ("waves", "hatch", "arcs", "fan", "weave", "halftone", "halftone", "braid")
        for _ in range(int(rng.integers(1, 3))):
            name = names[int(rng.integers(len(names)))]
            sheet -= depth * pattern(rng, name, shape, float(rng.uniform(0.08, 0.3)) * size + 1.5)
    elif kind == "text":
        sheet -= 0.6 * depth * _repeated_text(rng, fonts, shape, size)
    elif kind == "picture":  # large soft shapes: a watermark
        soft = mottle(rng, shape, float(rng.uniform(0.5, 2.5)) * size)
        sheet -= 0.5 * depth * np.clip(2.0 * soft, 0.0, 1.0)
    return sheet


def _repeated_text(
    rng: np.random.Generator, fonts: FontBank, shape: tuple[int, int], size: float
) -> np.ndarray:
    word = ("SAMPLE", "BANK", "ABC Bank", "VOID", "HBL", "COPY", "SPECIMEN", "*")[int(rng.integers(8))]
    tile = print_label(rng, fonts, word, size * float(rng.uniform(0.2, 0.7)))
    if tile is None:
        return np.zeros(shape, np.float32)
    gap = max(2, int(0.5 * tile.shape[0]))
    tile = cv2.copyMakeBorder(tile, gap, gap, gap, gap, cv2.BORDER_CONSTANT)
    shifted = np.vstack([tile, np.roll(tile, tile.shape[1] // 2, axis=1)])
    rows, columns = (-(-n // m) for n, m in zip(shape, shifted.shape, strict=True))
    return np.asarray(np.tile(shifted, (rows, columns))[: shape[0], : shape[1]])


def print_label(rng: np.random.Generator, fonts: FontBank, text: str, height: float) -> np.ndarray | None:
    """Print a word of a form.

    Args:
        rng: Random generator.
        fonts: Fonts.
        text: Word, of any script.
        height: Height of a digit, pixels.

    Returns:
        (h, w) float32 coverage 0..1; None if no font has its characters.
    """
    font = fonts.pick(rng, ("print", "label") if text.isascii() else ("label", "print"), text)
    if font is None:
        return None
    widen = float(np.clip(np.exp(rng.normal(0.0, 0.12)), 0.7, 1.4))
    return shrink(font.word(text), max(height, 5.0), widen)


def currency_label(rng: np.random.Generator, currency: Currency) -> str:
    """Draw the printed label of a currency: a sign, a code or a word."""
    known = SCRIPTS.get(currency.code, currency.before)
    if not known or (not known[0].isascii() and rng.random() < 0.1):
        known = (currency.code,)
    if known is currency.before:  # the usual ones come first
        return known[min(int(rng.geometric(0.6)) - 1, len(known) - 1)]
    return known[int(rng.integers(len(known)))]


def draw_border(
    rng: np.random.Generator, sheet: np.ndarray, box: FormBox, kind: str, light: float, pen: float
) -> None:
    """Print the border of a box, in place.

    Args:
        rng: Random generator.
        sheet: (H, W) float32, 0..255; changed.
        box: Box, pixels.
        kind: Name in `BORDERS`.
        light: Factor on the paper's light under the line, 0..1.
        pen: Width of the line, pixels.
    """
    if kind == "none":
        return
    cover = np.zeros(sheet.shape, np.uint8)
    wide = max(1, round(pen * (2.2 if kind == "thick" else 1.0)))
    a, b, c, d = box.left, box.top, box.right, box.bottom
    sides = [((a, b), (c, b)), ((c, b), (c, d)), ((c, d), (a, d)), ((a, d), (a, b))]
    if kind == "partial":
        sides = [side for side in sides if rng.random() < 0.55] or sides[:1]
    elif kind == "underline":
        sides = [sides[2]]
    if kind == "rounded":
        radius = float(rng.uniform(0.1, 0.45)) * (d - b)
        turn = np.linspace(0, np.pi / 2, 7)
        corners = (
            (c - radius, d - radius, 0),
            (a + radius, d - radius, 1),
            (a + radius, b + radius, 2),
            (c - radius, b + radius, 3),
        )
        points = [
            (x + radius * np.cos(t + q * np.pi / 2), y + radius * np.sin(t + q * np.pi / 2))
            for x, y, q in corners
            for t in turn
        ]
        cv2.polylines(
            cover, [np.round(np.array(points) * 8).astype(np.int32)], True, 255, wide, cv2.LINE_AA, 3
        )
    elif kind in ("dashed", "dotted"):
        step = float(rng.uniform(2.5, 4.0) if kind == "dotted" else rng.uniform(6, 14)) * max(pen, 1.0)
        for (x0, y0), (x1, y1) in sides:
            count = max(2, int(np.hypot(x1 - x0, y1 - y0) / step))
            ends = np.linspace(0, 1, count + 1)
            for t in ends[:-1]:
                u = t + (0.3 if kind == "dotted" else 0.6) / count
                _segment(
                    cover,
                    (x0 + t * (x1 - x0), y0 + t * (y1 - y0)),
                    (x0 + u * (x1 - x0), y0 + u * (y1 - y0)),
                    wide,
                )
    else:
        for start, end in sides:
            _segment(cover, start, end, wide)
        if kind == "double":
            off = 2.0 * wide + 1.5
            for start, end in zip(
                ((a, b), (c, b), (c, d), (a, d)), ((c, b), (c, d), (a, d), (a, b)), strict=True
            ):
                shift = np.array(
                    [[off if p[0] == a else -off, off if p[1] == b else -off] for p in (start, end)]
                )
                _segment(cover, tuple(np.add(start, shift[0])), tuple(np.add(end, shift[1])), wide)
    sheet *= 1.0 - (1.0 - light) * (cover.astype(np.float32) / np.float32(255))


def draw_cells(
    sheet: np.ndarray,
    box: FormBox,
    first: float,
    pitch: float,
    count: int,
    light: float,
    pen: float,
    tall: float,
) -> None:
    """Print the dividers of a comb, in place.

    Args:
        sheet: (H, W) float32, 0..255; changed.
        box: Box, pixels.
        first: x of the first cell's left edge, pixels.
        pitch: Width of a cell, pixels.
        count: Number of cells.
        light: Factor on the paper's light under the line, 0..1.
        pen: Width of the line, pixels.
        tall: Height of a divider by that of the box; those below 1 rise from the bottom.
    """
    cover = np.zeros(sheet.shape, np.uint8)
    top = box.bottom - tall * (box.bottom - box.top)
    for number in range(count + 1):
        x = first + number * pitch
        _segment(cover, (x, top), (x, box.bottom), max(1, round(pen)))
    sheet *= 1.0 - (1.0 - light) * (cover.astype(np.float32) / np.float32(255))


def draw_divider(sheet: np.ndarray, box: FormBox, x: float, light: float, pen: float) -> None:
    """Print the line between label and amount, in place."""
    draw_cells(sheet, box, x, 0.0, 0, light, pen, 1.0)


def draw_barcode(rng: np.random.Generator, sheet: np.ndarray, left: int, right: int) -> None:
    """Print bars across the whole height, or lying ones, in place."""
    part = sheet[:, left:right]
    along = part.shape[0] if rng.random() < 0.6 else part.shape[1]
    step = max(1, round(float(rng.uniform(0.02, 0.05)) * part.shape[0]))
    bars = np.repeat(rng.random(along // step + 1) < 0.5, step)[:along]
    dark = float(rng.uniform(0.1, 0.4))
    if along == part.shape[0]:
        part[bars] *= dark
    else:
        part[:, bars] *= dark


def _segment(cover: np.ndarray, start: tuple[float, ...], end: tuple[float, ...], wide: int) -> None:
    a, b = ((round(x * 8), round(y * 8)) for x, y in (start, end))
    cv2.line(cover, a, b, 255, wide, cv2.LINE_AA, 3)
