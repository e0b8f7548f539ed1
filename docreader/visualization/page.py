"""Panels of a picture: page with field candidates, scores along the line, best path and runner-up."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from docreader.decoding import alphabet
from docreader.decoding.lattice import Lattice
from docreader.io.records import Character
from models.sdnn import STRIDE
from segment.image.box import Box
from segment.line_image import LineImage

CHOSEN, CONSIDERED, BEST, SECOND = "#d6336c", "#8a8a8a", "#1b7f3b", "#b3261e"

LEAST_SHOWN = -9.0
"""Log score that is drawn as white, nats."""


def redact(page: NDArray[np.uint8], fields: Sequence[Box]) -> NDArray[np.uint8]:
    """Make all but some fields of a page illegible: names, signatures, account numbers and the MICR line.

    Args:
        page: (H, W) gray.
        fields: x, y, w, h of the fields that remain.
    """
    height, width = page.shape
    # coarse squares first: a blur alone could be inverted
    cell = max(4, width // 90)
    small = cv2.resize(page, (max(1, width // cell), max(1, height // cell)), interpolation=cv2.INTER_AREA)
    hidden = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8).copy()
    for x, y, w, h in fields:
        hidden[y : y + h, x : x + w] = page[y : y + h, x : x + w]
    return hidden


def draw_page(
    page: NDArray[np.uint8],
    considered: Sequence[tuple[Box, float]],
    box: Box | None,
    width: int,
    *,
    unredacted: bool,
) -> Image.Image:
    """Draw the page with its field candidates, their probability before recognition, and the chosen one.

    Args:
        page: (H, W) gray.
        considered: Box and log probability of each candidate.
        box: The chosen field.
        width: Largest width of the picture, pixels.
        unredacted: Whether the rest of the page remains legible.
    """
    boxes = [candidate for candidate, _ in considered] or ([] if box is None else [box])
    image = Image.fromarray(page if unredacted else redact(page, boxes))
    zoom = min(1.0, width / image.width)
    size = max(1, round(image.width * zoom)), max(1, round(image.height * zoom))
    picture = image.convert("RGB").resize(size)
    draw = ImageDraw.Draw(picture)
    for candidate, score in considered:
        x, y, w, h = (value * zoom for value in candidate)
        draw.rectangle((x, y, x + w, y + h), outline=CONSIDERED, width=2)
        draw.text((x + 3, y + h + 2), f"{np.exp(score):.2f}", fill=CONSIDERED, font=font(13))
    if box is not None:
        x, y, w, h = (value * zoom for value in box)
        draw.rectangle((x, y, x + w, y + h), outline=CHOSEN, width=3)
    return picture


def score_strip(lattice: Lattice, line: LineImage, width: int) -> Image.Image:
    """Draw the scores along the line: the line image, and a row per character, darker is more probable.

    Args:
        lattice: Lattice of the line; its units are time steps.
        line: Input of the network.
        width: Largest width of the picture, pixels.
    """
    graph = lattice.graph
    assert graph.payload is not None
    steps = -(-line.pixels.shape[2] // STRIDE)
    scores = np.full((len(alphabet.INPUT_SYMBOLS), steps), LEAST_SHOWN)
    shown = (graph.payload >= 0) & (graph.ilabel >= 0)
    columns = lattice.origin[graph.payload[shown], 2].numpy().clip(max=steps - 1)
    np.maximum.at(scores, (graph.ilabel[shown].numpy(), columns), graph.weight[shown].numpy())
    rows = [n for n in range(len(alphabet.INPUT_SYMBOLS)) if scores[n].max() > LEAST_SHOWN]
    gray = 255 - 255 * np.exp(scores[rows] / 2).clip(0, 1)
    margin, zoom = 22, max(1.0, min(4.0, (width - 22) / (steps * STRIDE)))
    height = 12
    strip = cv2.resize(
        gray.astype(np.uint8),
        (round(steps * STRIDE * zoom), height * len(rows)),
        interpolation=cv2.INTER_NEAREST,
    )
    ink = 255 - line.pixels[0]
    shown_line = cv2.resize(ink, (round(ink.shape[1] * zoom), round(ink.shape[0] * zoom)))
    picture = Image.new("L", (margin + strip.shape[1], shown_line.shape[0] + strip.shape[0] + 4), 255)
    picture.paste(Image.fromarray(shown_line), (margin, 0))
    picture.paste(Image.fromarray(strip), (margin, shown_line.shape[0] + 4))
    draw = ImageDraw.Draw(picture)
    for place, row in enumerate(rows):
        top = shown_line.shape[0] + 4 + height * place
        draw.text((4, top - 1), alphabet.INPUT_SYMBOLS[row], fill=0, font=font(11))
    return picture.convert("RGB")


def draw_paths(
    field: Image.Image,
    zoom: float,
    best: Sequence[Character],
    second: Sequence[Character],
    origin: tuple[int, int],
) -> Image.Image:
    """Draw the best path through the lattice above the field, the runner-up below it.

    Args:
        field: Image of the field.
        zoom: Pixels of the image per pixel of the page.
        best: Characters of the best path, on the page.
        second: Characters of the runner-up, or none.
        origin: Left and top of the field on the page, pixels.
    """
    band = 64
    picture = Image.new("RGB", (field.width, field.height + 2 * band), "#ffffff")
    picture.paste(field, (0, band))
    draw = ImageDraw.Draw(picture)
    for characters, color, above in ((best, BEST, True), (second, SECOND, False)):
        base = band - 4 if above else band + field.height + 4
        states = sorted(
            {round((x - origin[0]) * zoom) for c in characters for x in (c.bbox[0], c.bbox[0] + c.bbox[2])}
        )
        for state in states:
            draw.ellipse((state - 3, base - 3, state + 3, base + 3), outline=color)
        for character in characters:
            left = (character.bbox[0] - origin[0]) * zoom
            right = max(left + 4, left + character.bbox[2] * zoom)
            middle = (left + right) / 2
            arch = (left, base - 24, right, base + 24)
            draw.arc(arch, *((180, 360) if above else (0, 180)), fill=color, width=2)
            low = base - 44 if above else base + 26
            draw.text((middle, low), character.character, fill=color, font=font(16), anchor="ma")
            score = base - 58 if above else base + 44
            draw.text((middle, score), f"{character.score:.1f}", fill=CONSIDERED, font=font(10), anchor="ma")
    return picture


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Load the font of the pictures."""
    return ImageFont.load_default(size)
