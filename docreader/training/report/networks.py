"""The contents of a report, for a recognizer of characters and for a classifier of whole images."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from docreader.training.classifier.model_card import PARTS, sentences
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.run import Outcome, seen
from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.distortions import CPU
from docreader.training.recognizer.metrics import Figures, log_posteriors
from docreader.training.recognizer.model_card import figure_sentences
from docreader.training.recognizer.recipe import Recipe
from docreader.training.recognizer.trainer import Trained
from docreader.training.report.contents import (
    Contents,
    confusion_matrix,
    feature_maps,
    first_filters,
    worst_mistakes,
)


def recognizer_contents(
    name: str,
    trained: Trained,
    recipe: Recipe,
    figures: dict[str, Figures],
    test: Examples | None,
    device: torch.device = CPU,
) -> Contents:
    """What to report of a recognizer.

    Args:
        name: The model's name.
        trained: The network and its history.
        recipe: How it was trained.
        figures: On the test digits, by name.
        test: The test digits as they are; None where there are none.
        device: Where to compute.
    """
    labels = recipe.labels
    known: dict[str, Any] = {}
    if test is not None:
        scores = log_posteriors(trained.module.to(device), test.pictures, device)[:, :-1]
        trained.module.cpu()
        targets = torch.from_numpy(test.targets)
        sample = test.pictures[0]
        given = torch.from_numpy(sample)[None, None].float() / 255
        known = {
            "confusion": confusion_matrix(targets, scores.argmax(1), len(labels)),
            "mistakes": worst_mistakes(
                scores, targets, labels, lambda n: test.pictures[n], lambda n: f"test digit {n}"
            ),
            "maps": feature_maps(trained.module, given),
            "sample": sample,
        }
    return Contents(
        title=name,
        part="test digits as they are",
        sentences=figure_sentences(figures) or ["No test digits were given."],
        settings=_settings(recipe.to_json(), trained.epoch),
        history=trained.history,
        labels=labels,
        filters=first_filters(trained.module),
        **known,
    )


def classifier_contents(name: str, outcome: Outcome, recipe: ClassifierRecipe) -> Contents:
    """What to report of a classifier.

    Args:
        name: The model's name.
        outcome: What the run made.
        recipe: How it was trained.
    """
    module, measured = outcome.trained.module.cpu().eval(), outcome.measured
    known: dict[str, Any] = {"part": ""}
    if measured is not None:
        files = measured.files
        sample = seen(outcome, files[0])
        known = {
            "part": PARTS[measured.part].lower(),
            "confusion": outcome.confusion,
            "mistakes": worst_mistakes(
                measured.scores,
                measured.targets,
                outcome.labels,
                lambda n: seen(outcome, files[n]),
                lambda n: f"{files[n].parent.name}/{files[n].name}",
            ),
            "sample": sample,
        }
        if sample is not None:
            channels = sample[None] if sample.ndim == 2 else sample.transpose(2, 0, 1)
            given = outcome.prepared.normalize(torch.from_numpy(np.ascontiguousarray(channels))[None])
            known["maps"] = feature_maps(module, given)
    return Contents(
        title=name,
        sentences=sentences(outcome) or ["No images were held back."],
        settings=_settings(recipe.to_json(), outcome.trained.epoch),
        history=outcome.trained.history,
        labels=outcome.labels,
        filters=first_filters(module),
        **known,
    )


def _settings(recipe: dict[str, Any], epoch: int) -> Sequence[tuple[str, str]]:
    return [(name, str(value)) for name, value in recipe.items()] + [("best pass", str(epoch))]
