"""Picture of a reading: page, field, cuts, fragments, candidate segments, scores, best path and answer."""

import colorsys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from docreader.confidence.evidence import Judgment
from docreader.decoding.search import Hypothesis
from docreader.io.records import Reading
from docreader.pipeline.assemble import ReadingTrace
from docreader.visualization.page import draw_page, draw_paths, font, score_strip
from segment.line_image import LineImage
from segment.oversegmentation.graph import Segmentation

WIDTH = 960
"""Width of a picture, pixels."""
MARGIN = 16
MAX_ZOOM = 4.0
INNER = WIDTH - 2 * MARGIN
"""Width of a panel, pixels."""

INK, FAINT, ACCEPT, REJECT, CUT, BACK = "#222222", "#8a8a8a", "#1b7f3b", "#b3261e", "#d6336c", "#ffffff"


def save_reading(trace: ReadingTrace, folder: Path, *, unredacted: bool = False) -> Path:
    """Draw a reading into a folder.

    The file is named after input and page, with a number where another picture has that name.

    Args:
        trace: Reading with diagnostics.
        folder: Folder of the picture.
        unredacted: Whether the rest of a check remains legible.

    Raises:
        OSError: The folder cannot be written to.
    """
    stem = Path(trace.reading.file or "array").name.encode("ascii", "backslashreplace").decode()
    name = f"{stem}-p{trace.reading.page}"
    picture = draw_reading(trace, unredacted=unredacted)
    number = 1
    while True:
        path = folder / (f"{name}.png" if number == 1 else f"{name}-{number}.png")
        try:
            with path.open("xb") as file:
                picture.save(file, "PNG")
            return path
        except FileExistsError:
            number += 1


def draw_reading(trace: ReadingTrace, *, unredacted: bool = False) -> Image.Image:
    """Draw a reading: a panel for each intermediate result.

    Args:
        trace: Reading with diagnostics.
        unredacted: Whether the rest of a check remains legible: account numbers, names, the MICR line.
    """
    reading, box, visual = trace.reading, trace.box, trace.visual
    panels = []
    if box is None or box[2:] != trace.page.image.shape[::-1]:
        page = draw_page(trace.page.image, trace.considered, box, INNER, unredacted=unredacted)
        panels.append(_captioned("page: field candidates, with their probability before recognition", page))
    if box is not None and (visual.segmentation is not None or visual.line is not None):
        x, y, w, h = box
        field = _fitted(Image.fromarray(trace.page.image[y : y + h, x : x + w]))
        if reading.characters:
            field = draw_paths(field, field.width / w, reading.characters, trace.runner_up, (x, y))
        panels.append(_captioned("field: best path above, runner-up below", field))
    if visual.segmentation is not None and len(visual.segmentation.candidates):
        panels.append(_captioned("ink and cuts", _cuts(visual.segmentation)))
        panels.append(
            _captioned("fragments and candidate segments", _candidates(visual.segmentation, trace.hypotheses))
        )
    if visual.line is not None:
        panels.append(
            _captioned("line image, the input of the network: cleaned ink, gray image", _line(visual.line))
        )
        if trace.lattice is not None:
            strip = score_strip(trace.lattice, visual.line, INNER)
            panels.append(_captioned("scores along the line", strip))
    if trace.judgment is not None:
        panels.append(_evidence(trace.judgment))
    panels.append(_answer(reading))
    height = sum(panel.height for panel in panels) + MARGIN * (len(panels) + 1)
    picture = Image.new("RGB", (WIDTH, height), BACK)
    top = MARGIN
    for panel in panels:
        picture.paste(panel, (MARGIN, top))
        top += panel.height + MARGIN
    return picture


def _zoom(width: int, height: int) -> float:
    return min(MAX_ZOOM, INNER / width, 320 / height)


def _fitted(image: Image.Image) -> Image.Image:
    zoom = _zoom(image.width, image.height)
    size = (max(1, round(image.width * zoom)), max(1, round(image.height * zoom)))
    return image.convert("RGB").resize(size, Image.Resampling.BICUBIC)


def _captioned(caption: str, image: Image.Image) -> Image.Image:
    panel = Image.new("RGB", (INNER, image.height + 20), BACK)
    ImageDraw.Draw(panel).text((0, 0), caption, fill=FAINT, font=font(13))
    panel.paste(image, (0, 20))
    return panel


def _line(line: LineImage) -> Image.Image:
    """Draw the channels of a line image, one below the other."""
    return _fitted(Image.fromarray(255 - np.vstack(list(line.pixels))))


def _cuts(segmentation: Segmentation) -> Image.Image:
    """Draw the cleaned ink with every proposed cut."""
    gray = segmentation.ink.density
    image = _fitted(Image.fromarray((255 - 255 * gray).astype(np.uint8)))
    zoom = image.width / gray.shape[1]
    draw = ImageDraw.Draw(image)
    for x, y, cut in segmentation.candidates.fragments.cuts:
        rows = np.arange(len(cut.path))
        points = [((x + column) * zoom, (y + row) * zoom) for row, column in zip(rows, cut.path, strict=True)]
        if len(points) > 1:
            draw.line(points, fill=CUT, width=2)
    return image


def _colors(count: int) -> NDArray[np.uint8]:
    """Choose colors of which neighbors differ."""
    colors = [colorsys.hls_to_rgb(number * 0.381966 % 1, 0.42, 0.75) for number in range(count)]
    return (np.array(colors).reshape(-1, 3) * 255).astype(np.uint8)


def _candidates(segmentation: Segmentation, hypotheses: Sequence[Hypothesis]) -> Image.Image:
    """Draw the fragments in colors, and below them a bar for each candidate; those of the best path are labeled."""
    candidates = segmentation.candidates
    ids = candidates.fragments.ids
    colors = np.concatenate([_colors(len(candidates.fragments)), [[255, 255, 255]]]).astype(np.uint8)
    zoom = _zoom(ids.shape[1], ids.shape[0])
    size = (max(1, round(ids.shape[1] * zoom)), max(1, round(ids.shape[0] * zoom)))
    fragments = cv2.resize(colors[ids], size, interpolation=cv2.INTER_NEAREST)

    best = {arc.unit: arc.character for arc in hypotheses[0].path} if hypotheses else {}
    lanes = _lanes(candidates.boxes, sorted(range(len(candidates)), key=lambda n: (n not in best, n)))
    step, first = 9, 26
    image = Image.new("RGB", (size[0], size[1] + first + step * (max(lanes) + 1) + 4), BACK)
    image.paste(Image.fromarray(fragments), (0, 0))
    draw = ImageDraw.Draw(image)
    for n, lane in enumerate(lanes):
        left, right = candidates.boxes[n, 0] * zoom, (candidates.boxes[n, 0] + candidates.boxes[n, 2]) * zoom
        top = size[1] + first + lane * step
        color = ACCEPT if n in best else "#c8c8c8"
        draw.rectangle((left + 1, top, max(left + 2, right - 1), top + 5), fill=color)
        if n in best:
            middle = (left + right) / 2
            draw.text((middle, size[1] + 2), best[n], fill=ACCEPT, font=font(20), anchor="ma")
    return image


def _lanes(boxes: NDArray[np.int64], order: list[int]) -> list[int]:
    """Assign each box to the first row in which it overlaps none before it."""
    ends: list[list[tuple[int, int]]] = []
    lanes = [0] * len(order)
    for n in order:
        left, right = int(boxes[n, 0]), int(boxes[n, 0] + boxes[n, 2])
        lane = 0
        while lane < len(ends) and any(left < b and a < right for a, b in ends[lane]):
            lane += 1
        if lane == len(ends):
            ends.append([])
        ends[lane].append((left, right))
        lanes[n] = lane
    return lanes


def _evidence(judgment: Judgment) -> Image.Image:
    """Draw posterior and confidence, and the confidence without the evidence of each reason."""
    panel = Image.new("RGB", (INNER, 40), BACK)
    draw = ImageDraw.Draw(panel)
    posterior, confidence = judgment.posterior, judgment.confidence
    draw.text((0, 0), f"evidence: posterior {posterior:.4f}, confidence {confidence:.4f}", INK, font(14))
    others = "   ".join(f"{reason} {value:.4f}" for reason, value in judgment.without().items())
    draw.text((0, 20), f"confidence without  {others}", FAINT, font(13))
    return panel


def _answer(reading: Reading) -> Image.Image:
    """Draw the text, its confidence, the decision and the alternatives."""
    panel = Image.new("RGB", (INNER, 84), BACK)
    draw = ImageDraw.Draw(panel)
    color = ACCEPT if reading.accepted else REJECT
    answer = reading.text or "-"
    draw.text((0, 0), answer, fill=INK, font=font(34))
    value = "" if reading.amount is None else f"= {reading.amount} {reading.currency or ''}"
    verdict = reading.decision if reading.reason is None else f"{reading.decision}: {reading.reason}"
    draw.text((INNER / 2, 2), f"confidence {reading.confidence:.4f}", fill=INK, font=font(18))
    draw.text((INNER / 2, 26), verdict, fill=color, font=font(18))
    draw.text((0, 42), value, fill=FAINT, font=font(18))
    others = "   ".join(f"{other.text or '-'} {other.confidence:.4f}" for other in reading.alternatives[:4])
    draw.text((0, 66), f"or  {others}" if others else "", fill=FAINT, font=font(14))
    return panel
