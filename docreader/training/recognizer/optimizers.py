"""How the recognizer's steps are taken: Adam with a cosine, or the paper's Levenberg-Marquardt with its table."""

import math

import torch

from docreader.training.recognizer.build import Recognizer
from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.recipe import Recipe
from docreader.training.recognizer.sdlm import DiagonalLM, curvatures
from models.lenet5 import LeNet5

PAPER_STEPS = ((2, 1.0), (3, 0.4), (3, 0.2), (4, 0.1), (math.inf, 0.02))
"""Passes, and their step as a share of the first: 0.0005, 0.0002, 0.0001, 0.00005, 0.00001 (GBL98 sec. III-B)."""

CURVATURE_PATTERNS = 500
"""Pictures that the second derivatives are estimated on before each pass (GBL98 sec. III-B)."""


def make_optimizer(module: Recognizer, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimizer of a recipe for the weights that want a gradient."""
    parameters = [p for p in module.parameters() if p.requires_grad]
    if recipe.optimizer == "sdlm":
        return DiagonalLM(parameters, recipe.lr)
    return torch.optim.AdamW(parameters, lr=recipe.lr, weight_decay=recipe.weight_decay)


def prepare_pass(
    optimizer: torch.optim.Optimizer,
    module: Recognizer,
    examples: Examples,
    recipe: Recipe,
    device: torch.device,
) -> None:
    """What an optimizer wants before a pass: Levenberg-Marquardt estimates the second derivatives anew.

    The estimate needs nothing but the weights and the pictures, so that a resumed run makes the same.
    """
    if not isinstance(optimizer, DiagonalLM):
        return
    assert isinstance(module, LeNet5)
    pictures = torch.from_numpy(examples.pictures[:CURVATURE_PATTERNS]).to(device).unsqueeze(1).float() / 255
    optimizer.set_curvatures(curvatures(module, pictures, recipe.criterion))


def learning_rate(recipe: Recipe, step: int, steps: int) -> float:
    """Step size of the optimizer.

    Adam's goes up through the first pass (at most a tenth of the run), then down a cosine. Levenberg-Marquardt's falls
    as in the paper's table, which is for a step after each single picture.

    Args:
        recipe: Says the greatest.
        step: Step of the whole run, from 0.
        steps: Steps of the whole run.
    """
    if recipe.optimizer == "sdlm":
        epoch = step * recipe.epochs // steps
        for passes, share in PAPER_STEPS:
            if epoch < passes:
                return recipe.lr * share
            epoch -= int(passes)
    rise = max(1, min(steps // recipe.epochs, steps // 10))
    if step < rise:
        return recipe.lr * (step + 1) / rise
    return recipe.lr * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))
