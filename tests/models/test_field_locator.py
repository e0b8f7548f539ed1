import pytest
import torch

from models.errors import ConfigurationError
from models.field_locator import KINDS, FieldLocator, FieldLocatorConfig, PageMap
from models.files import describe, load_model, save_model


def some_maps(height=3, width=5, seed=1):
    """Maps of random scores for two pages."""
    draw = torch.Generator().manual_seed(seed)
    cells = torch.randn(2, 1 + len(KINDS) + 4, height, width, generator=draw)
    page = torch.randn(2, 7, generator=draw)
    return PageMap(
        cells[:, 0], page[:, 0], cells[:, 1:-4], cells[:, -4:].abs(), page[:, 1:5], page[:, 5], page[:, 6]
    )


@pytest.mark.parametrize("size", [(32, 32), (176, 400), (400, 184), (40, 1000)])
def test_a_page_of_any_size_has_a_cell_for_eight_by_eight_pixels(size):
    maps = FieldLocator().eval()(torch.rand(2, 1, *size))
    height, width = size[0] // 8, size[1] // 8
    assert maps.field.shape == (2, height, width)
    assert maps.kinds.shape == (2, len(KINDS), height, width)
    assert maps.edges.shape == (2, 4, height, width)
    assert bool((maps.edges >= 0).all())
    assert maps.orientation.shape == (2, 4)
    assert maps.nowhere.shape == maps.check.shape == maps.void.shape == (2,)


@pytest.mark.parametrize("shape", [(1, 1, 30, 40), (1, 3, 32, 32), (1, 32, 32)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="must be"):
        FieldLocator()(torch.zeros(shape))


def test_places_and_nowhere_share_one_probability():
    log_field = some_maps().log_field()
    assert log_field.shape == (2, 16)
    assert torch.allclose(log_field.exp().sum(1), torch.ones(2))


def test_boxes_are_the_distances_from_the_centers():
    maps = some_maps()
    boxes = maps.boxes()
    left, top, right, bottom = maps.edges[1, :, 2, 4].tolist()
    assert boxes[1, :, 2, 4].tolist() == pytest.approx([4.5 - left, 2.5 - top, 4.5 + right, 2.5 + bottom])


def test_brightness_and_contrast_do_not_matter():
    torch.manual_seed(1)
    network = FieldLocator().eval()
    page = torch.rand(1, 1, 96, 200)
    one, other = network(page).field, network(0.2 + 0.5 * page).field
    assert (one - other).abs().max() < 0.15 * one.std()


def test_model_file_keeps_the_network(tmp_path):
    network = FieldLocator(FieldLocatorConfig(stem=(4, 6), width=8, wide=8)).eval()
    metadata = describe(network, kind="locator", name="places", version="1")
    save_model(tmp_path / "places.safetensors", network, metadata)
    loaded = load_model(tmp_path / "places.safetensors", kind="locator")
    assert loaded.config == network.config
    page = torch.rand(1, 1, 64, 96)
    assert torch.equal(loaded.module(page).field, network(page).field)


@pytest.mark.parametrize(
    "values", [{"labels": ("date", "text")}, {"long_side": 10}, {"stem": (4,)}, {"wide": 0}, {"width": 2.5}]
)
def test_configuration_is_checked(values):
    with pytest.raises(ConfigurationError):
        FieldLocatorConfig(**values)
