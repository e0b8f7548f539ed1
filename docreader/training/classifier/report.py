"""Contents of the report on a trained classifier."""

from typing import Any

import numpy as np
import torch

from docreader.training.classifier.model_card import PARTS, metric_sentences
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.run import Outcome, network_input
from docreader.training.common.report import feature_maps, first_filters, settings_of, worst_mistakes
from docreader.training.common.report_contents import ReportContents


def report_contents(name: str, outcome: Outcome, recipe: ClassifierRecipe) -> ReportContents:
    """Collect the contents of a report.

    Args:
        name: Name of the model.
        outcome: Outcome of the run.
        recipe: Hyperparameters.
    """
    network, predictions = outcome.trained.network.cpu().eval(), outcome.predictions
    measured: dict[str, Any] = {"part": ""}
    if predictions is not None:
        files = predictions.files
        sample = network_input(outcome, files[0])
        measured = {
            "part": PARTS[predictions.part].lower(),
            "confusion": outcome.confusion,
            "mistakes": worst_mistakes(
                predictions.scores,
                predictions.targets,
                outcome.labels,
                lambda n: network_input(outcome, files[n]),
                lambda n: f"{files[n].parent.name}/{files[n].name}",
            ),
            "sample": sample,
        }
        if sample is not None:
            channels = sample[None] if sample.ndim == 2 else sample.transpose(2, 0, 1)
            image = outcome.preprocessing.normalize(torch.from_numpy(np.ascontiguousarray(channels))[None])
            measured["maps"] = feature_maps(network, image)
    return ReportContents(
        title=name,
        sentences=metric_sentences(outcome) or ["No images were held out."],
        settings=settings_of(recipe.to_json(), outcome.trained.epoch),
        history=outcome.trained.history,
        labels=outcome.labels,
        filters=first_filters(network),
        **measured,
    )
