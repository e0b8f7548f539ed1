import numpy as np
import pytest
import torch

from docreader.recognition.locator import Locator, merge_cells, shrink
from models.errors import ModelKindError
from models.field_locator import KINDS, FieldLocator, PageMap
from models.files import default_reader_path, describe, save_model


def maps_of(places, height=10, width=20, nowhere=0.0):
    """Maps of a page whose cells score -20 but for places: cell -> (score, box in cells)."""
    field = torch.full((1, height, width), -20.0)
    edges = torch.full((1, 4, height, width), 0.5)
    for (row, column), (score, (left, top, right, bottom)) in places.items():
        field[0, row, column] = score
        x, y = column + 0.5, row + 0.5
        edges[0, :, row, column] = torch.tensor([x - left, y - top, right - x, bottom - y])
    one = torch.zeros(1)
    return PageMap(
        field, one + nowhere, torch.zeros(1, len(KINDS), height, width), edges, torch.zeros(1, 4), one, one
    )


@pytest.fixture
def locator(tmp_path):
    torch.manual_seed(3)
    network = FieldLocator().eval()
    path = tmp_path / "places.safetensors"
    save_model(path, network, describe(network, kind="locator", name="places", version="1"))
    return Locator.load(path)


def test_neighboring_cells_propose_one_field_with_the_sum_of_their_probabilities():
    maps = maps_of({(3, 5): (2.0, (2, 1, 9, 6)), (3, 6): (1.0, (3, 1, 9, 6)), (8, 15): (0.0, (12, 7, 18, 9))})
    scores, boxes = merge_cells(maps, 2)
    total = torch.logsumexp(torch.tensor([2.0, 1.0, 0.0, 0.0]), 0)
    assert scores[0] == pytest.approx(float(torch.logsumexp(torch.tensor([2.0, 1.0]), 0) - total), abs=1e-3)
    assert scores[1] == pytest.approx(float(-total), abs=1e-3)
    assert boxes[0][1:].tolist() == pytest.approx([1, 9, 6])
    assert boxes[0][0] == pytest.approx((2 * np.exp(2) + 3 * np.exp(1)) / (np.exp(2) + np.exp(1)))
    assert boxes[1].tolist() == pytest.approx([12, 7, 18, 9])


def test_no_more_fields_than_asked_for():
    maps = maps_of({(row, 5): (1.0, (4, row, 7, row + 1)) for row in range(8)})
    assert len(merge_cells(maps, 3)[0]) == 3


@pytest.mark.parametrize("size", [(400, 900), (1800, 4000), (900, 400), (60, 450), (30, 3000)])
def test_a_page_of_any_size_gets_fields_within_it(locator, size):
    image = np.random.default_rng(1).integers(0, 256, size, np.uint8)
    found = locator.propose(image)
    assert len(found.fields) == 5
    scores = [field.score for field in found.fields]
    assert scores == sorted(scores, reverse=True)
    assert sum(np.exp([*scores, found.nowhere])) <= 1 + 1e-4
    for box, _ in found.fields:
        assert box.x >= 0
        assert box.y >= 0
        assert box.w >= 1
        assert box.h >= 1
        assert box.right <= size[1]
        assert box.bottom <= size[0]
    assert np.exp(found.orientation_scores).sum() == pytest.approx(1, abs=1e-4)
    assert found.kind("amount").shape == tuple(side // 8 for side in shrink(image, 400).shape)


def test_the_longer_side_of_the_input_is_given():
    image = np.zeros((500, 1001), np.uint8)
    assert shrink(image, 400).shape == (200, 400)
    assert shrink(image.T, 800).shape == (800, 400)


def test_a_page_that_is_not_wide_is_smaller_for_the_same_time():
    rows, columns = shrink(np.zeros((1000, 1000), np.uint8), 400).shape
    assert rows == columns
    assert 0.55 * 400**2 < rows * columns < 0.65 * 400**2


def test_a_reader_is_no_locator():
    with pytest.raises(ModelKindError, match="not a locator"):
        Locator.load(default_reader_path())
