import numpy as np
import pytest

from docreader.synthesis.scan import Scan, apply_scan, sample_camera, sample_scan

PERFECT = Scan(blur=0, noise=0, shade=0, contrast=1, quality=101)


@pytest.fixture
def page() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 255, (40, 60)).astype(np.float32)


def test_a_perfect_scan_only_rounds(page: np.ndarray) -> None:
    np.testing.assert_array_equal(apply_scan(np.random.default_rng(0), page, PERFECT), np.round(page))


@pytest.mark.parametrize("shape", [(40, 60), (40, 60, 3)])
@pytest.mark.parametrize("sample", [sample_scan, sample_camera])
def test_shape_stays_and_type_is_bytes(shape: tuple[int, ...], sample: object) -> None:
    rng = np.random.default_rng(1)
    image = apply_scan(rng, np.full(shape, 180, np.float32), sample(rng))
    assert image.shape == shape
    assert image.dtype == np.uint8
    assert abs(image.mean() - 180) < 40


def test_blur_smooths_noise_roughens_and_the_page_is_left_alone(page: np.ndarray) -> None:
    before = page.copy()
    flat = np.full_like(page, 128)
    blurred = apply_scan(np.random.default_rng(0), page, Scan(2.0, 0, 0, 1, 101))
    noisy = apply_scan(np.random.default_rng(0), flat, Scan(0, 5.0, 0, 1, 101))
    assert blurred.std() < 0.4 * page.std()
    assert 2 < noisy.std() < 8
    np.testing.assert_array_equal(page, before)


def test_contrast_draws_toward_gray(page: np.ndarray) -> None:
    weak = apply_scan(np.random.default_rng(0), page, Scan(0, 0, 0, 0.5, 101))
    assert weak.min() >= 64
    assert weak.max() <= 192
