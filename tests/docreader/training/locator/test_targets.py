import numpy as np
import pytest

from docreader.training.locator.pages import LocatorPage, rows_of, with_box, without_check
from docreader.training.locator.targets import IGNORED, UNREAD, field_targets, kind_targets, make_batch
from models.field_locator import KINDS


def page_of(fields, shape=(64, 160), **values):
    return LocatorPage(np.zeros(shape, np.uint8), fields=rows_of(fields), **values)


def test_cells_in_the_core_of_a_field_stand_for_it():
    likelihood, edges = field_targets(page_of([((40, 16, 64, 24), 0.0)]))
    cells = likelihood[:-1].reshape(8, 20)
    assert np.argwhere(cells > UNREAD).tolist() == [[3, 7], [3, 8], [3, 9], [3, 10]]
    assert likelihood[-1] == UNREAD
    assert edges[:, 3, 8].tolist() == [5, 2, 13, 5]


def test_a_field_smaller_than_a_cell_has_the_cell_of_its_center():
    likelihood, _ = field_targets(page_of([((50, 33, 6, 4), 0.0)]))
    assert np.argwhere(likelihood[:-1].reshape(8, 20) > UNREAD).tolist() == [[4, 6]]


def test_where_candidates_overlap_the_cell_takes_the_one_that_is_read_best():
    likelihood, edges = field_targets(page_of([((40, 16, 64, 24), -0.1), ((40, 16, 80, 24), -3.0)]))
    cells = likelihood[:-1].reshape(8, 20)
    assert cells[3, 8] == pytest.approx(-0.1)
    assert edges[2, 3, 8] == 13
    assert cells[3, 11] == pytest.approx(-3.0)


def test_a_page_without_a_field_has_it_nowhere():
    likelihood, _ = field_targets(page_of([]))
    assert likelihood[-1] == 0
    assert (likelihood[:-1] == UNREAD).all()


def test_kinds_overlap_in_a_fixed_order():
    boxes = [((0, 0, 160, 64), "background"), ((32, 16, 64, 24), "amount"), ((0, 16, 64, 24), "text")]
    regions = rows_of([(box, KINDS.index(kind)) for box, kind in boxes])
    kinds = kind_targets(page_of([], regions=regions))
    names = np.array(KINDS)[kinds]
    assert names[0, 0] == "background"
    assert names[3, 1] == "text"
    assert names[3, 6] == names[3, 10] == "amount"


def test_cells_of_a_page_with_its_box_alone_are_not_known():
    kinds = kind_targets(with_box(np.zeros((64, 160), np.uint8), (32, 16, 64, 24)))
    assert set(np.unique(kinds)) == {IGNORED, KINDS.index("amount")}


def test_a_page_without_a_check_is_scene():
    kinds = kind_targets(without_check(np.zeros((64, 160), np.uint8)))
    assert set(np.unique(kinds)) == {KINDS.index("scene")}


def test_batch_says_which_pages_have_a_target_for_the_place():
    upright = page_of([((40, 16, 64, 24), 0.0)])
    turned = page_of([((40, 16, 64, 24), 0.0)], turned=2)
    batch = make_batch([upright, turned, without_check(np.zeros((64, 160), np.uint8))])
    assert batch.located.tolist() == [True, False, True]
    assert batch.orientation.tolist() == [0, 2, IGNORED]
    assert batch.check.tolist() == [1, 1, 0]
    assert batch.images.shape == (3, 1, 64, 160)
