"""The end of a classifier's run: the model file and its card."""

from pathlib import Path
from typing import Any

import numpy as np

import docreader
from docreader.confidence.proportions import proportion
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.run import Outcome
from docreader.training.recognizer.model_card import Published, check_name
from models.files import describe, save_model
from models.safetensors_io import write_atomically

PARTS = {"held_out": "Held-out part of the training images", "val": "Validation images"}


def publish(
    outcome: Outcome,
    recipe: ClassifierRecipe,
    out: Path,
    name: str,
    *,
    version: str = "1",
    half: bool = False,
    data_name: str = "the user's own",
    weights_name: str | None = None,
) -> Published:
    """Write `NAME.safetensors` and `NAME.md` to a folder.

    Args:
        outcome: What the run made.
        recipe: How it was trained.
        out: The folder.
        name: The model's name.
        version: Version of these weights.
        half: Write float16.
        data_name: What the images are, for the card.
        weights_name: What weights the run began from.
    """
    training = {
        "docreader": docreader.__version__,
        "data": {"images": outcome.counts, "sha256": outcome.data[:64], "name": data_name},
        "weights": weights_name,
        "recipe": recipe.to_json(),
        "epoch": outcome.trained.epoch,
    }
    metadata = describe(
        outcome.trained.module,
        kind="classifier",
        name=check_name(name),
        version=version,
        preprocessing=outcome.prepared.to_json(),
        training=training,
        results=dict(outcome.results),
    )
    model = out / f"{name}.safetensors"
    sha256 = save_model(model, outcome.trained.module, metadata, half=half)
    card = out / f"{name}.md"
    write_atomically(card, card_text(name, sha256, training, outcome).encode())
    return Published(model, card, sha256)


def card_text(name: str, sha256: str, training: dict[str, Any], outcome: Outcome) -> str:
    """The card of a classifier, Markdown; every figure is one that was measured."""
    recipe = training["recipe"]
    data = training["data"]
    images = ", ".join(f"{count:,} {part.replace('_', ' ')}" for part, count in data["images"].items())
    whole = outcome.prepared.mode == "page"
    side = outcome.prepared.size
    shape = f"whole images, longer side {side} pixels" if whole else f"the middle square, {side} pixels"
    lines = [
        f"# {name}",
        "",
        f"A classifier of whole images, architecture {recipe['arch']}.",
        "",
        f"* File: `{name}.safetensors`, sha256 `{sha256}`",
        f"* Classes: {', '.join(outcome.labels)}",
        f"* Input: {shape}",
        f"* Made by docreader {training['docreader']}, `docreader train classifier`",
        "",
        "## Data",
        "",
        f"{data['name']}: {images} images (sha256 of names, classes and sizes `{data['sha256']}`).",
    ]
    if training["weights"]:
        lines.append(f"Begun from {training['weights']}.")
    lines += ["", "## Recipe", "", "| setting | value |", "|---|---|"]
    lines += [f"| {key} | {value} |" for key, value in recipe.items()]
    lines += [f"| best pass | {training['epoch']} |", "", "## Figures", ""]
    lines += [f"{sentence}\n" for sentence in sentences(outcome)] or ["No images were held back.\n"]
    if outcome.confusion is not None:
        lines += ["Confusion (rows: the truth):", "", "| |" + "|".join(outcome.labels) + "|"]
        lines.append("|---" * (len(outcome.labels) + 1) + "|")
        lines += [
            f"|{label}|" + "|".join(map(str, row)) + "|"
            for label, row in zip(outcome.labels, np.asarray(outcome.confusion).tolist(), strict=True)
        ]
    return "\n".join(lines).rstrip("\n") + "\n"


def sentences(outcome: Outcome) -> list[str]:
    """What the images held back said, a sentence for each part."""
    said = []
    for part, found in outcome.results.items():
        for key, views in (("wrong", ""), ("wrong_ten_views", ", mean of ten views")):
            if key in found:
                count, right = found["images"], found["images"] - found[key]
                known = proportion(right, count)
                said.append(
                    f"{PARTS[part]}{views}: {right:,} of {count:,} right, accuracy {100 * right / count:.1f} % "
                    f"(95 % interval {100 * known.low:.1f} to {100 * known.high:.1f} %)."
                )
    return said
