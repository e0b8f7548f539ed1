"""Draw the figures of the documentation from samples/; run it as ``python docs/make_figures.py``.

Each step of docs/how-it-reads.md has one figure in docs/figures; docs/reading.png is the picture of the README.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageFont

import gtn
from docreader.decoding.alphabet import ALPHABET
from docreader.decoding.grammar import load_grammar
from docreader.io.records import Reading
from docreader.pipeline.assemble import ReadingTrace
from docreader.pipeline.prepare import prepare_page
from docreader.pipeline.reader import Reader
from docreader.recognition.cascade import decode_pass
from docreader.visualization import reading as panels
from docreader.visualization.page import draw_page, draw_paths, score_strip
from segment.cleaning.background import extract_ink
from segment.cleaning.form_boxes import remove_form_box
from segment.cleaning.pipeline import CleaningConfig, clean, extract_strokes
from segment.cleaning.ruled_lines import remove_ruled_lines
from segment.io.pages import load_pages
from segment.page.analysis import PageLayout, analyze_page

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "images"
CHECK = SAMPLES / "check-us-personal-2-000000.jpg"
DEFERRED = SAMPLES / "usd-49-000002.png"
TILT = 3.0
"""Rotation of the check in the first figures, degrees."""
WIDTH, PAGE_WIDTH = 720, 440
GRAMMAR = """0 1 1 1
1 1 # *e*
1 2 0 0
1 2 5 5
2
"""
"""Grammar file of the page: two digits, the first a 1, with non-characters between them."""

INK, FAINT, BAR, REJECTED = "#222222", "#6b6b6b", "#1b7f3b", "#b3261e"


def main(docs: Path = ROOT / "docs") -> None:
    """Draw all figures into the folder of the documentation."""
    folder = docs / "figures"
    folder.mkdir(exist_ok=True)
    plain = next(iter(load_pages(CHECK))).image
    tilted = _tilt(plain)
    reader, hos = Reader.load(), Reader.load(method="hos")
    (layout,), (straight,) = (analyze_page(image, reader.locator) for image in (tilted, plain))
    ((_, trace),) = reader.read_with_trace([plain], diagnostics=True)
    ((_, cut),) = hos.read_with_trace([plain], diagnostics=True)
    assert isinstance(trace, ReadingTrace)
    assert isinstance(cut, ReadingTrace)
    figures = {
        "loading": _fit(Image.fromarray(tilted), PAGE_WIDTH),
        "page": _fit(Image.fromarray(layout.image), PAGE_WIDTH),
        "field": draw_page(plain, trace.considered, trace.box, PAGE_WIDTH, unredacted=True),
        "cleaning": _cleaning(straight),
        "line": panels._line(_known(trace.visual.line)),
        "segmentation": _stack(
            [
                panels._cuts(_known(cut.visual.segmentation)),
                panels._candidates(_known(cut.visual.segmentation), cut.hypotheses),
            ]
        ),
        "scores": score_strip(_known(trace.lattice), _known(trace.visual.line), WIDTH),
        "search": _search(trace),
        "passes": _passes(reader, hos),
        "confidence": _confidence(reader),
        "decision": _decisions(reader),
        "record": _record(trace),
    }
    for name, figure in figures.items():
        _save(figure, folder / f"{name}.png")
    (folder / "grammar.svg").write_text(_grammar(folder), encoding="utf-8")
    _save(panels.draw_reading(trace, unredacted=True), docs / "reading.png")


def _known(value: Any) -> Any:
    assert value is not None
    return value


def _tilt(page: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Rotate a page on a white background."""
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), TILT, 0.93)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=255), np.uint8)


def _cleaning(layout: PageLayout) -> Image.Image:
    """Draw a field before cleaning, its ink, without ruled lines and form box, without specks, and deslanted."""
    field = layout.crop(layout.fields[0])
    config = CleaningConfig()
    found = _known(extract_ink(field.image, config.min_contrast))
    stroke_width = 4.0
    density, lines = remove_ruled_lines(found.density, stroke_width, np.tan(np.radians(config.max_skew)))
    unlined = remove_form_box(density, lines, stroke_width) if lines else density
    strokes = _known(extract_strokes(field.image, config))
    ink = clean(field.image, config, field.field_box)
    steps = [
        ("field", field.image),
        ("ink extraction", _paper(found.density)),
        ("ruled lines and form box removed", _paper(unlined)),
        ("despeckled", _paper(strokes)),
        ("deslanted, deskewed, cropped", _paper(ink.density)),
    ]
    return _stack(
        [_titled(title, _fit(Image.fromarray(image), WIDTH // 2, zoom=1.5)) for title, image in steps]
    )


def _search(trace: ReadingTrace) -> Image.Image:
    """Draw the best path above a field and the runner-up below it, and the posteriors of the n best texts."""
    x, y, w, h = _known(trace.box)
    field = _fit(Image.fromarray(trace.page.image[y : y + h, x : x + w]), WIDTH, zoom=2)
    paths = draw_paths(field, field.width / w, trace.reading.characters, trace.runner_up, (x, y))
    texts = [(one.text, one.posterior) for one in trace.hypotheses[:5]]
    return _stack([paths, _bars(texts)])


def _passes(reader: Reader, hos: Reader) -> Image.Image:
    """Draw the confidence of a deferred sample in both passes, by the other recognizer, and by the ensemble."""
    rows = []
    loaded = next(iter(load_pages(DEFERRED)))
    (layout,) = analyze_page(loaded.image, reader.locator)
    page = prepare_page(DEFERRED.name, loaded, layout, reader.recognizer)
    for number in (0, 1):
        best = decode_pass(reader.recognizer, [page], number, reader.grammar, 5)[0][0]
        rows.append((f"sdnn, pass {number + 1}: {best.text}", best.posterior))
    for name, other in (("hos", hos), ("ensemble", Reader.load(method="ensemble"))):
        (record,) = other.read(DEFERRED)
        rows.append((f"{name}: {record.text}", record.confidence))
    return _bars(rows)


def _read_samples(reader: Reader) -> list[Reading]:
    records = [record for found in reader.read_batch(sorted(SAMPLES.iterdir())) for record in found]
    return [record for record in records if isinstance(record, Reading)]


def _confidence(reader: Reader) -> Image.Image:
    """Draw the confidences of all samples on a logarithmic scale of 1 - confidence, and the thresholds."""
    height, left = 120, 20
    picture = Image.new("RGB", (WIDTH, height), "white")
    draw = ImageDraw.Draw(picture)

    def place(confidence: float) -> float:
        doubt = np.log10(max(1.0 - confidence, 1e-4))
        return float(left + (WIDTH - 2 * left) * -doubt / 4)

    draw.line((left, 60, WIDTH - left, 60), fill=FAINT)
    for tick in (0.0, 0.9, 0.99, 0.999, 0.9999):
        x = place(tick)
        draw.line((x, 56, x, 64), fill=FAINT)
        draw.text((x, 68), f"{tick:g}", fill=FAINT, font=_font(13), anchor="ma")
    for record in _read_samples(reader):
        x, color = place(record.confidence), BAR if record.accepted else REJECTED
        draw.ellipse((x - 5, 34, x + 5, 44), outline=color, width=2)
    kinds = (("cut-out amounts", reader.thresholds.amount, 0), ("checks", reader.thresholds.check, 1))
    for name, threshold, row in kinds:
        x = place(threshold)
        draw.line((x, 8, x, 60), fill=INK, width=2)
        anchor = "ls" if row else "rs"
        draw.text(
            (x + (4 if row else -4), 20), f"{name}: {threshold:.3f}", fill=INK, font=_font(13), anchor=anchor
        )
    draw.text((left, 92), "confidence of the samples; red: rejected", fill=FAINT, font=_font(13))
    return picture


def _decisions(reader: Reader) -> Image.Image:
    """Draw an accepted answer, one of low confidence, and one rejected by a rule."""
    chosen = {}
    for record in _read_samples(reader):
        chosen.setdefault(record.reason, record)
    ordered = sorted(chosen.values(), key=lambda record: not record.accepted)
    return _stack([_fit(panels._answer(record), WIDTH) for record in ordered])


def _record(trace: ReadingTrace) -> Image.Image:
    """Draw the field of a record and the boxes of its characters."""
    x, y, w, h = _known(trace.box)
    field = _fit(Image.fromarray(trace.page.image[y : y + h, x : x + w]), WIDTH, zoom=2).convert("RGB")
    zoom = field.width / w
    picture = Image.new("RGB", (field.width, field.height + 22), "white")
    picture.paste(field, (0, 22))
    draw = ImageDraw.Draw(picture)
    for one in trace.reading.characters:
        left, top = (one.bbox.x - x) * zoom, (one.bbox.y - y) * zoom + 22
        right, bottom = left + one.bbox.w * zoom, top + one.bbox.h * zoom
        draw.rectangle((left, top, right, bottom), outline=BAR, width=2)
        draw.text(((left + right) / 2, 2), one.character, fill=BAR, font=_font(16), anchor="ma")
    return picture


def _grammar(folder: Path) -> str:
    """Draw the grammar file of the page."""
    path = folder / "grammar.txt"
    path.write_text(GRAMMAR, encoding="utf-8")
    try:
        graph = load_grammar(str(path)).graph
    finally:
        path.unlink()
    return gtn.to_svg(graph[0], isymbols=ALPHABET, osymbols=ALPHABET)


def _paper(density: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (255 - 255 * density.clip(0, 1)).astype(np.uint8)


def _bars(rows: Sequence[tuple[str, float]]) -> Image.Image:
    """Draw probabilities as horizontal bars."""
    step, name, value = 24, 240, 70
    picture = Image.new("RGB", (WIDTH, step * len(rows) + 6), "white")
    draw = ImageDraw.Draw(picture)
    for number, (text, share) in enumerate(rows):
        top = number * step + 4
        length = (WIDTH - name - value) * share
        draw.text((name - 10, top), text, fill=INK, font=_font(15), anchor="ra")
        draw.rectangle((name, top + 2, name + max(1.0, length), top + 15), fill=BAR)
        draw.text((name + length + 8, top), f"{share:.4f}", fill=FAINT, font=_font(15))
    return picture


def _titled(title: str, image: Image.Image) -> Image.Image:
    picture = Image.new("RGB", (WIDTH, image.height), "white")
    picture.paste(image, (0, 0))
    ImageDraw.Draw(picture).text(
        (image.width + 16, image.height // 2), title, fill=INK, font=_font(15), anchor="lm"
    )
    return picture


def _stack(images: Sequence[Image.Image]) -> Image.Image:
    """Put images below each other."""
    gap = 10
    height = sum(image.height for image in images) + gap * (len(images) - 1)
    picture = Image.new("RGB", (max(image.width for image in images), height), "white")
    top = 0
    for image in images:
        picture.paste(image, (0, top))
        top += image.height + gap
    return picture


def _fit(image: Image.Image, width: int, zoom: float = 1.0) -> Image.Image:
    """Scale an image by a zoom, but not beyond a width."""
    zoom = min(zoom, width / image.width)
    size = max(1, round(image.width * zoom)), max(1, round(image.height * zoom))
    return image.resize(size, Image.Resampling.LANCZOS)


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _save(image: Image.Image, path: Path) -> None:
    """Save an image in a palette of few grays and the colors of the figures, which keeps the repository small."""
    image = image.convert("RGB")
    if image.width > WIDTH:
        image = _fit(image, WIDTH)
    named = (panels.ACCEPT, panels.REJECT, panels.CUT, panels.FAINT, "#c8c8c8")
    colors = [ImageColor.getrgb(name) for name in named] + panels._colors(8).tolist()
    grays = [(round(value),) * 3 for value in np.linspace(0, 255, 9)]
    palette = Image.new("P", (1, 1))
    palette.putpalette([value for color in [*grays, *colors] for value in color])
    image.quantize(palette=palette, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
