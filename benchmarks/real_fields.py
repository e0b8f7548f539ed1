"""Ink analysis of real amount fields: digits, pen and paper, so that faults are drawn as their writer would."""

import dataclasses
from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import Mark
from docreader.synthesis.negatives.canvas import Canvas, extent, sample_writer
from docreader.synthesis.scan import Scan, apply_scan
from docreader.synthesis.style import STYLES
from segment.cleaning.background import INK_THRESHOLD
from segment.cleaning.pipeline import CleaningConfig, extract_strokes

TALL = 0.6
"""Smallest height of a digit, in heights of the line."""

Boxes = list[tuple[int, int, int, int]]


@dataclass(eq=False)
class Field:
    """Real amount field.

    Attributes:
        image: (H, W) uint8.
        label: Label as in a labels.csv.
        group: Picture, writer or form that it is of.
        boxes: Left, top, right, bottom of each tall character, pixels.
        chars: Character of each box: a digit or slash; 8 for all where the field is not exact.
        exact: Whether each tall character is one component, so that the characters of the boxes are known.
        ink: (H, W) bool.
        paper: (H, W) float32 without its writing.
        size: Height of a digit, pixels.
    """

    image: np.ndarray
    label: str
    group: str
    boxes: Boxes
    chars: str
    exact: bool
    ink: np.ndarray
    paper: np.ndarray
    size: float

    def canvas(self, rng: np.random.Generator, bank: DigitBank) -> Canvas:
        """Return the field as a canvas, with a writer of its pen and darkness."""
        outline = self.ink & ~cv2.erode(self.ink.view(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
        pen = 2 * self.ink.sum() / max(1, outline.sum()) / self.size
        dark = 1 - float(np.median(self.image[self.ink])) / float(np.median(self.paper))
        style = STYLES["chile"]
        writer = dataclasses.replace(
            sample_writer(rng, bank, style),
            pen=float(np.clip(pen * rng.uniform(0.9, 1.15), 0.06, 0.16)),
            darkness=float(np.clip(dark * rng.uniform(0.95, 1.2), 0.42, 0.92)),
        )
        marks = [mark(char, box) for char, box in zip(self.chars, self.boxes, strict=True)]
        sheet = self.image.astype(np.float32)
        columns = np.nonzero(self.ink.any(axis=0))[0]
        line = extent(marks)
        bounds = (min(line[0], float(columns.min())), line[1], max(line[2], float(columns.max())), line[3])
        return Canvas(rng, bank, style, writer, sheet, self.size, marks, bounds, self.label)


def mark(char: str, box: tuple[int, int, int, int]) -> Mark:
    """Return a mark that has a box as its bounds; its ink is in the picture."""
    corners = np.array([box[:2], box[2:]], np.float32)
    return Mark(char, (corners,), (np.zeros(1, np.float32),))


def analyze(image: np.ndarray, label: str, group: str) -> Field | None:
    """Find the tall characters of a field.

    Args:
        image: (H, W) uint8.
        label: Label.
        group: Group of the field.

    Returns:
        Field; None where no two tall components are found.
    """
    density = strokes(image)
    if density is None:
        return None
    ink = density > INK_THRESHOLD
    found = _components(ink)
    tallest = max((bottom - top for _, top, _, bottom in found), default=0)
    heights = [bottom - top for _, top, _, bottom in found if bottom - top > 0.5 * tallest]
    if not heights:
        return None
    size = float(np.median(heights))
    boxes = [box for box in found if TALL * size <= box[3] - box[1] <= 1.7 * size]
    chars = "".join(c for c in label if c.isdigit() or c == "/")
    sign = "$" in label
    if sign and len(boxes) == len(chars) + 1:
        boxes, sign = boxes[1:], False
    if len(boxes) < 2:
        return None
    exact = (
        not sign
        and len(boxes) == len(chars)
        and all(right - left < 1.4 * size for left, _, right, _ in boxes)
    )
    chars = chars if exact else "8" * len(boxes)
    return Field(image, label, group, boxes, chars, exact, ink, erase(image, ink), size)


def strokes(image: np.ndarray) -> np.ndarray | None:
    """Return the density of the pen strokes in pixels of the image, (H, W) 0..1; None without ink."""
    height, width = image.shape
    rows = int(np.clip(height, 48, 96))
    work = cv2.resize(image, (max(1, round(width * rows / height)), rows), interpolation=cv2.INTER_AREA)
    density = extract_strokes(np.asarray(work, np.uint8), CleaningConfig())
    return None if density is None else np.asarray(cv2.resize(density, (width, height)), np.float32)


def erase(image: np.ndarray, ink: np.ndarray) -> np.ndarray:
    """Fill ink with the paper's light and with texture of the paper beside it.

    Args:
        image: (H, W) uint8.
        ink: (H, W) bool.

    Returns:
        (H, W) float32.
    """
    gone = cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    gray, kept = image.astype(np.float32), (~gone).astype(np.float32)
    sigma = max(3.0, 0.12 * image.shape[0])
    weight = cv2.GaussianBlur(kept, (0, 0), sigma) + 1e-3
    light = (cv2.GaussianBlur(gray * kept, (0, 0), sigma) + 1e-3 * float(gray[~gone].mean())) / weight
    detail, left = gray - light, gone.copy()
    texture = detail.copy()
    for step in range(3, image.shape[1], 4):
        for shift in (step, -step):
            free = left & ~np.roll(gone, shift, axis=1)
            texture[free] = np.roll(detail, shift, axis=1)[free]
            left &= ~free
        if not left.any():
            break
    texture[left] = 0
    return np.asarray(light + texture, np.float32)


def _components(ink: np.ndarray) -> Boxes:
    """Return the boxes of components from left to right, those above one another joined: the 5 and its bar."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    boxes = sorted((int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, area in stats[1:] if area >= 6)
    joined: Boxes = []
    for box in boxes:
        last = joined[-1] if joined else None
        if last is not None:
            common = min(last[2], box[2]) - max(last[0], box[0])
            if common > 0.5 * min(last[2] - last[0], box[2] - box[0]):
                joined[-1] = (
                    min(last[0], box[0]),
                    min(last[1], box[1]),
                    max(last[2], box[2]),
                    max(last[3], box[3]),
                )
                continue
        joined.append(box)
    return joined


def extend(sheet: np.ndarray, paper: np.ndarray, before: int, after: int) -> np.ndarray:
    """Put columns of paper, mirrored again and again, before and after a sheet of the same size."""
    width = paper.shape[1]
    columns = np.abs(np.arange(-before, width + after))
    period = max(1, 2 * width - 2)
    columns = np.minimum(columns % period, period - columns % period)
    wide = paper[:, columns].astype(np.float32)
    wide[:, before : before + width] = sheet
    return wide


def widen(field: Field, canvas: Canvas, left: float, right: float) -> None:
    """Put paper to the left and right of a field, in heights of a digit."""
    before, after = (max(0, round(share * canvas.size)) for share in (left, right))
    canvas.sheet = extend(canvas.sheet, field.paper, before, after)
    canvas.marks = [one.moved(before, 0.0) for one in canvas.marks]
    x0, y0, x1, y1 = canvas.bounds
    canvas.bounds = x0 + before, y0, x1 + before, y1


def scan(rng: np.random.Generator, sheet: np.ndarray) -> np.ndarray:
    """Return a sheet as scanned once more: slightly blurred, compressed."""
    sharp = Scan(
        float(rng.uniform(0.2, 0.6)), float(rng.uniform(0, 1.5)), 0.0, 1.0, int(rng.integers(60, 97))
    )
    return apply_scan(rng, np.ascontiguousarray(sheet, np.float32), sharp)


def beside(rng: np.random.Generator, first: Field, second: Field) -> np.ndarray:
    """Return the picture of two fields side by side, at the height of the first."""
    rows = first.image.shape[0]
    other = cv2.resize(second.image, (round(second.image.shape[1] * rows / second.image.shape[0]), rows))
    return scan(rng, np.hstack([first.image, other]))


def stacked(rng: np.random.Generator, first: Field, second: Field) -> np.ndarray:
    """Return the picture of two fields, one above the other."""
    columns = max(first.image.shape[1], second.image.shape[1])
    both = [extend(one.image, one.paper, 0, columns - one.image.shape[1]) for one in (first, second)]
    return scan(rng, np.vstack(both))
