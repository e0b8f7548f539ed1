"""Faults of real amount fields: struck, altered, cut, turned, stamped and damaged."""

from collections.abc import Callable

import cv2
import numpy as np
from real_fields import Field, scan, widen

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.negatives import alterations, damage, light, stamps, strikes
from docreader.synthesis.negatives.amounts import choose, clean_amount
from docreader.synthesis.negatives.canvas import Canvas, extent

Fault = Callable[[Field, Canvas], np.ndarray | None]
"""Draw a fault onto the canvas of a field: (H, W) picture, or None where the field does not allow it."""

BESIDE = (
    *("No", "Nr", "ca", "max", "min", "kg", "CR", "DR", "each", "page", "net", "min", "to", "or", "of", "n"),
    *("abril", "mayo", "enero", "cta", "folio", "serie", "hrs", "km", "th", "per"),
)
"""Words that make a number something else than an amount."""

ASYMMETRIC = "3467"
"""Digits that are no digit upside down or mirrored."""


def digits(canvas: Canvas) -> list[Mark]:
    """Return the marks of the digits."""
    return [one for one in canvas.marks if one.char.isdigit()]


def pick(
    field: Field, canvas: Canvas, *, inner: bool = False, wide: float = 0.0, apart: str = ""
) -> Mark | None:
    """Return a digit at random: not at an end, as wide as that, none of the characters; None if there is none."""
    if not field.exact:
        return None
    some = digits(canvas)[1:-1] if inner else digits(canvas)
    fit = [
        one for one in some if one.bounds[2] - one.bounds[0] >= wide * canvas.size and one.char not in apart
    ]
    return fit[int(canvas.rng.integers(len(fit)))] if fit else None


def shows(field: Field, canvas: Canvas, length: float) -> np.ndarray | None:
    """Return the sheet if strokes of that length, in heights of a digit, lie beside the ink of the field."""
    new = (field.image.astype(np.float32) - canvas.sheet > 25) & ~field.ink
    pen = canvas.writer.pen * canvas.size
    return canvas.sheet if new.sum() >= length * canvas.size * pen else None


def struck(manner: str) -> Fault:
    """Strike out the whole line."""
    return lambda field, canvas: shows(field, strikes.strike(canvas, None, manner), 1.0)


def struck_part(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Strike out a part of the line; strokes begin or end inside it."""
    count = len(canvas.marks)
    if count < 3:
        return None
    some = int(canvas.rng.integers(2, count))
    first = int(canvas.rng.integers(0, count - some + 1))
    return shows(field, strikes.strike(canvas, canvas.marks[first : first + some], _manner(canvas)), 1.0)


def struck_digit(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Strike out one digit."""
    one = pick(field, canvas, apart="017")
    return None if one is None else shows(field, strikes.strike(canvas, [one], _manner(canvas)), 1.1)


def struck_each(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Strike out digit by digit."""
    manner = choose(canvas.rng, "slash", "cross", "line", "double")
    for one in digits(canvas):
        strikes.strike(canvas, [one], manner)
    return canvas.sheet


def _manner(canvas: Canvas) -> str:
    return choose(canvas.rng, *strikes.MANNERS)


def overwritten_digit(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Write another digit over one."""
    one = pick(field, canvas)
    if one is None:
        return None
    left, top, right, bottom = (int(v) for v in one.bounds)
    canvas.ink(alterations.replacement(canvas, one)[0])
    place = slice(max(0, top), bottom + 1), slice(max(0, left), right + 1)
    old = field.ink[place]
    new = field.image[place].astype(np.float32) - canvas.sheet[place] > 25
    uncovered = (old & ~new).sum() / max(1, old.sum())
    return shows(field, canvas, 0.9) if uncovered > 0.35 else None


def overwritten(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Write a second amount over the line."""
    left, _, _, bottom = canvas.bounds
    canvas.ink(canvas.write(clean_amount(canvas.rng, least=3)[0], left, bottom, 1.0))
    return canvas.sheet


def blotted(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Blot one or two digits."""
    for _ in range(int(canvas.rng.integers(1, 3))):
        one = pick(field, canvas)
        if one is None:
            return None
        alterations.blot(canvas, one.bounds, float(canvas.rng.uniform(0.45, 0.75)))
    return canvas.sheet


def erased(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Erase an inner digit, at times its neighbor too: a gap as wide as a digit is left."""
    one = pick(field, canvas, inner=True, wide=0.45)
    if one is None:
        return None
    left, top, right, bottom = one.bounds
    x = slice(max(0, int(left) - 2), int(right) + 3)
    y = slice(max(0, int(top) - 2), int(bottom) + 3)
    trace = float(canvas.rng.uniform(0, 0.15)) if canvas.rng.random() < 0.5 else 0.0
    canvas.sheet[y, x] = (1 - trace) * field.paper[y, x] + trace * canvas.sheet[y, x]
    return canvas.sheet


def fluid_digit(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Cover an inner digit with correction fluid."""
    one = pick(field, canvas, inner=True, wide=0.35)
    if one is None:
        return None
    alterations.paint_over(canvas, one.bounds)
    return canvas.sheet


def fluid_rewritten(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Cover a digit with correction fluid that shows, and write another one over it."""
    one = pick(field, canvas, wide=0.3)
    if one is None:
        return None
    new = alterations.replacement(canvas, one)[0]
    alterations.paint_over(canvas, one.bounds)
    left, top, right, bottom = (max(0, int(v)) for v in one.bounds)
    place = slice(top, bottom + 1), slice(left, right + 1)
    if float((canvas.sheet[place] - field.paper[place]).mean()) < 16:
        return None
    return canvas.ink(new).sheet


def fluid(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Cover the line with correction fluid, except for its upper or lower edge."""
    left, top, right, bottom = canvas.bounds
    room = canvas.rng.uniform(0, 0.25, 2) * (bottom - top)
    alterations.paint_over(canvas, (left, top + room[0], right, bottom - room[1]))
    return canvas.sheet


def cut(side: str) -> Fault:
    """Cut through a digit near an end, where ink reaches the edge, and most of the line is left."""

    def draw(field: Field, canvas: Canvas) -> np.ndarray | None:
        some = digits(canvas)
        ends = some[: 1 + len(some) // 3] if side == "left" else some[-1 - len(some) // 3 :]
        ends = [
            one for one in ends if one.char not in "149"[: 3 if side == "left" else 1]
        ]  # their stem is left, a 1
        wide = [one for one in ends if one.bounds[2] - one.bounds[0] >= 0.4 * canvas.size]
        if not wide or len(some) < 3 or not field.exact:
            return None
        left, top, right, bottom = wide[int(canvas.rng.integers(len(wide)))].bounds
        x = round(left + (right - left) * float(canvas.rng.uniform(0.35, 0.65)))
        rows = slice(int(top), int(bottom) + 1)
        lost = field.ink[rows, int(left) : x] if side == "left" else field.ink[rows, x : int(right) + 1]
        edge = field.ink[rows, x if side == "left" else x - 1]
        if lost.sum() < 0.25 * field.ink[rows, int(left) : int(right) + 1].sum() or edge.sum() < 2:
            return None
        return canvas.sheet[:, x:] if side == "left" else canvas.sheet[:, :x]

    return draw


def cut_level(side: str) -> Fault:
    """Cut through the height of the line: its upper or lower part is gone."""

    def draw(field: Field, canvas: Canvas) -> np.ndarray | None:
        _, top, _, bottom = extent(digits(canvas))
        y = round(top + (bottom - top) * float(canvas.rng.uniform(0.35, 0.65)))
        left = canvas.sheet[y:] if side == "top" else canvas.sheet[:y]
        if left.shape[0] < 8:
            return None
        scale = max(1.0, 30 / left.shape[0])
        return np.asarray(cv2.resize(left, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))

    return draw


def turned(turn: Callable[[np.ndarray], np.ndarray]) -> Fault:
    """Turn or mirror a field that has no other reading then."""

    def draw(field: Field, canvas: Canvas) -> np.ndarray | None:
        return turn(canvas.sheet) if sum(c in ASYMMETRIC for c in field.label) >= 2 else None

    return draw


def stamped(kind: str) -> Fault:
    """Stamp a field."""
    return lambda field, canvas: stamps.stamp(canvas, choose(canvas.rng, *stamps.STAMPS[kind])).sheet


def void_written(field: Field, canvas: Canvas) -> np.ndarray | None:
    """Write a word over the line."""
    left, _, right, bottom = canvas.bounds
    word = choose(canvas.rng, "VOID", "Void", "NULO", "Nulo", "NO", "nulo", "stop", "anulado")
    x = left + float(canvas.rng.uniform(0, 0.3)) * (right - left)
    return canvas.ink(canvas.write(word, x, bottom, float(canvas.rng.uniform(0.9, 1.3)))).sheet


def around(before: str, after: str) -> Fault:
    """Write characters before and after a line of digits alone, on paper that is put there."""

    def draw(field: Field, canvas: Canvas) -> np.ndarray | None:
        if not field.label.isdigit():  # beside a form box, it would not belong to the amount
            return None
        rng, gap = canvas.rng, canvas.size * float(canvas.rng.uniform(0.05, 0.3))
        first = choose(rng, *BESIDE) if before == "word" else before
        last = choose(rng, *BESIDE) if after == "word" else after
        widen(field, canvas, 0.8 * len(first), 0.8 * len(last))
        for word, behind in ((first, False), (last, True)):
            if word:
                left, _, right, bottom = canvas.bounds
                marks = canvas.write(word, 0.0, bottom, float(rng.uniform(0.8, 1.0)))
                x = right + gap if behind else left - gap - extent(marks)[2]
                canvas.ink(one.moved(x, 0.0) for one in marks)
        return canvas.sheet

    return draw


def on_canvas(draw: Callable[[Canvas], Canvas]) -> Fault:
    """Damage the canvas of a field."""
    return lambda field, canvas: draw(canvas).sheet


FAULTS: dict[str, tuple[float, Fault]] = {
    **{f"struck_{manner}": (1.0, struck(manner)) for manner in strikes.MANNERS},
    "struck_part": (2.5, struck_part),
    "struck_digit": (4.0, struck_digit),
    "struck_each": (1.0, struck_each),
    "overwritten_digit": (3.0, overwritten_digit),
    "overwritten": (1.0, overwritten),
    "blotted": (2.0, blotted),
    "erased_digit": (3.0, erased),
    "fluid_digit": (2.0, fluid_digit),
    "fluid_rewritten": (1.5, fluid_rewritten),
    "fluid": (1.0, fluid),
    "cut_left": (2.0, cut("left")),
    "cut_right": (2.0, cut("right")),
    "cut_top": (1.5, cut_level("top")),
    "cut_bottom": (1.5, cut_level("bottom")),
    "upside_down": (1.2, turned(lambda sheet: sheet[::-1, ::-1])),
    "mirrored": (1.0, turned(lambda sheet: sheet[:, ::-1])),
    "flipped": (1.0, turned(lambda sheet: sheet[::-1])),
    "turned_cw": (0.7, turned(lambda sheet: np.rot90(sheet, -1))),
    "turned_ccw": (0.7, turned(lambda sheet: np.rot90(sheet))),
    **{f"stamp_{kind}": (1.2, stamped(kind)) for kind in stamps.STAMPS},
    "void_written": (1.0, void_written),
    "brackets": (1.5, around("(", ")")),
    "minus_before": (0.7, around("-", "")),
    "word_before": (1.2, around("word", "")),
    "word_behind": (1.2, around("", "word")),
    "bar": (1.5, on_canvas(damage.redact)),
    "hole": (1.2, on_canvas(damage.punch)),
    "torn": (1.2, on_canvas(damage.tear)),
    "glare": (1.2, on_canvas(light.wash_out)),
    "blur": (1.2, on_canvas(damage.defocus)),
    "mosaic": (1.0, on_canvas(damage.pixelate)),
    "deep_shade": (2.0, on_canvas(light.darken_side)),
}
"""Weight and drawing function of each fault: no amount is left that may be accepted."""


def spoil(rng: np.random.Generator, bank: DigitBank, field: Field, fault: Fault) -> np.ndarray | None:
    """Return the picture of a field with a fault, (H, W) uint8; None where the field does not allow it."""
    sheet = fault(field, field.canvas(rng, bank))
    return None if sheet is None or min(sheet.shape) < 8 else scan(rng, sheet)
