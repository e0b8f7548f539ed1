from dataclasses import fields, replace

import torch

from docreader.training.reader.augmentation.segment import augment
from docreader.training.reader.recipe import SegmentAugmentation

STILL = SegmentAugmentation(**dict.fromkeys((f.name for f in fields(SegmentAugmentation)), 0))
OWNER = torch.tensor([0, 0, 0, 1, 1])


def images():
    batch = torch.zeros(5, 2, 32, 32)
    batch[:, :, 6:26, 14:18] = 1.0
    return batch


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_zero_strength_changes_nothing():
    assert torch.allclose(augment(images(), OWNER, STILL, generator()), images(), atol=1e-5)


def test_segments_of_a_field_are_augmented_alike():
    settings = replace(SegmentAugmentation(), jitter=0, shift=0, noise=0, no_context=0)
    found = augment(images(), OWNER, settings, generator(1))
    assert torch.equal(found[0], found[2])
    assert torch.equal(found[3], found[4])
    assert not torch.allclose(found[0], found[3], atol=0.05)
    assert torch.equal(found[:, 0], found[:, 1])


def test_the_ink_stays_and_stays_within_bounds():
    for seed in range(20):
        found = augment(images(), OWNER, replace(SegmentAugmentation(), no_context=0), generator(seed))
        assert found.min() >= 0
        assert found.max() <= 1
        assert (found.amax((2, 3)) > 0.2).all()


def test_augmentation_depends_on_the_generator_alone():
    before = torch.get_rng_state()
    one, other = (augment(images(), OWNER, SegmentAugmentation(), generator(4)) for _ in range(2))
    assert torch.equal(one, other)
    assert torch.equal(before, torch.get_rng_state())


def test_some_fields_lack_their_context():
    found = augment(images(), OWNER, replace(STILL, no_context=1.0), generator())
    assert not found[:, 1].any()
    assert torch.allclose(found[:, 0], images()[:, 0], atol=1e-5)
