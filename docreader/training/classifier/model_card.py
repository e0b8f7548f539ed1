"""Model file and model card of a trained classifier."""

from pathlib import Path
from typing import Any

import numpy as np

from docreader.confidence.proportions import proportion
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.run import Outcome
from docreader.training.common.model_card import (
    Published,
    heading_lines,
    join_card,
    publish_model,
    recipe_lines,
)
from docreader.version import __version__

PARTS = {"held_out": "Held-out training images", "val": "Validation images"}
"""Names of the parts that are measured."""


def publish(
    outcome: Outcome,
    recipe: ClassifierRecipe,
    out: Path,
    name: str,
    *,
    version: str = "1",
    half: bool = False,
    data_name: str = "own data",
    pretrained: str | None = None,
) -> Published:
    """Write model file and card.

    Args:
        outcome: Outcome of the run.
        recipe: Hyperparameters.
        out: Target folder.
        name: Name of the model.
        version: Version of the weights.
        half: Whether to write float16.
        data_name: Name of the data set.
        pretrained: Name of the pretrained weights.
    """
    training = {
        "docreader": __version__,
        "data": {"images": outcome.counts, "sha256": outcome.data[:64], "name": data_name},
        "pretrained": pretrained,
        "recipe": recipe.to_json(),
        "epoch": outcome.trained.epoch,
    }
    return publish_model(
        outcome.trained.network,
        out,
        name,
        lambda sha256: card_text(name, sha256, training, outcome),
        half=half,
        kind="classifier",
        version=version,
        preprocessing=outcome.preprocessing.to_json(),
        training=training,
        results=dict(outcome.results),
    )


def card_text(name: str, sha256: str, training: dict[str, Any], outcome: Outcome) -> str:
    """Return the card of a classifier in Markdown.

    Args:
        name: Name of the model.
        sha256: Hash of the model file.
        training: Field `training` of the metadata.
        outcome: Outcome of the run.
    """
    recipe, data = training["recipe"], training["data"]
    images = ", ".join(f"{count:,} {part.replace('_', ' ')}" for part, count in data["images"].items())
    whole, side = outcome.preprocessing.mode == "page", outcome.preprocessing.size
    shape = f"whole images, longer side {side} pixels" if whole else f"the central square, {side} pixels"
    lines = [
        *heading_lines(
            name,
            sha256,
            [f"A classifier of whole images, architecture {recipe['arch']}."],
            [
                f"Classes: {', '.join(outcome.labels)}",
                f"Input: {shape}",
                f"Trained with docreader {training['docreader']}, `docreader train classifier`",
            ],
        ),
        "",
        "## Data",
        "",
        f"{data['name']}: {images} images (sha256 of names, classes and sizes `{data['sha256']}`).",
    ]
    if training["pretrained"]:
        lines.append(f"Pretrained weights: {training['pretrained']}.")
    lines += [*recipe_lines(recipe | {"best epoch": training["epoch"]}), "", "## Metrics", ""]
    lines += [f"{sentence}\n" for sentence in metric_sentences(outcome)] or ["No images were held out.\n"]
    if outcome.confusion is not None:
        lines += ["Confusion matrix (rows: true classes):", "", "| |" + "|".join(outcome.labels) + "|"]
        lines.append("|---" * (len(outcome.labels) + 1) + "|")
        lines += [
            f"|{label}|" + "|".join(map(str, row)) + "|"
            for label, row in zip(outcome.labels, np.asarray(outcome.confusion).tolist(), strict=True)
        ]
    return join_card(lines)


def metric_sentences(outcome: Outcome) -> list[str]:
    """Return one sentence for each part that was measured."""
    sentences = []
    for part, result in outcome.results.items():
        for key, suffix in (("wrong", ""), ("wrong_ten_crops", ", mean of ten crops")):
            if key in result:
                count, right = result["images"], result["images"] - result[key]
                accuracy = proportion(right, count)
                sentences.append(
                    f"{PARTS[part]}{suffix}: {right:,} of {count:,} correct, accuracy {100 * right / count:.1f} % "
                    f"(95 % interval {100 * accuracy.low:.1f} to {100 * accuracy.high:.1f} %)."
                )
    return sentences
