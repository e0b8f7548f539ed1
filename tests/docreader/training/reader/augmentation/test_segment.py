from dataclasses import fields, replace

import torch

from docreader.training.reader.augmentation.segment import distort
from docreader.training.reader.recipe import PieceDistortion

STILL = PieceDistortion(**dict.fromkeys((f.name for f in fields(PieceDistortion)), 0))
OWNER = torch.tensor([0, 0, 0, 1, 1])


def pictures():
    batch = torch.zeros(5, 2, 32, 32)
    batch[:, :, 6:26, 14:18] = 1.0
    return batch


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def test_without_distortions_nothing_changes():
    assert torch.allclose(distort(pictures(), OWNER, STILL, chance()), pictures(), atol=1e-5)


def test_pictures_of_a_field_are_distorted_alike():
    settings = replace(PieceDistortion(), jitter=0, shift=0, noise=0, alone=0)
    found = distort(pictures(), OWNER, settings, chance(1))
    assert torch.equal(found[0], found[2])
    assert torch.equal(found[3], found[4])
    assert not torch.allclose(found[0], found[3], atol=0.05)
    assert torch.equal(found[:, 0], found[:, 1])


def test_the_ink_stays_and_stays_within_bounds():
    for seed in range(20):
        found = distort(pictures(), OWNER, replace(PieceDistortion(), alone=0), chance(seed))
        assert found.min() >= 0
        assert found.max() <= 1
        assert (found.amax((2, 3)) > 0.2).all()


def test_the_same_chance_distorts_alike_and_the_global_one_is_left_alone():
    before = torch.get_rng_state()
    one, other = (distort(pictures(), OWNER, PieceDistortion(), chance(4)) for _ in range(2))
    assert torch.equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


def test_some_fields_are_shown_without_their_surroundings():
    found = distort(pictures(), OWNER, replace(STILL, alone=1.0), chance())
    assert not found[:, 1].any()
    assert torch.allclose(found[:, 0], pictures()[:, 0], atol=1e-5)
