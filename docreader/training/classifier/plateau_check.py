"""Tells when a network learns nothing: its loss sits where guessing puts it."""

import math
from collections.abc import Sequence

NEAR = 0.01
"""How near to ln(classes) a loss counts as that of guessing, as a share of it."""


def guessing(history: Sequence[dict[str, float]], classes: int, passes: int = 2) -> bool:
    """Whether the training loss of the last passes lies within `NEAR` of ln(classes).

    That is what a network has which gives the same even scores for every image: 0.693 for two classes.
    """
    if classes < 2:
        return False
    level = math.log(classes)
    recent = [row["train_loss"] for row in history[-passes:]]
    return len(recent) == passes and all(abs(loss - level) <= NEAR * level for loss in recent)


def likely_causes(optimizer: str, lr: float, batch_size: int, *, scratch: bool, norm: bool) -> list[str]:
    """What most likely keeps a network at guessing, likeliest first, with the way out.

    Args:
        optimizer: 'sgd' or 'adam'.
        lr: Its first step.
        batch_size: Images for each step.
        scratch: Whether the network began with random weights.
        norm: Whether it normalizes by batches.
    """
    causes = []
    if optimizer == "adam" and lr > 3e-4:
        causes.append(
            f"Adam with a step of {lr:g} moves each of the millions of weights of the full layers by that much at "
            "once, which kills their ReLUs in the first steps: take --optimizer sgd, or --lr 0.0001"
        )
    if batch_size < 16:
        causes.append(
            f"{batch_size} images a step give gradients that are mostly noise"
            + (" and batch statistics that are worthless" if norm else "")
            + ": take --batch-size 64 or more"
        )
    if optimizer == "sgd" and lr < 1e-3 and scratch:
        causes.append(f"the step of {lr:g} is small for a start from random weights: take --lr 0.01")
    if optimizer == "sgd" and lr > 0.03:
        causes.append(f"the step of {lr:g} is large: take --lr 0.01")
    if scratch and not norm:
        causes.append(
            "weights of N(0, 0.01), the paper's, need many passes through many images before anything moves: go on, "
            "take --initial he (alexnet), --arch alexnet-bn, or start from --weights"
        )
    causes.append("the labels may not go with the images: look at some")
    return causes
