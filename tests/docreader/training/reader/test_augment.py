import numpy as np
import torch

from docreader.training.reader.augment import augment
from docreader.training.reader.recipe import Augmentation

STILL = Augmentation(0, 0, 0, 0, (0, 0), 0, 0, 0, 0, 0, 0, 0, 0)
WIDTHS = torch.tensor([80, 60])


def lines():
    batch = torch.zeros(2, 2, 32, 80)
    batch[:, :, 6:26, 30:34] = 1.0
    return batch


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def test_without_distortions_nothing_changes():
    assert torch.allclose(augment(lines(), WIDTHS, STILL, chance()), lines(), atol=1e-5)


def test_the_same_chance_distorts_alike_and_the_global_one_is_left_alone():
    before = torch.get_rng_state()
    one, other = (augment(lines(), WIDTHS, Augmentation(), chance(4)) for _ in range(2))
    assert torch.equal(one, other)
    assert not torch.equal(one, augment(lines(), WIDTHS, Augmentation(), chance(5)))
    assert torch.equal(before, torch.get_rng_state())


def test_the_ink_stays_and_stays_within_bounds():
    for seed in range(20):
        found = augment(lines(), WIDTHS, Augmentation(no_ink=0, no_image=0), chance(seed))
        assert found.shape == (2, 2, 32, 80)
        assert 0 <= found.min() <= found.max() <= 1
        columns = np.nonzero((found[:, 0] > 0.4).any(1).any(0).numpy())[0]
        assert 10 <= columns.min() <= columns.max() <= 60


def test_one_picture_of_two_is_left_out():
    settings = Augmentation(0, 0, 0, 0, (0, 0), 0, 0, 0, 0, 0, 0, no_ink=0.5, no_image=0.5)
    seen = [augment(lines(), WIDTHS, settings, chance(seed)).amax((2, 3)) for seed in range(10)]
    shown = {tuple(row.tolist()) for found in seen for row in found.round(decimals=3)}
    assert shown == {(0.0, 1.0), (1.0, 0.0)}
