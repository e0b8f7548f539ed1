import numpy as np
import pytest

from docreader.synthesis.errors import UnknownStyleError
from docreader.synthesis.paper import PATTERNS, draw_line, mottle, pattern


@pytest.mark.parametrize("kind", sorted(PATTERNS))
@pytest.mark.parametrize("seed", range(3))
def test_patterns_are_between_0_and_1(kind: str, seed: int) -> None:
    drawn = pattern(np.random.default_rng(seed), kind, (53, 161), 5.0)
    assert drawn.shape == (53, 161)
    assert drawn.dtype == np.float32
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    if kind != "plain":
        assert 0.02 < drawn.mean() < 0.8
        assert drawn.std() > 0.05


def test_an_unknown_pattern_is_named() -> None:
    with pytest.raises(UnknownStyleError, match="'tartan'"):
        pattern(np.random.default_rng(0), "tartan", (8, 8), 4.0)


def test_a_line_darkens_its_pixels_alone() -> None:
    for shape in ((20, 30), (20, 30, 3)):
        paper = np.full(shape, 200, np.float32)
        draw_line(paper, (-5, 10), (40, 10), 2, 0.25)
        lost = (200 - paper.reshape(20, 30, -1)[:, 15, 0]) / 150
        assert lost.sum() == pytest.approx(2, abs=0.3)
        assert paper[:8].min() == paper[13:].min() == 200


def test_a_line_outside_the_paper_has_no_effect() -> None:
    paper = np.full((10, 10), 100, np.float32)
    draw_line(paper, (-9, -9), (-5, -5), 2, 0.1)
    draw_line(paper, (40, 3), (60, 3), 2, 0.1)
    assert (paper == 100).all()


def test_mottle_is_smooth_noise() -> None:
    fine, coarse = (mottle(np.random.default_rng(0), (60, 200), s) for s in (2.0, 20.0))
    assert fine.shape == (60, 200)
    assert 0.3 < coarse.std() < 1.5
    assert np.abs(np.diff(coarse, axis=1)).mean() < 0.3 * np.abs(np.diff(fine, axis=1)).mean()
