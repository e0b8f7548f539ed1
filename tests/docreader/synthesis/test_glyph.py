import numpy as np
import pytest

from docreader.synthesis.alphabet import DIGITS, LETTERS, SYMBOLS
from docreader.synthesis.glyph import curve, parse_glyph

DRAWINGS = [d for table in (DIGITS, SYMBOLS) for shapes in table.values() for d in shapes] + list(
    LETTERS.values()
)


def test_units_are_digit_heights_with_y_downwards() -> None:
    glyph = parse_glyph("20,0 20,100")
    (stroke,) = glyph.strokes
    np.testing.assert_allclose(stroke[[0, -1]], [[0, 0], [0, -1]], atol=1e-6)


def test_a_corner_is_sharp_and_a_bend_is_not() -> None:
    corner = np.concatenate(parse_glyph("0,0 50,100! 100,0").strokes)
    bend = np.concatenate(parse_glyph("0,0 50,100 100,0").strokes)

    def sharpest(points: np.ndarray) -> float:
        step = np.diff(points, axis=0)
        unit = step / np.hypot(*step.T)[:, None]
        return float((unit[1:] * unit[:-1]).sum(axis=1).min())

    assert sharpest(corner) < 0 < sharpest(bend)


def test_curves_pass_through_their_points() -> None:
    points = np.array([[0.0, 0.0], [30.0, 80.0], [70.0, 20.0], [100.0, 90.0]])
    drawn = curve(points)
    for point in points:
        assert np.hypot(*(drawn - point).T).min() < 3


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_every_drawing_is_a_character_of_sane_size(drawing: str) -> None:
    glyph = parse_glyph(drawing)
    everything = np.concatenate(glyph.strokes)
    assert everything[:, 0].min() == pytest.approx(0, abs=1e-6)
    assert 0 <= glyph.width < 1.2
    assert everything[:, 1].min() > -1.3
    assert everything[:, 1].max() < 0.55


def test_jitter_moves_points_and_comes_from_the_generator() -> None:
    still = parse_glyph(DIGITS["7"][0])
    one, same, other = (parse_glyph(DIGITS["7"][0], np.random.default_rng(s), 3.0) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.strokes[0], same.strokes[0])
    assert one.width != other.width
    assert abs(one.width - still.width) < 0.3


def test_mapping_slants_and_returns_to_the_left_edge() -> None:
    slanted = parse_glyph("0,0 0,100").map(np.array([[1.0, -0.5], [0.0, 1.0]]))
    np.testing.assert_allclose(slanted.strokes[0][[0, -1]], [[0, 0], [0.5, -1]], atol=1e-6)
