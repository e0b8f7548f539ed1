"""Learning-rate schedules."""

import math

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR


def warmup_cosine(optimizer: Optimizer, warmup: int, steps: int, floor: float = 0.0) -> LambdaLR:
    """Build a schedule with linear warm-up and cosine decay.

    Args:
        optimizer: Optimizer at its peak learning rate.
        warmup: Steps of the warm-up, 1 or more.
        steps: Steps of the whole run.
        floor: Smallest learning rate after the warm-up, as a fraction of the peak.
    """

    def factor(step: int) -> float:
        if step < warmup:
            return (step + 1) / warmup
        return max(floor, 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup))))

    return LambdaLR(optimizer, factor)
