"""Amounts spoiled on their way: folded, shifted, half printed, dried out, washed, covered, printed twice, cut askew."""

from itertools import pairwise

import cv2
import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.negatives.amounts import clean_amount
from docreader.synthesis.negatives.canvas import Bounds, Canvas, printed, written
from docreader.synthesis.paper import draw_line, grid, mottle


def folded_away(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Fold a strip away, from the middle of one digit to the middle of another; the parts are not level."""
    canvas = _any_line(rng, bank)
    boxes = _digits(canvas)
    first = int(rng.integers(0, len(boxes) - 1))
    last = min(len(boxes) - 1, first + int(rng.integers(1, 3)))
    start, end = (
        round(left + (right - left) * float(rng.uniform(0.3, 0.7)))
        for left, _, right, _ in (boxes[first], boxes[last])
    )
    shift = round(canvas.size * float(rng.uniform(0.12, 0.4))) * (1 if rng.random() < 0.5 else -1)
    behind = np.roll(canvas.sheet[:, max(start, end) :], shift, axis=0)
    canvas.sheet = np.concatenate([canvas.sheet[:, :start], behind], axis=1)
    low, high = (
        (start + float(rng.normal(0, 1)), -5.0),
        (start + float(rng.normal(0, 1)), canvas.sheet.shape[0] + 5.0),
    )
    draw_line(canvas.sheet, low, high, float(rng.uniform(1, 3)), float(rng.uniform(0.4, 0.95)))
    return canvas


def rows_lost(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Lose the middle rows of a line, so that upper and lower parts of the digits meet."""
    canvas = _any_line(rng, bank)
    _, top, _, bottom = _around_digits(canvas)
    lost = (bottom - top) * float(rng.uniform(0.35, 0.6))
    y = round(top + (bottom - top - lost) * float(rng.uniform(0.3, 0.7)))
    canvas.sheet = np.concatenate([canvas.sheet[:y], canvas.sheet[y + round(lost) :]])
    return canvas


def halves_shifted(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Shift the lower part of a line sidewards, by half a digit or more."""
    canvas = _any_line(rng, bank)
    _, top, _, bottom = _around_digits(canvas)
    y = round(top + (bottom - top) * float(rng.uniform(0.35, 0.65)))
    shift = round(canvas.size * float(rng.uniform(0.4, 1.2))) * (1 if rng.random() < 0.5 else -1)
    canvas.sheet[y:] = np.roll(canvas.sheet[y:], shift, axis=1)
    return canvas


def half_missing(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Leave the upper or lower part of a line, or of some of its digits, without ink: a worn ribbon, a dry roll."""
    canvas = _any_line(rng, bank)
    left, top, _, bottom = _around_digits(canvas)
    share = float(rng.uniform(0.3, 0.65))
    y = top + (bottom - top) * (share if rng.random() < 0.5 else 1 - share)
    x, row = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    run = (row - y + float(rng.normal(0, 0.04)) * (x - left)) / max(1.0, 0.08 * canvas.size)
    gone = np.clip(0.5 + (run if y > (top + bottom) / 2 else -run), 0, 1)
    if rng.random() < 0.3:  # some of the digits only
        boxes = _digits(canvas)
        first = int(rng.integers(len(boxes)))
        last = min(len(boxes) - 1, first + int(rng.integers(0, 3)))
        gone = gone * ((x > boxes[first][0] - 2) & (x < boxes[last][2] + 2))
    blank = np.maximum(canvas.sheet, cv2.blur(cv2.dilate(canvas.sheet, _box(canvas)), (9, 9)))
    canvas.sheet += gone * float(rng.uniform(0.93, 1.0)) * (blank - canvas.sheet)
    return canvas


def pen_dry(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Let the pen run dry, so that the last digits are lost."""
    canvas = written(rng, bank, clean_amount(rng, least=4)[0], inked=False)
    paper = canvas.sheet.copy()
    canvas.ink(canvas.marks)
    boxes = _digits(canvas)
    start = boxes[int(rng.integers(1, max(2, len(boxes) - 2)))][0]
    x, _ = grid((paper.shape[0], paper.shape[1]))
    dry = np.clip((x - start) / (canvas.size * float(rng.uniform(0.5, 2.0))), 0, 1)
    dry = np.clip(
        dry * (1 + 0.5 * mottle(rng, (paper.shape[0], paper.shape[1]), 3.0)), 0, float(rng.uniform(0.93, 1.0))
    )
    canvas.sheet += dry * (paper - canvas.sheet)
    return canvas


def washed(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Dissolve the ink of one digit or more in drops of water."""
    canvas = _any_line(rng, bank)
    boxes = _digits(canvas)
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    for n in rng.permutation(len(boxes))[: int(rng.integers(1, 4))].tolist():
        left, top, right, bottom = boxes[n]
        radius = canvas.size * float(rng.uniform(0.55, 0.9))
        away = np.hypot(x - (left + right) / 2, y - (top + bottom) / 2) + 0.1 * radius * mottle(
            rng, (canvas.sheet.shape[0], canvas.sheet.shape[1]), 0.3 * canvas.size + 2
        )
        inside = np.clip((radius - away) / (0.2 * radius) + 0.5, 0, 1)
        blurred = cv2.GaussianBlur(canvas.sheet, (0, 0), canvas.size * float(rng.uniform(0.2, 0.4)))
        canvas.sheet = np.asarray(canvas.sheet + inside * (blurred - canvas.sheet), np.float32)
        if rng.random() < 0.5:  # the edge of the dried drop
            canvas.sheet *= 1 - 0.25 * np.clip(1 - np.abs(away - radius) / (0.06 * radius + 1), 0, 1)
    return canvas


def covered(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Cover an end of an amount by a finger, a clip, or another sheet of paper."""
    canvas = _any_line(rng, bank)
    boxes = _digits(canvas)
    left, _, right, _ = boxes[int(rng.integers(len(boxes)))]
    rows, columns = canvas.sheet.shape
    x, y = grid((rows, columns))
    edge = (left + right) / 2
    side = 1 if edge > (canvas.bounds[0] + canvas.bounds[2]) / 2 else -1
    if rng.random() < 0.5:  # a finger: round, shaded
        reach = rows * float(rng.uniform(0.5, 1.2))
        away = np.hypot(
            x - (edge + side * reach),
            (y - rows * float(rng.uniform(0.2, 0.8))) * float(rng.uniform(0.6, 1.1)),
        )
        inside = np.clip(reach - away + 0.5, 0, 1)
        tone = (
            float(rng.uniform(90, 190))
            + 30 * np.clip(1 - away / reach, 0, 1)
            + 2 * mottle(rng, (rows, columns), 4.0)
        )
    else:
        run = side * (x - edge) + float(rng.normal(0, 0.3)) * (y - rows / 2)
        inside = np.clip(run + 0.5, 0, 1)
        tone = float(rng.uniform(120, 252)) - float(rng.uniform(0, 60)) * np.exp(-np.maximum(run, 0) / 3)
        canvas.sheet *= 1 - 0.3 * np.exp(-np.maximum(-run, 0) / 4)  # its shadow
    canvas.sheet = np.asarray(canvas.sheet + inside * (tone - canvas.sheet), np.float32)
    return canvas


def pasted(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Paste a piece of paper over one digit or more, and write nothing on it."""
    canvas = _any_line(rng, bank)
    boxes = _digits(canvas)
    first = int(rng.integers(len(boxes)))
    last = min(len(boxes) - 1, first + int(rng.integers(0, 3)))
    margin = canvas.size * rng.uniform(0.05, 0.25, 4)
    low = max(0, int(boxes[first][0] - margin[0])), max(0, int(boxes[first][1] - margin[1]))
    high = int(boxes[last][2] + margin[2]), int(max(boxes[first][3], boxes[last][3]) + margin[3])
    tone = float(np.percentile(canvas.sheet, 80)) * float(rng.uniform(0.8, 1.1))
    part = canvas.sheet[low[1] : high[1], low[0] : high[0]]
    part[:] = np.clip(tone + rng.normal(0, 2, part.shape), 0, 252)
    edge = float(rng.uniform(0.5, 0.95))
    draw_line(canvas.sheet, (low[0], high[1]), high, float(rng.uniform(0.8, 2)), edge)
    draw_line(canvas.sheet, (high[0], low[1]), high, float(rng.uniform(0.8, 2)), edge)
    return canvas


def laid_twice(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Lay an amount twice, the second time shifted by half a digit or more."""
    canvas = _any_line(rng, bank)
    shift = canvas.size * np.array([float(rng.uniform(0.25, 0.6)), float(rng.uniform(-0.4, 0.4))])
    rows, columns = canvas.sheet.shape
    paper = float(np.percentile(canvas.sheet, 75))
    moved = cv2.warpAffine(
        canvas.sheet, np.array([[1, 0, shift[0]], [0, 1, shift[1]]]), (columns, rows), borderValue=paper
    )
    weight = float(rng.uniform(0.75, 1.0))
    canvas.sheet = np.minimum(canvas.sheet, paper + weight * (moved - paper)).astype(np.float32)
    return canvas


def cut_askew(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    """Cut the upper or lower part of a line off, askew, through all digits or some."""
    canvas = _any_line(rng, bank)
    left, top, right, bottom = _around_digits(canvas)
    slope = float(rng.normal(0, 0.25))
    x, y = grid((canvas.sheet.shape[0], canvas.sheet.shape[1]))
    share = float(rng.uniform(0.35, 0.6))
    edge = top + share * (bottom - top) + slope * (x - float(rng.uniform(left, right)))
    gone = np.clip((y - edge) * (1 if rng.random() < 0.5 else -1) + 0.5, 0, 1)
    canvas.sheet += gone * (float(rng.choice([15.0, 70.0, 200.0, 252.0])) - canvas.sheet)
    return canvas


def _any_line(rng: np.random.Generator, bank: DigitBank) -> Canvas:
    text = clean_amount(rng, least=3)[0]
    return printed(rng, bank, text) if rng.random() < 0.35 else written(rng, bank, text)


def _digits(canvas: Canvas) -> list[Bounds]:
    """Return the boxes of the digits from left to right; the whole line in equal parts where they touch."""
    boxes = sorted(canvas.digits())
    if len(boxes) > 1:
        return boxes
    left, top, right, bottom = canvas.bounds
    edges = np.linspace(left, right, 5).tolist()
    return [(low, top, high, bottom) for low, high in pairwise(edges)]


def _around_digits(canvas: Canvas) -> Bounds:
    boxes = np.array(_digits(canvas))
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _box(canvas: Canvas) -> np.ndarray:
    size = 2 * max(1, round(0.2 * canvas.size)) + 1
    return np.ones((size, size), np.uint8)
