import numpy as np
import pytest

from docreader.training.common.errors import TrainingError
from docreader.training.locator.pages import (
    LONG_SIDE,
    LocatorPage,
    fingerprint,
    load_pages,
    reduce_page,
    save_pages,
    with_box,
    without_check,
)


def test_pages_are_the_same_after_saving(pages, tmp_path):
    some = [*pages[:3], without_check(np.zeros((40, 90), np.uint8))]
    save_pages(tmp_path / "some.npz", some)
    loaded = load_pages(tmp_path / "some.npz")
    assert fingerprint(loaded) == fingerprint(some)
    assert [page.check for page in loaded] == [True, True, True, False]
    assert loaded[3].turned == -1
    assert np.array_equal(loaded[1].regions, some[1].regions)


def test_another_page_has_another_fingerprint(pages):
    assert fingerprint(pages[:3]) != fingerprint([*pages[:2], pages[3]])
    assert fingerprint([pages[0]]) != fingerprint([LocatorPage(**vars(pages[0]) | {"void": True})])


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "bad.npz").write_bytes(b"no archive")
    with pytest.raises(TrainingError, match="no drawn pages"):
        load_pages(tmp_path / "bad.npz")


def test_boxes_are_reduced_with_the_image():
    page = with_box(np.zeros((1000, 2000), np.uint8), (200, 100, 400, 50))
    assert page.image.shape == (LONG_SIDE // 2, LONG_SIDE)
    assert page.fields[0].tolist() == pytest.approx([48, 24, 144, 36, 0], abs=0.01)
    assert not page.complete
    assert reduce_page(page) is page
