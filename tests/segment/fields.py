"""All small fields of ink."""

import numpy as np


def every_mask(*shapes: tuple[int, int]) -> list[np.ndarray]:
    """Each (H, W) bool field of the given shapes: 4,096 of them for a shape of 12 pixels."""
    masks = []
    for height, width in shapes:
        bits = np.arange(2 ** (height * width))[:, None] >> np.arange(height * width) & 1
        masks += list((bits > 0).reshape(-1, height, width))
    return masks


def planes(height: int, width: int, levels: list[float], count: int) -> np.ndarray:
    """(count, H, W) float32 of these levels, the same ones each time."""
    rng = np.random.default_rng([height, width, count])
    return rng.choice(np.array(levels, np.float32), (count, height, width))
