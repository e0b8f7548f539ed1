import numpy as np
import pytest
import torch

from docreader.training.classifier.augmentation import mixup, random_resized_crops


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
