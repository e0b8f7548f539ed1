"""Contents of the report on a trained recognizer."""

from typing import Any

import torch

from docreader.training.common.fit import Trained
from docreader.training.common.report import (
    confusion_matrix,
    feature_maps,
    first_filters,
    settings_of,
    worst_mistakes,
)
from docreader.training.common.report_contents import ReportContents
from docreader.training.recognizer.build import Recognizer
from docreader.training.recognizer.dataset import Examples
from docreader.training.recognizer.distortions import CPU
from docreader.training.recognizer.metrics import Metrics, log_posteriors
from docreader.training.recognizer.model_card import metric_sentences
from docreader.training.recognizer.recipe import Recipe


def report_contents(
    name: str,
    trained: Trained[Recognizer],
    recipe: Recipe,
    metrics: dict[str, Metrics],
    test: Examples | None,
    device: torch.device = CPU,
) -> ReportContents:
    """Collect the contents of a report.

    Args:
        name: Name of the model.
        trained: Network and history.
        recipe: Hyperparameters.
        metrics: Metrics of the test digits by name.
        test: Clean test digits; None without any.
        device: Device of the computation.
    """
    measured: dict[str, Any] = {}
    if test is not None:
        scores = log_posteriors(trained.network.to(device), test.images, device)[:, :-1]
        trained.network.cpu()
        targets = torch.from_numpy(test.targets)
        measured = {
            "confusion": confusion_matrix(targets, scores.argmax(1), len(recipe.labels)),
            "mistakes": worst_mistakes(
                scores, targets, recipe.labels, lambda n: test.images[n], lambda n: f"test digit {n}"
            ),
            "maps": feature_maps(trained.network, torch.from_numpy(test.images[0])[None, None].float() / 255),
            "sample": test.images[0],
        }
    return ReportContents(
        title=name,
        part="clean test digits",
        sentences=metric_sentences(metrics) or ["No test digits were given."],
        settings=settings_of(recipe.to_json(), trained.epoch),
        history=trained.history,
        labels=recipe.labels,
        filters=first_filters(trained.network),
        **measured,
    )
