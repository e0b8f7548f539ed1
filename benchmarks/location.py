"""Locate the amount's field on whole checks by a network, by page analysis with it and by rules; count its rank.

    python benchmarks/location.py DATA [--model FILE] [--fonts DIR]

DATA is the folder of the data sets: checks, checks-elsewhere, documents, and mnist for drawn pages. A candidate is
right if its IoU with the labeled box is 0.5 or more, or if it covers four fifths of the amount's ink, its center is in
the box and it is at most three times as large. Drawn pages have seeds of their own and the currencies of
`held_out_currencies`. Pages are upright and not cropped before: photographs come with their background.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from common import Metric, emit, images, parser, share, single_thread

from docreader.decoding.currencies import CURRENCIES
from docreader.io.ground_truth import read_file_list
from docreader.recognition.locator import Locator
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page import render_world_page
from segment.cleaning.pipeline import clean
from segment.image.arrays import GrayImage
from segment.image.box import Box
from segment.io.pages import load_pages
from segment.page.analysis import analyze_page
from segment.page.overview import make_overview
from segment.page.rule_location import locate_by_rules

DRAWN = 150
"""Drawn pages."""

SEED = 90_210

COUNTS = (1, 3, 5)
"""Candidates that are looked at."""

MAX_AREA = 3.0
"""Largest candidate, in areas of the labeled box."""

Find = Callable[[GrayImage], list[Box]]


def held_out_currencies() -> list[str]:
    """Return every fourth currency, whose drawn checks the shipped locator was not trained on."""
    return sorted(CURRENCIES)[::4]


def by_rules(image: GrayImage) -> list[Box]:
    """Locate fields by rules, best first."""
    return [found.field_box for found in locate_by_rules(make_overview(image), max(COUNTS))]


def by_network(locator: Locator, image: GrayImage) -> list[Box]:
    """Locate fields by the network, best first."""
    return [found.box for found in locator.propose(image, max(COUNTS)).fields]


def by_analysis(locator: Locator, image: GrayImage) -> list[Box]:
    """Locate fields as the reader does: checks are cut out of the page and turned, and asked for again."""
    layouts = analyze_page(image, locator)
    return [layout.to_source.box(found.field_box) for layout in layouts for found in layout.fields]


def labeled(folder: Path) -> Iterator[tuple[GrayImage, Box, Box]]:
    """Yield pages with the box of the amount, and the box of its ink."""
    for item in read_file_list(folder / "labels.csv"):
        if item.field_box is not None:
            image = next(load_pages(item.path)).image
            box = Box(*item.field_box)
            yield image, box, ink_box(image, box)


def ink_box(image: GrayImage, box: Box) -> Box:
    """Return the box of the ink in a field after cleaning; the field where nothing is left."""
    inside = box.intersect((0, 0, image.shape[1], image.shape[0]))
    ink = clean(np.ascontiguousarray(image[inside.y : inside.bottom, inside.x : inside.right]))
    if ink.empty:
        return box
    found = ink.to_source.box(Box(*cv2.boundingRect(ink.mask.view(np.uint8))))
    return Box(found.x + inside.x, found.y + inside.y, found.w, found.h).intersect(inside)


def drawn(digits: Path, fonts: Path | None) -> Iterator[tuple[GrayImage, Box, Box]]:
    """Yield drawn pages of held-out currencies with the box of the amount and that of its ink."""
    bank, types, codes = (
        DigitBank.from_directory(digits),
        FontBank.from_directory(fonts),
        held_out_currencies(),
    )
    number = count = 0
    while count < DRAWN:
        rng = np.random.default_rng([SEED, number])
        page = render_world_page(rng, bank, types, currency=codes[number % len(codes)], turn=False)
        number += 1
        boxes = page.boxes("amount")
        if page.ink is not None and page.checks == 1 and len(boxes) == 1:
            count += 1
            yield page.image, boxes[0], page.ink


def is_right(found: Box, box: Box, ink: Box) -> bool:
    """Return whether a candidate is the field."""
    shared = found.intersect(ink)
    x, y = found.x + found.w / 2, found.y + found.h / 2
    covers = shared.w * shared.h >= 0.8 * ink.w * ink.h
    inside = box.x <= x <= box.right and box.y <= y <= box.bottom
    return found.iou(box) >= 0.5 or (covers and inside and found.w * found.h <= MAX_AREA * box.w * box.h)


def measure(
    name: str, ways: Mapping[str, Find], pages: Iterator[tuple[GrayImage, Box, Box]]
) -> dict[str, Metric]:
    """Return the share of pages with the field among the first candidates, for each way and each of `COUNTS`."""
    ranks: dict[str, list[int]] = {way: [] for way in ways}
    for image, box, ink in pages:
        for way, find in ways.items():
            right = [is_right(found, box, ink) for found in find(image)]
            ranks[way].append(right.index(True) if True in right else max(COUNTS))
    return {
        f"{way}{name}_{count}": share(sum(rank < count for rank in of_way), len(of_way))
        for way, of_way in ranks.items()
        for count in COUNTS
    }


def separation(locator: Locator, checks: Sequence[Path], others: Sequence[Path]) -> dict[str, Metric]:
    """Return the shares of checks and of other pages that the network takes for checks, and of upright checks."""
    found = [locator.propose(next(load_pages(path)).image) for path in checks]
    wrong = [locator.propose(next(load_pages(path)).image).check_score > 0 for path in others]
    return {
        "checks_as_checks": share(sum(one.check_score > 0 for one in found), len(found)),
        "documents_as_checks": share(sum(wrong), len(wrong)),
        "checks_upright": share(sum(one.turns == 0 for one in found), len(found)),
    }


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--model", help="model file; default: the one that ships")
    options.add_argument("--fonts", type=Path, help="folder of fonts for drawn pages")
    given = options.parse_args()
    single_thread()
    locator = Locator.load(given.model or None)
    ways: dict[str, Find] = {
        "": partial(by_network, locator),
        "page_": partial(by_analysis, locator),
        "rules_": by_rules,
    }
    metrics = measure("elsewhere", ways, labeled(given.data / "checks-elsewhere"))
    metrics |= measure("checks", ways, labeled(given.data / "checks"))
    metrics |= measure("drawn", ways, drawn(given.data / "mnist", given.fonts))
    checks = [item.path for item in read_file_list(given.data / "checks-elsewhere" / "labels.csv")]
    emit(metrics | separation(locator, checks, images(given.data / "documents" / "val")))


if __name__ == "__main__":
    main()
