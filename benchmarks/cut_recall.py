"""Measure cut recall: the share of strings whose right segmentation is among the paths of the segmentation graph.

A string is covered when some path has one segment for each digit, each with a horizontal intersection over union of at
least 0.5 with the digit's box; segments of separators and dirt may lie between. The second figure requires a segment
for each digit, on one path or not.

    python benchmarks/cut_recall.py DATA

DATA holds images/ and boxes.json ({file: [[class, x, y, w, h], ...]}), as `docreader synth amounts` writes them.
"""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from common import emit, parser, share, value

from segment.io.pages import load_pages
from segment.oversegmentation.candidates import source_boxes
from segment.oversegmentation.graph import Segmentation, over_segment

Digit = Sequence[float]
"""Class, x, y, width, height in pixels."""


def uncovered(segmentation: Segmentation, digits: Sequence[Digit], path: bool = True) -> Digit | None:
    """Find the first digit without a segment; None if each has one.

    Args:
        segmentation: Segmentation of the string.
        digits: Boxes of its digits.
        path: Whether the segments must be on one path. Taking for each digit the segment that ends first
            leaves the most room for the next, so the greedy choice is exact.
    """
    candidates = segmentation.candidates
    boxes = source_boxes(candidates, segmentation.ink.to_source)
    left, right = boxes[:, 0], boxes[:, 0] + boxes[:, 2]
    node = 0
    for digit in sorted(digits, key=lambda digit: digit[1] + digit[3] / 2):
        _, x, _, w, _ = digit
        overlap = np.minimum(right, x + w) - np.maximum(left, x)
        union = np.maximum(right, x + w) - np.minimum(left, x)
        fits = (overlap >= 0.5 * union) & (candidates.first >= node if path else True)
        if not fits.any():
            return digit
        node = int(candidates.last[fits].min())
    return None


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    arguments = options.parse_args()
    strings = json.loads((arguments.data / "boxes.json").read_text())
    covered, loose, counts = 0, 0, []
    for name, digits in strings.items():
        file = arguments.data / name
        if not file.exists():
            file = arguments.data / "images" / name
        [page] = load_pages(file)
        segmentation = over_segment(page.image)
        counts.append(len(segmentation.candidates))
        covered += uncovered(segmentation, digits) is None
        loose += uncovered(segmentation, digits, path=False) is None
    metrics = {
        "on_path": share(covered, len(strings)),
        "any": share(loose, len(strings)),
        "segments": value(float(np.mean(counts)), "a string"),
    }
    print(f"{covered} and {loose} of {len(strings)}, {np.mean(counts):.1f} segments, at most {max(counts)}")
    emit(metrics)


if __name__ == "__main__":
    main()
