"""Optimizers of the recognizer: AdamW with a cosine schedule, or the paper's Levenberg-Marquardt method."""

import math

import torch
from torch.optim.lr_scheduler import LambdaLR

from docreader.training.common.schedules import warmup_cosine
from docreader.training.recognizer.build import Recognizer
from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.recipe import Recipe
from docreader.training.recognizer.sdlm import DiagonalLM, curvatures
from models.lenet5 import LeNet5

PAPER_STEPS = ((2, 1.0), (5, 0.4), (8, 0.2), (12, 0.1), (math.inf, 0.02))
"""End epochs of the steps of the learning rate, relative to the first: 0.0005, 0.0002, 0.0001, 0.00005, 0.00001 (GBL98
sec. III-B)."""

CURVATURE_PATTERNS = 500
"""Images for the estimate of the second derivatives before each epoch (GBL98 sec. III-B)."""


def make_optimizer(network: Recognizer, recipe: Recipe) -> torch.optim.Optimizer:
    """Build the optimizer of a recipe for the trainable weights."""
    parameters = [p for p in network.parameters() if p.requires_grad]
    if recipe.optimizer == "sdlm":
        return DiagonalLM(parameters, recipe.lr)
    return torch.optim.AdamW(parameters, lr=recipe.lr, weight_decay=recipe.weight_decay)


def update_curvatures(
    optimizer: torch.optim.Optimizer,
    network: Recognizer,
    examples: Examples,
    recipe: Recipe,
    device: torch.device,
) -> None:
    """Estimate the second derivatives of the Levenberg-Marquardt method before an epoch; AdamW needs none.

    The estimate depends on the weights and the examples alone, so that resumed runs are exact.
    """
    if not isinstance(optimizer, DiagonalLM):
        return
    assert isinstance(network, LeNet5)
    images = torch.from_numpy(examples.images[:CURVATURE_PATTERNS]).to(device).unsqueeze(1).float() / 255
    optimizer.set_curvatures(curvatures(network, images, recipe.criterion))


def make_schedule(optimizer: torch.optim.Optimizer, recipe: Recipe, steps: int) -> LambdaLR:
    """Build the learning-rate schedule of a recipe.

    AdamW has a warm-up of one epoch, at most a tenth of the run, and cosine decay. Levenberg-Marquardt has the table of
    the paper, for batches of one image.

    Args:
        optimizer: Optimizer of the recipe.
        recipe: Hyperparameters.
        steps: Steps of an epoch.
    """
    if recipe.optimizer == "sdlm":
        return LambdaLR(optimizer, lambda step: next(f for end, f in PAPER_STEPS if step // steps < end))
    return warmup_cosine(optimizer, max(1, min(steps, recipe.epochs * steps // 10)), recipe.epochs * steps)
