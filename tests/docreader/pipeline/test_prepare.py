"""What of a page is read, with a method that only remembers what it was given."""

from types import SimpleNamespace

import numpy as np
import pytest

from docreader.pipeline.prepare import choose
from segment.io.pages import Page

PAGE = Page(np.full((60, 200), 255, np.uint8), 1, None)
METHOD = SimpleNamespace(prepare=lambda image: SimpleNamespace(image=image, empty=not image.size))


@pytest.mark.parametrize(
    ("bbox", "expected"),
    [
        (None, (0, 0, 200, 60)),
        ((10, 5, 40, 20), (10, 5, 40, 20)),
        ((-10, 50, 40, 20), (0, 50, 30, 10)),  # what of it lies on the page
        ({"a.png": (10, 5, 40, 20)}, (10, 5, 40, 20)),
        ({"b.png": (10, 5, 40, 20)}, (0, 0, 200, 60)),
    ],
)
def test_the_box_that_was_given_is_read_and_else_the_whole_picture(bbox, expected):
    waiting = choose("a.png", PAGE, "amount", bbox, METHOD)
    [branch] = waiting.branches
    x, y, w, h = expected
    assert (branch.box, branch.origin, branch.prepared.image.shape) == (expected, (x, y), (h, w))
    assert (waiting.legible, waiting.whole, waiting.reason, waiting.sign) == (True, False, None, None)


@pytest.mark.parametrize("bbox", [(200, 0, 10, 10), (0, -20, 10, 20)])
def test_a_box_beside_the_page_is_no_field(bbox):
    waiting = choose(None, PAGE, "amount", bbox, METHOD)
    assert (waiting.branches, waiting.reason, waiting.legible) == ((), "no_field", False)
