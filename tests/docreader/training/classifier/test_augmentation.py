import math

import numpy as np
import pytest
import torch

from docreader.training.classifier.augmentation import (
    ColorNoise,
    mixup,
    random_crops,
    random_resized_crops,
    ten_crops,
)


def test_color_noise_follows_the_colors_of_the_set() -> None:
    rng = np.random.default_rng(0)
    level = rng.integers(0, 256, (20, 1, 8, 8))
    noise = ColorNoise.fit(np.broadcast_to(level, (20, 3, 8, 8)).astype(np.uint8))
    assert noise.values[:2] == pytest.approx([0, 0], abs=0.1)
    assert noise.values[2] == pytest.approx(math.sqrt(3) * level.std(), rel=1e-3)
    drawn = noise.draw(2000, 0.1, rng)[..., 0, 0].numpy()
    np.testing.assert_allclose(drawn[:, 0], drawn[:, 2], atol=0.1)
    assert drawn[:, 0].std() == pytest.approx(0.1 * level.std(), rel=0.1)


def test_crops_are_parts_of_the_image() -> None:
    picture = torch.arange(3 * 36, dtype=torch.uint8).view(1, 3, 6, 6)
    ten = ten_crops(picture, 4)[0].numpy()
    np.testing.assert_array_equal(ten[0], picture[0, :, :4, :4])
    np.testing.assert_array_equal(ten[3], picture[0, :, 2:, 2:])
    np.testing.assert_array_equal(ten[4], picture[0, :, 1:5, 1:5])
    np.testing.assert_array_equal(ten[5:], ten[:5, ..., ::-1])
    seen = {
        (float(view[0, 0, 0]), float(view[0, 0, 1] - view[0, 0, 0]))
        for seed in range(200)
        for view in random_crops(picture, 4, np.random.default_rng(seed))
    }
    assert len(seen) == 18  # nine places, each as it is and mirrored


def ramps(count: int, side: int = 40) -> torch.Tensor:
    """Pictures whose first channel grows to the right, and whose second grows downwards, by 5 a pixel."""
    steps = torch.arange(0, 5 * side, 5, dtype=torch.uint8)
    across = steps.expand(side, side)
    return torch.stack([across, across.T]).expand(count, 2, side, side)


def test_zoomed_views_show_rectangles_of_the_shares_asked_for() -> None:
    views = random_resized_crops(ramps(300), 20, 0.25, np.random.default_rng(1)).numpy()
    widths = np.abs(views[:, 0, 0, -2] - views[:, 0, 0, 1]) / 17 * 20 / 200  # the rim repeats its last pixel
    heights = (views[:, 1, -2, 0] - views[:, 1, 1, 0]) / 17 * 20 / 200
    shares = widths * heights
    assert 0.23 < shares.min() < 0.3
    assert 0.9 < shares.max() < 1.01
    ratios = widths / heights
    assert ratios.min() == pytest.approx(3 / 4, abs=0.05)
    assert ratios.max() == pytest.approx(4 / 3, abs=0.1)
    mirrored = (views[:, 0, 0, -1] < views[:, 0, 0, 0]).mean()
    assert 0.4 < mirrored < 0.6
    assert views.min() >= 0
    assert views.max() <= 195


def test_a_whole_square_at_its_own_size_is_itself() -> None:
    pictures = ramps(3)
    views = random_resized_crops(pictures, 40, 1.0, np.random.default_rng(1), mirror=False)
    widths = views[:, 0, 0, -2] - views[:, 0, 0, 1]
    assert (widths <= 5 * 37 + 0.1).all()  # all of it, but for the side that another shape leaves out


def test_pairs_are_mixed_by_the_share_of_each() -> None:
    targets = torch.tensor([0, 1, 2, 1])
    own = targets.float().view(4, 1, 1, 1).expand(4, 3, 12, 12)
    other = own.roll(1, 0)
    kinds = set()
    for seed in range(40):
        views, shares = mixup(own.clone(), targets, 3, 1.0, np.random.default_rng(seed))
        torch.testing.assert_close(shares.sum(1), torch.ones(4))
        kept = shares[1, 1]  # the second picture is of class 1, its neighbor of class 0
        torch.testing.assert_close(
            views.mean((1, 2, 3)), kept * own.mean((1, 2, 3)) + (1 - kept) * other.mean((1, 2, 3))
        )
        untouched = ((views == own) | (views == other)).all()
        kinds.add("rectangle" if untouched else "pixels")
    assert kinds == {"rectangle", "pixels"}
