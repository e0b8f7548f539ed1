"""Calibration of LeNet-5: maximum-likelihood fit of the scale and the rubbish constant."""

import math
from typing import Any

import numpy as np
import torch
from scipy.optimize import minimize

from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.metrics import penalties
from models.criteria import log_posteriors
from models.lenet5 import LeNet5

RANGE = 100.0
"""Greatest factor by which either parameter may change."""


def calibrate(module: LeNet5, examples: Examples, device: torch.device) -> tuple[float, float]:
    """Fit scale and rubbish constant to the log-likelihood of held-out examples.

    The most probable character does not change. Without negatives among the examples, the rubbish constant is kept.

    Args:
        module: Network, changed in place.
        examples: Held-out examples.
        device: Device of the network.

    Returns:
        Scale and rubbish constant.
    """
    measured = penalties(module, examples.images, device).double()
    targets = torch.from_numpy(examples.targets).unsqueeze(1)
    negatives = bool((examples.targets == len(module.labels)).any())
    start = [math.log(float(module.scale)), math.log(float(module.rubbish))]

    def loss(point: np.ndarray) -> float:
        rubbish = math.exp(point[1] if negatives else start[1])
        scores = log_posteriors(measured, rubbish, math.exp(point[0]))
        return -float(scores.gather(1, targets).mean())

    bounds = [(value - math.log(RANGE), value + math.log(RANGE)) for value in start]
    simplex = np.array(start) + np.array([[0.0, 0.0], [0.5, 0.0], [0.0, 0.5]])
    options: Any = {"initial_simplex": simplex, "xatol": 1e-3, "fatol": 1e-6}
    best = minimize(loss, np.array(start), method="Nelder-Mead", bounds=bounds, options=options).x
    with torch.no_grad():
        module.scale.fill_(math.exp(best[0]))
        if negatives:
            module.rubbish.fill_(math.exp(best[1]))
    return float(module.scale), float(module.rubbish)
