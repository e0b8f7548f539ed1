"""Detection of a training that stays at the loss of chance level."""

import math
from collections.abc import Sequence

from docreader.training.classifier.recipe import ClassifierRecipe

TOLERANCE = 0.01
"""Relative tolerance of the loss of chance level."""


def is_guessing(history: Sequence[dict[str, float]], classes: int, epochs: int = 2) -> bool:
    """Return whether the training loss of the last epochs is that of uniform guessing, ln(classes)."""
    if classes < 2:
        return False
    level = math.log(classes)
    recent = [row["train_loss"] for row in history[-epochs:]]
    return len(recent) == epochs and all(abs(loss - level) <= TOLERANCE * level for loss in recent)


def plateau_warning(
    history: Sequence[dict[str, float]], recipe: ClassifierRecipe, *, scratch: bool
) -> list[str]:
    """Return the lines of a warning if a training stays at chance level: likely causes with their remedies.

    Args:
        history: One row for each finished epoch.
        recipe: Hyperparameters.
        scratch: Whether the initial weights are random.
    """
    classes = int(history[-1].get("classes", 0))
    if not is_guessing(history, classes):
        return []
    return [
        f"warning: the loss stays at {math.log(classes):.3f} = ln({classes}), that of guessing among {classes} "
        "classes: the network does not learn. Likely causes:",
        *(f"  * {cause}" for cause in _likely_causes(recipe, scratch=scratch)),
    ]


def _likely_causes(recipe: ClassifierRecipe, *, scratch: bool) -> list[str]:
    """List the likely causes of a training at chance level with their remedies, likeliest first."""
    optimizer, lr, batch_size = recipe.optimizer, recipe.lr, recipe.batch_size
    norm = recipe.arch == "alexnet-bn"
    causes = []
    if optimizer == "adam" and lr > 3e-4:
        causes.append(
            f"Adam with a learning rate of {lr:g} changes each of the millions of weights of the full layers by that "
            "much, which kills their ReLUs in the first steps: take --optimizer sgd, or --lr 0.0001"
        )
    if batch_size < 16:
        causes.append(
            f"batches of {batch_size} give noisy gradients"
            + (" and useless batch statistics" if norm else "")
            + ": take --batch-size 64 or more"
        )
    if optimizer == "sgd" and lr < 1e-3 and scratch:
        causes.append(f"the learning rate of {lr:g} is small for random weights: take --lr 0.01")
    if optimizer == "sgd" and lr > 0.03:
        causes.append(f"the learning rate of {lr:g} is large: take --lr 0.01")
    if scratch and not norm:
        causes.append(
            "the paper's weights of N(0, 0.01) need many epochs of many images at first: continue, take --weight-init "
            "he (alexnet), --arch alexnet-bn, or --pretrained"
        )
    causes.append("the labels may not match the images: check some")
    return causes
