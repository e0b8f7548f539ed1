"""Cleaning of drawn fields: paper, print, ruled lines and slant are removed, strokes and positions are kept."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segment.cleaning.background import INK_THRESHOLD
from segment.cleaning.pipeline import CleaningConfig, clean, has_faint_ink

PLAIN = CleaningConfig(max_slant=0.0, max_skew=0.0)


def write(text: str, height: int = 56, pen: int = 3, size: float = 1.1) -> np.ndarray:
    """Ink of printed digits, (height, W) 0..1, anti-aliased."""
    (width, tall), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, pen)
    ink = np.zeros((height, width + 24), np.uint8)
    at = (12, (height + tall) // 2)
    cv2.putText(ink, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, 255, pen, cv2.LINE_AA)
    return ink / 255.0


def lean(ink: np.ndarray, slant: float) -> np.ndarray:
    """Shear to the right by `slant` pixels for each pixel upwards."""
    height, width = ink.shape
    matrix = np.array([[1, -slant, slant * height if slant > 0 else 0], [0, 1, 0]])
    return cv2.warpAffine(ink, matrix, (width + int(abs(slant) * height) + 1, height))


def guilloche(shape: tuple[int, ...], depth: float) -> np.ndarray:
    y, x = np.mgrid[: shape[0], : shape[1]]
    return depth * np.clip(np.sin((y + 3 * np.sin(x / 13)) * 1.5), 0, 1)


def on_paper(
    ink: np.ndarray, paper: float = 200.0, depth: float = 110.0, print_depth: float = 0.0
) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, 2, ink.shape)
    gray = paper - guilloche(ink.shape, print_depth) + noise
    return np.clip(np.minimum(gray, paper - depth * ink + noise), 0, 255).astype(np.uint8)


def back_on_image(ink: object, shape: tuple[int, ...]) -> np.ndarray:
    """Density of cleaned ink mapped back to the image."""
    inverse = cv2.invertAffineTransform(ink.to_source.matrix[:2])
    return cv2.warpAffine(ink.density, inverse, shape[::-1], flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def overlap(one: np.ndarray, two: np.ndarray) -> float:
    return (one & two).sum() / (one | two).sum()


@settings(max_examples=60, deadline=None)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 60), st.integers(1, 80))),
    st.sampled_from([1, 1, 1, 4]),
)
def test_anything_can_be_cleaned(image: np.ndarray, stretch: int):
    image = np.repeat(image, stretch, axis=1)
    before = image.copy()
    ink = clean(image)
    assert np.array_equal(image, before)
    assert ink.density.shape == ink.mask.shape
    assert min(ink.density.shape) >= 1
    assert ink.density.dtype == np.float32
    assert ink.mask.dtype == np.bool_
    assert np.isfinite(ink.density).all()
    assert ink.density.min() >= 0
    assert ink.density.max() <= 1
    assert ink.empty == (not ink.mask.any())
    assert abs(np.linalg.det(ink.to_source.matrix)) > 1e-6
    ys, xs = np.nonzero(ink.mask)
    on_image = ink.to_source.matrix[:2] @ np.stack([xs, ys, np.ones_like(xs)])
    border = np.array(image.shape[::-1])[:, None]
    step = np.abs(ink.to_source.matrix[:2, :2]).sum(axis=1)[:, None]
    assert (on_image > -1 - step).all()
    assert (on_image < border + step).all()


@given(
    st.integers(0, 2**32 - 1), st.sampled_from([(1, 1), (2, 300), (300, 2), (33, 55), (50, 180), (400, 900)])
)
@settings(max_examples=25, deadline=None)
def test_blank_paper_is_empty(seed: int, shape: tuple[int, int]):
    rng = np.random.default_rng(seed)
    level, spread = rng.uniform(0, 255), rng.choice([0, 1, 3, 10])
    slope = np.linspace(0, rng.uniform(-60, 60), shape[1])
    paper = np.clip(level + slope + rng.normal(0, spread, shape), 0, 255).astype(np.uint8)
    assert clean(paper).empty
    assert not has_faint_ink(paper)


@pytest.mark.parametrize("depth", [8, 14])
def test_faint_strokes_on_even_paper_are_extracted(depth: int):
    drawn = write("5093")
    image = (245.4 - depth * drawn).astype(np.uint8)
    found = back_on_image(clean(image, PLAIN), drawn.shape)
    assert overlap(found > INK_THRESHOLD, drawn > INK_THRESHOLD) > 0.8
    assert clean(image, PLAIN, (0, 0, *drawn.shape[::-1])).empty


def test_what_is_too_faint_to_be_read_is_noticed():
    image = (245.4 - 4 * write("5093")).astype(np.uint8)
    assert clean(image).empty
    assert has_faint_ink(image)


def test_security_print_alone_is_empty():
    for depth in (5, 20, 40):
        assert clean(on_paper(np.zeros((50, 180)), print_depth=depth)).empty


def test_black_and_half_black_are_empty():
    assert clean(np.zeros((50, 180), np.uint8)).empty
    half = np.full((50, 180), 220, np.uint8)
    half[:, 110:] = 20
    assert clean(half).empty


def test_strokes_are_extracted_exactly():
    drawn = write("4063.58")
    ink = clean(on_paper(drawn), PLAIN)
    found = back_on_image(ink, drawn.shape)
    assert overlap(found > INK_THRESHOLD, drawn > INK_THRESHOLD) > 0.93
    assert found[drawn > 0.95].mean() > 0.9
    assert ink.to_source.matrix[:2, :2] == pytest.approx(np.eye(2))


@pytest.mark.parametrize("print_depth", [15, 40])
@pytest.mark.parametrize("depth", [70, 150])
def test_security_print_is_removed_and_strokes_are_kept(print_depth: int, depth: int):
    drawn = write("27.941")
    image = on_paper(drawn, depth=depth, print_depth=print_depth)
    found = back_on_image(clean(image, PLAIN), drawn.shape)
    assert overlap(found > INK_THRESHOLD, drawn > INK_THRESHOLD) > 0.8
    assert (found[cv2.dilate(drawn, np.ones((7, 7))) == 0] == 0).all()


def test_uneven_paper():
    drawn = write("80250")
    shade = np.linspace(0, 90, drawn.shape[1]) - 15 * (np.arange(drawn.shape[0])[:, None] > 30)
    image = np.clip(on_paper(drawn, paper=140, depth=80) + shade, 0, 255).astype(np.uint8)
    assert (
        overlap(back_on_image(clean(image, PLAIN), drawn.shape) > INK_THRESHOLD, drawn > INK_THRESHOLD) > 0.8
    )


def test_contrast_and_brightness_do_not_matter():
    drawn = write("1937")
    full, faint = clean(on_paper(drawn, 240, 230)), clean(on_paper(drawn, 130, 60))
    assert full.density.shape == pytest.approx(faint.density.shape, abs=3)
    assert full.mask.mean() == pytest.approx(faint.mask.mean(), rel=0.15)


@pytest.mark.parametrize("slant", [-0.3, 0.0, 0.25, 0.6])
@pytest.mark.parametrize("height", [36, 56, 300])
def test_ink_maps_back_to_its_position(slant: float, height: int):
    scale = height / 56
    drawn = lean(write("1740", height, max(2, round(3 * scale)), 1.1 * scale), slant)
    ink = clean(on_paper(drawn))
    assert overlap(back_on_image(ink, drawn.shape) > INK_THRESHOLD, drawn > INK_THRESHOLD) > 0.8


@pytest.mark.parametrize("fall", [-8, 0, 8])
@pytest.mark.parametrize("size", [(50, 180), (25, 90), (100, 360), (301, 1003)])
def test_the_map_to_the_source_is_exact(fall: int, size: tuple[int, int]):
    scale = size[0] / 50
    drawn = np.zeros(size, np.uint8)
    places = [(scale * x, scale * (25 + fall * (x / 90 - 1))) for x in (20, 50, 90, 120, 160)]
    for x, y in places:
        cv2.circle(drawn, (round(16 * x), round(16 * y)), round(16 * 5 * scale), 255, -1, cv2.LINE_AA, 4)
    ink = clean(on_paper(drawn / 255.0))
    count, _, _, middles = cv2.connectedComponentsWithStats(ink.mask.astype(np.uint8))
    assert count == 6
    found = sorted((ink.to_source.matrix[:2] @ [x, y, 1]).tolist() for x, y in middles[1:])
    assert np.abs(np.array(found) - np.array(places)).max() < 0.35 * max(1, scale)


@pytest.mark.parametrize("degrees", [-20, 0, 15, 30])
def test_slanted_text_is_deslanted(degrees: float):
    drawn = lean(write("11471411", size=1.0), np.tan(np.deg2rad(degrees)))
    ink = clean(on_paper(drawn))
    # in the map to the source, x moves by minus the slant per row downward
    undone = np.rad2deg(np.arctan(-ink.to_source.matrix[0, 1] / ink.to_source.matrix[1, 1]))
    assert undone == pytest.approx(degrees, abs=4)


def test_a_falling_line_is_deskewed():
    drawn = write("5068243", height=90)
    height, width = drawn.shape
    fallen = cv2.warpAffine(drawn, np.array([[1, 0, 0], [0.08, 1, -0.04 * width]]), (width, height))
    slope = clean(on_paper(fallen), CleaningConfig(max_slant=0)).to_source.matrix[1, 0]
    assert slope == pytest.approx(0.08, abs=0.03)


def test_the_working_height_is_kept_in_bounds():
    config = CleaningConfig(min_height=40, max_height=60)
    for height in (10, 50, 500):
        scale = height / 56
        drawn = write("38", height, max(1, round(3 * scale)), 1.1 * scale)
        ink = clean(on_paper(drawn), config)
        assert not ink.empty
        assert ink.mask.shape[0] <= 60 + 10


def test_ruled_lines_are_kept_on_request():
    drawn = np.pad(write("352"), ((0, 0), (20, 20)))
    foot = np.nonzero(drawn.any(axis=1))[0].max()
    drawn[foot - 3 : foot - 1] = 1
    with_line = clean(on_paper(drawn), CleaningConfig(ruled_lines=False, max_slant=0))
    without = clean(on_paper(drawn), CleaningConfig(max_slant=0))
    assert with_line.mask.shape[1] > drawn.shape[1] - 5
    assert without.mask.shape[1] < drawn.shape[1] - 40


def test_components_mostly_outside_the_field_are_dropped():
    above, own = (np.zeros((90, 240), np.uint8) for _ in range(2))
    cv2.putText(above, "gyp", (30, 24), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 255, 3, cv2.LINE_AA)
    cv2.line(own, (200, 22), (196, 84), 255, 3, cv2.LINE_AA)
    cv2.putText(own, "74", (60, 72), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 255, 3, cv2.LINE_AA)
    image = on_paper(np.maximum(above, own) / 255.0)
    wanted = own > 127
    ink = clean(image, PLAIN, (20, 38, 200, 44))
    assert ink.mask.sum() == pytest.approx(wanted.sum(), rel=0.15)
    assert ink.to_source.matrix[1, 2] == pytest.approx(np.nonzero(wanted)[0].min(), abs=4)
    assert clean(image, PLAIN).mask.sum() > 1.3 * ink.mask.sum()
    assert clean(image, PLAIN, (0, 84, 240, 6)).empty
