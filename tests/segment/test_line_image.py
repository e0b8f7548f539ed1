"""Line images: scale, position and contrast."""

import cv2
import numpy as np
import pytest

from segment.cleaning.pipeline import clean
from segment.line_image import MAX_WIDTH, LineConfig, _percentile, make_line


def find_line(image, config=None):
    config = config or LineConfig()
    return make_line(image, clean(image, config.cleaning), config)


def written(text="350", size=1.6, shape=(70, 220)):
    image = np.full(shape, 225, np.uint8)
    cv2.putText(image, text, (20, 55), cv2.FONT_HERSHEY_SIMPLEX, size, 40, 4, cv2.LINE_AA)
    return image


def test_ink_fills_the_line():
    line = find_line(written())
    assert not line.empty
    assert line.pixels.shape[:2] == (2, 32)
    rows, columns = np.nonzero(line.pixels[0] > 127)
    assert 20 <= np.ptp(rows) <= 28
    assert columns.min() >= 5
    assert columns.max() <= line.pixels.shape[2] - 6


def test_both_channels_show_the_same_place():
    ink, raw = find_line(written()).pixels.astype(float)
    assert np.corrcoef(ink.ravel(), raw.ravel())[0, 1] > 0.9


def test_line_images_do_not_depend_on_the_size_of_the_text():
    small = find_line(written()).pixels
    large = find_line(cv2.resize(written(), None, fx=1.9, fy=1.9)).pixels
    assert abs(small.shape[2] - large.shape[2]) <= 5


def test_the_original_channel_does_not_depend_on_the_exposure():
    raw = find_line(written()).pixels[1].astype(float)
    dim = find_line((0.6 * written()).astype(np.uint8)).pixels[1].astype(float)
    assert raw.shape == dim.shape
    assert np.abs(raw - dim).mean() < 3


def test_pixels_map_back_to_the_image():
    image = np.full((60, 200), 230, np.uint8)
    cv2.rectangle(image, (40, 15), (60, 45), 20, -1)
    cv2.rectangle(image, (130, 15), (150, 45), 20, -1)
    line = find_line(image)
    columns = np.nonzero((line.pixels[0] > 127).any(axis=0))[0]
    rows = np.nonzero((line.pixels[0] > 127).any(axis=1))[0]
    first = line.to_source.matrix[:2] @ np.array([columns.min(), rows.min(), 1.0])
    last = line.to_source.matrix[:2] @ np.array([columns.max(), rows.max(), 1.0])
    assert first == pytest.approx([40, 15], abs=1.5)
    assert last == pytest.approx([150, 45], abs=1.5)


@pytest.mark.parametrize("slant", [0.3, -0.2])
def test_a_slant_shears_strokes_and_pixels_still_map_back(slant):
    image = np.full((60, 200), 230, np.uint8)
    cv2.rectangle(image, (40, 15), (44, 45), 20, -1)
    cv2.rectangle(image, (130, 15), (134, 45), 20, -1)
    upright, leaning = (find_line(image, LineConfig(slant=s)) for s in (0.0, slant))
    ink = leaning.pixels[0].astype(float)
    rows = np.nonzero(ink[:, : ink.shape[1] // 2].sum(axis=1) > 255)[0][2:-2]
    middles = [
        ink[row, : ink.shape[1] // 2] @ np.arange(ink.shape[1] // 2) / ink[row, : ink.shape[1] // 2].sum()
        for row in rows
    ]
    assert -np.polyfit(rows, middles, 1)[0] == pytest.approx(slant, abs=0.03)
    assert leaning.pixels.shape[2] == upright.pixels.shape[2] + 2 * int(np.ceil(abs(slant) * 16))
    for row, column in zip(rows, middles, strict=True):
        x, y = leaning.to_source.matrix[:2] @ np.array([column, row, 1.0])
        assert x == pytest.approx(42, abs=1)
        assert 13 < y < 47


def test_a_blank_image_is_a_blank_line():
    line = find_line(np.full((50, 300), 240, np.uint8))
    assert line.empty
    assert line.pixels.shape == (2, 32, 32)
    assert not line.pixels.any()


def test_a_very_long_line_is_squeezed():
    image = np.full((20, 12_000), 230, np.uint8)
    image[8:12, 10:11_990] = 10
    image[2:18, 100:104] = 10
    assert find_line(image).pixels.shape[2] <= MAX_WIDTH


def test_the_height_can_be_chosen():
    assert find_line(written(), LineConfig(height=40, ink=34)).pixels.shape[1] == 40


def test_percentiles_are_those_of_numpy():
    rng = np.random.default_rng(0)
    for _ in range(100):
        image = rng.integers(0, 256, (rng.integers(1, 20), rng.integers(1, 20))).astype(np.uint8)
        image //= np.uint8(rng.integers(1, 60))
        count = np.bincount(image.ravel(), minlength=256).cumsum()
        for percent in (1, 90):
            assert _percentile(count, percent) == pytest.approx(np.percentile(image, percent), abs=1e-9)


def test_a_long_stroke_does_not_reduce_the_size_of_the_digits():
    field = np.full((130, 480), 225, np.uint8)
    field[30:100, :360] = written("350829", shape=(70, 360))
    plain = find_line(field).pixels[0]
    cv2.line(field, (420, 8), (420, 122), 40, 4, cv2.LINE_AA)
    stroke = find_line(field).pixels[0]

    def tall(picture: np.ndarray) -> int:
        return int(np.ptp(np.nonzero((picture[:, : picture.shape[1] // 3] > 127).any(axis=1))[0]))

    assert tall(stroke) > 0.6 * tall(plain)
    assert np.nonzero((stroke > 127).any(axis=0))[0].max() > 0.9 * (stroke.shape[1] - 10)
