"""Model file and model card of a trained recognizer."""

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
from docreader.training.recognizer.build import Recognizer
from docreader.training.recognizer.metrics import Metrics
from docreader.training.recognizer.recipe import Recipe
from docreader.version import __version__
from models.lenet5 import LeNet5

KNOWN_DATA = {
    "251afd29f3c6f204bed9fbe0c5c03f896b5e76daf429154e931f2447cdcca89d": "MNIST, training part",
    "26120b4578752d7d87c2cb6601f15f4b0efd4dd7947b156b4f7aa2d35f931d2f": "MNIST, test part",
}
"""Names of public data sets by the hash of `docreader.training.recognizer.trainer.fingerprint`."""

FORMS = {
    "lenet5": "LeNet-5 (GBL98 sec. II-B) with a rubbish class",
    "lenet5-review": "LeNet-5 in the form of the review",
    "lenet1": "LeNet-1",
    "lenet": "a wider LeNet-5 with batch normalization, dropout, ReLU and a rubbish class",
}

PREPROCESSING = {
    "size": [32, 32],
    "range": "0 paper .. 1 ink",
    "normalize": "segment.oversegmentation.normalize: 20x20 box, aspect kept, centered by mass",
}


def publish(
    trained: Trained[Recognizer],
    recipe: Recipe,
    metrics: dict[str, Metrics],
    out: Path,
    name: str,
    *,
    version: str = "1",
    count: int,
    test_data: str | None = None,
) -> Published:
    """Write model file and card.

    Args:
        trained: Network and history.
        recipe: Recipe of the run.
        metrics: Metrics of the test digits by name; empty without test digits.
        out: Target folder.
        name: Name of the model.
        version: Version of the weights.
        count: Number of training digits, held-out digits included.
        test_data: Hash of the test digits.
    """
    best = trained.history[trained.epoch - 1]
    results: dict[str, Any] = {part: values.to_json() for part, values in metrics.items()}
    results["held_out"] = {k: v for k, v in best.items() if k.startswith("held_out")}
    training = {
        "docreader": __version__,
        "data": {"digits": count, "sha256": trained.data, "name": _data_name(trained.data)},
        "recipe": recipe.to_json(),
        "epoch": trained.epoch,
    }
    if isinstance(trained.network, LeNet5):
        training |= {"scale": float(trained.network.scale), "rubbish": float(trained.network.rubbish)}
    if test_data is not None:
        training["test_data"] = {"sha256": test_data, "name": _data_name(test_data)}
    return publish_model(
        trained.network,
        out,
        name,
        lambda sha256: card_text(name, sha256, training, metrics, best),
        kind="recognizer",
        version=version,
        preprocessing=PREPROCESSING,
        training=training,
        results=results,
    )


def card_text(
    name: str,
    sha256: str,
    training: dict[str, Any],
    metrics: dict[str, Metrics],
    best: dict[str, float],
) -> str:
    """Return the card of a recognizer in Markdown.

    Args:
        name: Name of the model.
        sha256: Hash of the model file.
        training: Field `training` of the metadata.
        metrics: Metrics of the test digits by name.
        best: History row of the selected epoch.
    """
    recipe, data = training["recipe"], training["data"]
    held_out = round(data["digits"] * recipe["val_fraction"])
    fitted = " and to fit scale and rubbish constant" if "scale" in training else ""
    lines = [
        *heading_lines(
            name,
            sha256,
            [f"A recognizer of isolated characters: {FORMS[recipe['arch']]}."],
            [
                f"Classes: `{''.join(recipe['labels'])}`",
                "Input: 32x32 gray, 0 paper to 1 ink; ink scaled into a 20x20 box and centered by mass",
                f"Trained with docreader {training['docreader']}, `docreader train recognizer`",
            ],
        ),
        "",
        "## Data",
        "",
        f"{data['digits']:,} digits: {data['name']} (sha256 of images and labels `{data['sha256']}`). "
        f"{held_out:,} of them were held out to select the epoch{fitted}.",
    ]
    if recipe["negatives_per_digit"]:
        lines.append("Negatives were synthesized from the training digits and from drawn clutter.")
    settings = {key: value for key, value in recipe.items() if key != "labels"}
    settings["best epoch"] = training["epoch"]
    if "scale" in training:
        settings["scale after calibration"] = f"{training['scale']:.4g}"
        settings["rubbish constant after calibration"] = f"{training['rubbish']:.4g}"
    lines += [*recipe_lines(settings), "", "## Metrics", ""]
    if "held_out_error" in best:
        mixed = recipe["negatives_per_digit"] or recipe["distort"]
        part = "clean, distorted and negatives" if mixed else "clean"
        lines += [
            f"Held-out digits ({part}), selected epoch: error {100 * best['held_out_error']:.2f} %.",
            "",
        ]
    lines += [f"{sentence}\n" for sentence in metric_sentences(metrics)] or ["No test digits were given.\n"]
    return join_card(lines)


def metric_sentences(metrics: dict[str, Metrics]) -> list[str]:
    """Return one sentence for each set of test images."""
    sentences = []
    names = {"test": "Clean test digits", "distorted": "Test digits distorted as in training"}
    for part, values in metrics.items():
        sentence = (
            f"{names.get(part, part)}: {values.wrong:,} of {values.characters:,} wrong, error "
            f"{100 * values.error:.2f} % (95 % interval {100 * values.low:.2f} to {100 * values.high:.2f} %)"
        )
        if values.negatives or values.refused:
            sentence += f"; {values.refused:,} rejected as rubbish"
        if values.negatives:
            share = 100 * values.caught / values.negatives
            sentence += f"; {values.caught:,} of {values.negatives:,} negatives ({share:.1f} %) rejected"
        sentences.append(sentence + ".")
    return sentences


def _data_name(sha256: str) -> str:
    return KNOWN_DATA.get(sha256, "own data")
