"""Pictures of mistakes show the field."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from docreader.evaluation.comparison import SampleResult
from docreader.evaluation.report import _thumbnail


@pytest.fixture
def results(tmp_path, make_item, make_reading):
    image = np.full((400, 600), 255, np.uint8)
    image[100:140, 300:400] = 7
    Image.fromarray(image).save(tmp_path / "check.png")
    item = replace(make_item("1"), path=tmp_path / "check.png")
    return lambda bbox: SampleResult(item, "1", "2", replace(make_reading("2"), bbox=bbox))


@pytest.mark.parametrize(
    ("bbox", "size"),
    [
        ((300, 100, 100, 40), (140, 80)),
        ((0, 0, 600, 400), (240, 160)),
        (None, (240, 160)),
        ((590, 0, 10, 10), (15, 15)),
    ],
)
def test_the_field_with_a_margin(results, tmp_path, bbox, size):
    assert _thumbnail(results(bbox), tmp_path / "out.png", tmp_path) == "out.png"
    with Image.open(tmp_path / "out.png") as picture:
        assert picture.size == size
        if bbox == (300, 100, 100, 40):
            assert picture.getpixel((20, 20)) == 7
            assert picture.getpixel((19, 19)) == 255


def test_an_image_that_is_gone_has_no_picture(results, tmp_path):
    (tmp_path / "check.png").unlink()
    assert _thumbnail(results(None), tmp_path / "out.png", tmp_path) is None
