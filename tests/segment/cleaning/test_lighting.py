"""Shade is lightened with its ink; even light and dark blocks stay as they are."""

import cv2
import numpy as np
import pytest

from segment.cleaning.background import INK_THRESHOLD
from segment.cleaning.lighting import even_light
from segment.cleaning.pipeline import clean
from segment.line_image import LineConfig, make_line


def field(text: str = "480257") -> np.ndarray:
    """(60, 260) float image of pen strokes on paper with some noise."""
    ink = np.zeros((60, 260), np.uint8)
    cv2.putText(ink, text, (14, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.5, 255, 3, cv2.LINE_AA)
    paper = 225 + np.random.default_rng(3).normal(0, 2, ink.shape)
    return np.asarray(paper * (1 - 0.6 * ink / 255))


def shadow(edge: float, soft: float, light: float) -> np.ndarray:
    """(60, 260) light of 1 left of an edge and `light` right of it."""
    return np.broadcast_to(1 - (1 - light) * np.clip(0.5 + (np.arange(260) - edge) / soft, 0, 1), (60, 260))


def to_gray(image: np.ndarray) -> np.ndarray:
    return np.clip(image, 0, 255).astype(np.uint8)


LIGHTS = {
    "hard shadow": shadow(120, 1, 0.3),
    "soft shadow": shadow(140, 30, 0.3),
    "light shadow": shadow(90, 4, 0.5),
    "light falls off": shadow(130, 260, 0.22),
}


@pytest.mark.parametrize("name", LIGHTS)
def test_shaded_ink_is_the_ink_of_even_light(name: str):
    plain, shaded = clean(to_gray(field())), clean(to_gray(field() * LIGHTS[name]))
    assert shaded.density.shape == pytest.approx(plain.density.shape, abs=2)
    assert shaded.mask.sum() == pytest.approx(plain.mask.sum(), rel=0.12)
    assert shaded.corrected is not None


def test_both_channels_of_a_line_image_are_in_even_light():
    image = to_gray(field() * LIGHTS["hard shadow"])
    plain = make_line(to_gray(field()), clean(to_gray(field())), LineConfig())
    line = make_line(image, clean(image), LineConfig())
    assert line.pixels[1].mean() == pytest.approx(plain.pixels[1].mean(), rel=0.15)


def test_the_edge_of_a_shadow_is_no_stroke():
    paper = to_gray(field("") * LIGHTS["hard shadow"])
    assert clean(paper).empty
    even = even_light(to_gray(field("48      7") * LIGHTS["hard shadow"])).astype(int)
    assert even[20:40, 115:126].min() > 150


def test_even_light_is_not_touched():
    for image in (to_gray(field()), to_gray(field() * shadow(130, 260, 0.75))):
        assert even_light(image) is image


@pytest.mark.parametrize("level", [15, 60])
def test_dark_blocks_are_not_lightened(level: int):
    image = field("4802")
    image[:, 200:] = level
    assert even_light(to_gray(image)) is not None
    found = clean(to_gray(image))
    ends = found.to_source.boxes([(0, 0, *found.mask.shape[::-1])])[0]
    assert ends[0] + ends[2] < 200
    assert (found.density > INK_THRESHOLD).any()
