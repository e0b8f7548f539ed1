from dataclasses import fields, replace

import numpy as np
import torch

from docreader.training.reader.augmentation.line import WIDTH_STEP, augment
from docreader.training.reader.recipe import LineAugmentation

STILL = LineAugmentation(**dict.fromkeys((f.name for f in fields(LineAugmentation)), 0) | {"shift": (0, 0)})
WIDTHS = torch.tensor([80, 60])


def lines():
    batch = torch.zeros(2, 2, 32, 80)
    batch[:, :, 6:26, 30:34] = 1.0
    return batch


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_zero_strength_changes_nothing():
    found, widths = augment(lines(), WIDTHS, STILL, generator())
    assert torch.allclose(found, lines(), atol=1e-5)
    assert widths.tolist() == WIDTHS.tolist()


def test_augmentation_depends_on_the_generator_alone():
    before = torch.get_rng_state()
    one, other = (augment(lines(), WIDTHS, LineAugmentation(), generator(4))[0] for _ in range(2))
    assert torch.equal(one, other)
    third = augment(lines(), WIDTHS, LineAugmentation(), generator(5))[0]
    assert one.shape != third.shape or not torch.equal(one, third)
    assert torch.equal(before, torch.get_rng_state())


def test_the_ink_stays_and_stays_within_bounds():
    settings = LineAugmentation(no_ink=0, no_image=0, crossed=0, gap=0)
    for seed in range(20):
        found, widths = augment(lines(), WIDTHS, settings, generator(seed))
        assert found.shape[:3] == (2, 2, 32)
        assert found.shape[3] == -(-int(widths.max()) // WIDTH_STEP) * WIDTH_STEP
        assert 0 <= found.min() <= found.max() <= 1
        for one, width, before in zip(found, widths.tolist(), WIDTHS.tolist(), strict=True):
            columns = np.nonzero((one[0] > 0.4).any(0).numpy())[0]
            assert abs((columns.min() + columns.max()) / 2 / width - 32 / before) < 0.25


def test_characters_at_the_ends_stay_in_the_image():
    batch = torch.zeros(1, 2, 32, 200)
    batch[:, :, 4:28, 6:10] = batch[:, :, 4:28, 190:194] = 1.0
    settings = LineAugmentation(no_ink=0, no_image=0, crossed=0, gap=0, fade=0, stroke=0, noise=0)
    for seed in range(30):
        found, widths = augment(batch, torch.tensor([200]), settings, generator(seed))
        columns = np.nonzero((found[0, 0] > 0.3).any(0).numpy())[0]
        assert columns.min() < 0.2 * int(widths[0])
        assert columns.max() > 0.8 * int(widths[0])


def test_lines_keep_their_minimum_width():
    squeezed = replace(STILL, widen=-0.3)
    _, widths = augment(lines(), WIDTHS, squeezed, generator(), min_widths=torch.tensor([79, 10]))
    assert widths.tolist() == [79, 45]


def test_strokes_are_added_and_gaps_cut():
    crossed, _ = augment(lines(), WIDTHS, replace(STILL, crossed=1.0), generator())
    assert (crossed[:, 1] >= lines()[:, 1] - 1e-5).all()
    assert (crossed[:, 1].sum((1, 2)) > lines()[:, 1].sum((1, 2)) + 5).all()
    cut = [augment(lines(), WIDTHS, replace(STILL, gap=1.0), generator(seed))[0].sum() for seed in range(9)]
    assert min(cut) < lines().sum()


def test_one_channel_of_two_is_dropped():
    settings = replace(STILL, no_ink=0.5, no_image=0.5)
    seen = [augment(lines(), WIDTHS, settings, generator(seed))[0].amax((2, 3)) for seed in range(10)]
    shown = {tuple(row.tolist()) for found in seen for row in found.round(decimals=3)}
    assert shown == {(0.0, 1.0), (1.0, 0.0)}
