"""Pages of the world on disk: images, labels.csv and regions.json; the same seed gives the same bytes."""

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from docreader.synthesis.dataset import encode
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page import WorldPage, render_no_check, render_world_page

COLUMNS = ("file", "amount", "text", "x", "y", "w", "h", "currency", "kind", "capture", "turned")
"""Columns of labels.csv; an empty amount means that nothing may be accepted."""

NO_CHECKS = 0.1
"""Share of pages without a check."""


def world_samples(
    digits: DigitBank,
    fonts: FontBank | None,
    count: int,
    *,
    seed: int = 0,
    width: tuple[int, int] = (1200, 1600),
) -> Iterator[WorldPage]:
    """Generate pages, each from a random generator of its own: the first n do not depend on the count.

    Args:
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one alone.
        count: Number of pages.
        seed: Random seed.
        width: Range of the pages' width in pixels, upright.

    Yields:
        Pages.
    """
    for index in range(count):
        rng = np.random.default_rng([seed, index])
        wide = int(rng.integers(width[0], width[1] + 1))
        render = render_no_check if rng.random() < NO_CHECKS else render_world_page
        yield render(rng, digits, fonts, width=wide)


def write_world(
    folder: Path,
    samples: Iterator[WorldPage],
    *,
    prefix: str,
    suffix: str = ".jpg",
    progress: Callable[[], None] | None = None,
) -> int:
    """Write pages as images with labels.csv and regions.json, which are written last.

    Args:
        folder: Folder of the data set, from docreader.synthesis.dataset.prepare_folder.
        samples: Pages to write.
        prefix: Prefix of the image names.
        suffix: `.png`, `.jpg`, or `.tif` (bilevel).
        progress: Callback after each image.

    Returns:
        Number of pages.
    """
    rows: list[tuple[str, ...]] = []
    regions: dict[str, list[tuple[str, int, int, int, int]]] = {}
    for index, page in enumerate(samples):
        name = f"images/{prefix}-{index:06d}{suffix}"
        (folder / name).write_bytes(encode(page.image, suffix))
        rows.append((name, *_facts(page)))
        regions[name] = [(region.kind, *region.box) for region in page.regions]
        if progress is not None:
            progress()
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(found)}" for name, found in regions.items())
    (folder / "regions.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
    return len(rows)


def _facts(page: WorldPage) -> tuple[str, ...]:
    """Return the row of a page in labels.csv, without the name of the file."""
    # a check that is stamped void, or whose amount is cut off, has no amount that may be accepted
    valid = page.amount is not None and page.ink is not None and not page.void
    field = next(iter(page.boxes("amount", "empty")), None)
    kind = (
        "no_check"
        if not page.checks
        else "void"
        if page.void
        else "check"
        if page.ink is not None
        else "empty"
    )
    return (
        f"{page.amount:f}" if valid else "",
        page.transcript,
        *(("",) * 4 if field is None else (str(v) for v in field)),
        page.currency,
        kind,
        page.capture,
        str(page.turned),
    )
