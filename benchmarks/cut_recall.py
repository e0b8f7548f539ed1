"""Cut recall: how often the right segmentation is among the paths of the segmentation graph.

A string counts as covered when some path has one segment for each digit, each with a horizontal intersection over
union of at least 0.5 with the digit's box; segments of separators and dirt may lie between. The looser figure leaves
the path out and only asks for a segment for each digit.

    python benchmarks/cut_recall.py DATA [--misses misses.png]

DATA holds images/ and boxes.json ({file: [[class, x, y, w, h], ...]}), as `docreader synth amounts` writes them.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from segment.candidates import page_boxes
from segment.loading import load_pages
from segment.segmentation import Segmentation, over_segment

Digit = Sequence[float]
"""Class, x, y, width, height in pixels."""


def uncovered(segmentation: Segmentation, digits: Sequence[Digit], path: bool = True) -> Digit | None:
    """The first digit that has no segment, None where all have.

    Args:
        segmentation: the string's.
        digits: boxes of its digits.
        path: whether the segments must lie on one path. Taking for each digit the segment that ends first
            leaves the most room for the next, so the greedy choice is exact.
    """
    candidates = segmentation.candidates
    boxes = page_boxes(candidates, segmentation.ink.to_page)
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


def picture(
    image: NDArray[np.uint8], segmentation: Segmentation, digit: Digit, name: str
) -> NDArray[np.uint8]:
    """The field with the digit that was missed, and the pieces below it."""
    _, x, y, w, h = (int(value) for value in digit)
    field = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    cv2.rectangle(field, (x, y), (x + w, y + h), (0, 0, 255), 1)
    labels = segmentation.candidates.pieces.labels
    palette = np.random.default_rng(0).integers(
        60, 255, (len(segmentation.candidates.pieces) + 1, 3), np.uint8
    )
    palette[-1] = 0
    pieces = palette[labels]
    width = max(field.shape[1], pieces.shape[1])
    rows = [np.pad(part, ((0, 0), (0, width - part.shape[1]), (0, 0))) for part in (field, pieces)]
    stack = np.vstack(rows)
    zoom = min(310 / stack.shape[1], 180 / stack.shape[0])
    stack = cv2.resize(stack, None, fx=zoom, fy=zoom)
    cell = np.full((200, 320, 3), 255, np.uint8)
    cell[: stack.shape[0], : stack.shape[1]] = stack
    cv2.putText(cell, name, (2, 196), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (0, 0, 200), 1)
    return cell


def interval(hits: int, total: int) -> str:
    """A share with its 95 % Wilson interval."""
    span = binomtest(hits, total).proportion_ci(method="wilson")
    return f"{hits / total:.4f} ({hits} of {total}, 95 % {span.low:.4f} to {span.high:.4f})"


def main() -> None:
    """Measure, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--misses", type=Path, help="write a picture of the misses")
    arguments = parser.parse_args()
    strings = json.loads((arguments.data / "boxes.json").read_text())
    covered, loose, counts, cells = 0, 0, [], []
    for name, digits in strings.items():
        file = arguments.data / name
        if not file.exists():
            file = arguments.data / "images" / name
        [page] = load_pages(file)
        segmentation = over_segment(page.image)
        counts.append(len(segmentation.candidates))
        missed = uncovered(segmentation, digits)
        covered += missed is None
        loose += uncovered(segmentation, digits, path=False) is None
        if missed is not None:
            cells.append(picture(page.image, segmentation, missed, Path(name).stem))
    total = len(strings)
    print(f"cut recall on one path   {interval(covered, total)}")
    print(f"cut recall, any segments {interval(loose, total)}")
    print(
        f"candidate segments       mean {np.mean(counts):.1f}, median {np.median(counts):.0f}, most {max(counts)}"
    )
    if arguments.misses and cells:
        cells += [np.full_like(cells[0], 255)] * (-len(cells) % 4)
        rows = [np.hstack(cells[start : start + 4]) for start in range(0, len(cells), 4)]
        cv2.imwrite(str(arguments.misses), np.vstack(rows))
        print(f"misses drawn in          {arguments.misses}")


if __name__ == "__main__":
    main()
