"""Pages that a small locator learns: the field is a dark bar, whose place is drawn at random."""

import numpy as np
import pytest

from docreader.training.locator.pages import LocatorPage, rows_of
from models.field_locator import KINDS, FieldLocatorConfig


def bar_page(number: int, height: int = 96, width: int = 200) -> LocatorPage:
    """A page with a dark bar, the amount, and a pale one."""
    rng = np.random.default_rng([4, number])
    image = np.full((height, width), 230, np.uint8)
    image += rng.integers(0, 10, image.shape, np.uint8)
    x, y = int(rng.integers(8, width - 72)), int(rng.integers(8, height // 2 - 20))
    image[height - 20 : height - 10, 20 : width - 20] = 150
    image[y : y + 20, x : x + 64] = 30
    box = (x, y, 64, 20)
    return LocatorPage(
        image,
        fields=rows_of([(box, 0.0)]),
        regions=rows_of([((0, 0, width, height), KINDS.index("background")), (box, KINDS.index("amount"))]),
    )


@pytest.fixture(scope="session")
def pages() -> list[LocatorPage]:
    return [bar_page(number) for number in range(48)]


@pytest.fixture(scope="session")
def small() -> FieldLocatorConfig:
    return FieldLocatorConfig(long_side=200, stem=(6, 8), width=12, wide=12)
