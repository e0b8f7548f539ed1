import math

import numpy as np
import pytest
import torch

from docreader.training.locator.losses import (
    count_misses,
    edge_loss,
    kind_loss,
    page_loss,
    place_loss,
    total_loss,
)
from docreader.training.locator.pages import LocatorPage, rows_of, without_check
from docreader.training.locator.recipe import LocatorRecipe
from docreader.training.locator.targets import make_batch
from models.field_locator import KINDS, PageMap


def batch_of(*fields, **values):
    return make_batch([LocatorPage(np.zeros((32, 48), np.uint8), fields=rows_of(fields), **values)])


def maps_of(seed=1, count=1, height=4, width=6):
    draw = torch.Generator().manual_seed(seed)
    cells = torch.randn(count, 1 + len(KINDS) + 4, height, width, generator=draw)
    page = torch.randn(count, 7, generator=draw)
    values = (
        cells[:, 0],
        page[:, 0],
        cells[:, 1:-4],
        cells[:, -4:].abs(),
        page[:, 1:5],
        page[:, 5],
        page[:, 6],
    )
    return PageMap(*(value.clone().requires_grad_() for value in values))


def test_place_loss_is_the_forward_score_over_the_candidates():
    first, second = (0, 8, 16, 8), (24, 16, 8, 8)
    batch = batch_of((first, math.log(0.25)), (second, math.log(0.8)))
    maps = maps_of()
    scores = torch.cat([maps.field.flatten(), maps.nowhere]).detach().exp()
    scores /= scores.sum()
    likelihood = batch.likelihood[0].exp()
    wanted = -math.log(sum(float(p * q) for p, q in zip(scores, likelihood, strict=True)))
    assert place_loss(maps, batch).item() == pytest.approx(wanted, rel=1e-5)
    assert likelihood[1 * 6].item() == pytest.approx(0.25)
    assert likelihood[2 * 6 + 3].item() == pytest.approx(0.8)


def test_the_gradient_raises_the_place_where_the_amount_is_read():
    batch = batch_of(((0, 8, 16, 8), -9.0), ((24, 16, 8, 8), -0.1))
    maps = maps_of()
    place_loss(maps, batch).backward()
    gradient = maps.field.grad[0]
    assert gradient[2, 3] < 0
    assert gradient.flatten().argsort()[0] == 2 * 6 + 3
    assert gradient[1, 0] > 0


def test_the_edges_of_the_field_have_no_loss():
    box = (8, 8, 24, 16)
    batch = batch_of((box, 0.0))
    maps = maps_of()
    x = torch.arange(6) + 0.5
    y = (torch.arange(4) + 0.5)[:, None]
    exact = torch.stack([(x - 1) + 0 * y, (y - 1) + 0 * x, (4 - x) + 0 * y, (3 - y) + 0 * x])[None]
    assert edge_loss(maps._replace(edges=exact), batch).item() == pytest.approx(0, abs=1e-5)
    assert edge_loss(maps._replace(edges=2 * exact.abs()), batch).item() > 0.3


def test_pages_that_are_not_upright_have_no_place():
    batch = batch_of(((8, 8, 24, 16), 0.0), turned=1)
    maps = maps_of()
    assert place_loss(maps, batch).item() == 0
    assert edge_loss(maps, batch).item() == 0
    assert float(count_misses(maps, batch)) == 0


def test_unknown_cells_have_no_loss():
    maps = maps_of()
    assert kind_loss(maps, batch_of(((8, 8, 24, 16), 0.0), complete=False)).item() == 0
    assert kind_loss(maps, batch_of(((8, 8, 24, 16), 0.0))).item() > 0


def test_all_losses_have_finite_gradients():
    image = np.zeros((32, 48), np.uint8)
    batch = make_batch([LocatorPage(image, fields=rows_of([((8, 8, 24, 16), 0.0)])), without_check(image)])
    maps = maps_of(count=2)
    total_loss(maps, batch, LocatorRecipe()).backward()
    for values in maps:
        assert values.grad is not None
        assert bool(torch.isfinite(values.grad).all())
    assert page_loss(maps, batch).item() > 0


def test_a_miss_is_a_page_whose_best_place_does_not_read_the_amount():
    batch = batch_of(((8, 8, 24, 16), 0.0))
    field = torch.full((1, 4, 6), -5.0)
    field[0, 1, 2] = 5
    maps = maps_of()._replace(field=field, nowhere=torch.zeros(1))
    assert float(count_misses(maps, batch)) == 0
    field[0, 3, 5] = 9
    assert float(count_misses(maps, batch)) == 1
