"""Model file and model card of a trained field locator."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docreader.training.common.fit import Trained
from docreader.training.common.model_card import (
    Published,
    heading_lines,
    join_card,
    publish_model,
    recipe_lines,
)
from docreader.training.locator.recipe import LocatorRecipe
from docreader.version import __version__
from models.field_locator import STRIDE, FieldLocator


def publish(
    trained: Trained[FieldLocator],
    recipe: LocatorRecipe,
    out: Path,
    name: str,
    *,
    version: str,
    data: Sequence[str],
    reader: str | None = None,
    start: str | None = None,
) -> Published:
    """Write model file and card; the weights are float16.

    Args:
        trained: Network and history.
        recipe: Recipe of the run.
        out: Target folder.
        name: Name of the model.
        version: Version of the weights.
        data: Sentences on the training pages.
        reader: Name and version of the recognizer of a run without boxes.
        start: Name, version and hash of the model that the run continued from.
    """
    best = trained.history[trained.epoch - 1]
    results = {key: value for key, value in best.items() if key.startswith("held_out")}
    training = {
        "docreader": __version__,
        "data": {"sha256": trained.data, "pages": list(data)},
        "recipe": recipe.to_json(),
        "epoch": trained.epoch,
        "reader": reader,
        "start": start,
    }
    long_side = trained.network.config.long_side
    return publish_model(
        trained.network,
        out,
        name,
        lambda sha256: card_text(name, sha256, training, results, long_side),
        half=True,
        kind="locator",
        version=version,
        preprocessing={"long_side": long_side, "multiple": STRIDE, "range": "0 white .. 1 black"},
        training=training,
        results={"held_out": results} if results else {},
    )


def card_text(
    name: str, sha256: str, training: dict[str, Any], results: dict[str, float], long_side: int
) -> str:
    """Return the card of a locator in Markdown.

    Args:
        name: Name of the model.
        sha256: Hash of the model file.
        training: Field `training` of the metadata.
        results: Figures of the held-out pages.
        long_side: Longer side of the input, pixels.
    """
    reader = training["reader"]
    target = (
        f"Fields were learned from amounts alone: candidates were read by `{reader}`, and the forward score of all "
        "of them was trained (GBL98 sec. X)."
        if reader
        else "Fields were learned from their boxes."
    )
    lines = heading_lines(
        name,
        sha256,
        ["A field locator: a fully convolutional network that finds the courtesy amount on a page in small."],
        [
            f"Input: gray page of any size, scaled to a longer side of {long_side} pixels",
            "Output: log-probabilities of the amount's places, nowhere among them; the field's edges; kinds of "
            "cells; orientation, check, void",
            f"Trained with docreader {training['docreader']}, `docreader train locator`",
        ],
    )
    lines += ["", "## Data", "", *training["data"]["pages"], target]
    if training["start"]:
        lines.append(f"The run continued from {training['start']}.")
    lines.append(f"SHA-256 of the pages in small with their ground truth: `{training['data']['sha256']}`.")
    lines += recipe_lines(training["recipe"] | {"best epoch": training["epoch"]})
    if results:
        lines += ["", "## Metrics", "", *metric_sentences(results)]
    return join_card(lines)


def metric_sentences(results: dict[str, float]) -> list[str]:
    """Return sentences on the held-out pages; none without them."""
    if "held_out_error" not in results:
        return []
    return [
        f"Held-out pages, selected epoch: the likeliest place is not the amount's on "
        f"{100 * results['held_out_error']:.1f} %; loss {results['held_out_loss']:.3f}."
    ]
