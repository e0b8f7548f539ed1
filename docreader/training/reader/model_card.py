"""Model file and model card of a trained reader."""

from pathlib import Path
from typing import Any

from torch import nn

from docreader.confidence.proportions import proportion
from docreader.training.common.fit import Row, Trained
from docreader.training.common.model_card import (
    Published,
    heading_lines,
    join_card,
    publish_model,
    recipe_lines,
)
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.factory import make_task
from docreader.version import __version__

DESCRIPTION = {
    "sdnn": (
        "Reader of amounts: a space displacement neural network (GBL98 sec. VII), trained on images labeled with their",
        "string.",
    ),
    "hos": (
        "Reader of amounts by heuristic over-segmentation: a convolutional network scores every candidate segment",
        "(GBL98 sec. V). Network and shape weights were trained together, through the interpretation graph, on images",
        "labeled with their string.",
    ),
}

INPUT = {
    "sdnn": "line image of 32 pixels height: cleaned ink and the original, deskewed and deslanted",
    "lenet5": "line image of 32 pixels height with digits of 20 pixels: cleaned ink, deskewed and deslanted",
    "hos": "candidate segments of cleaned ink as images of 32 by 32 pixels, and six shape features",
}


def publish(
    trained: Trained[nn.Module],
    recipe: ReaderRecipe,
    out: Path,
    name: str,
    *,
    version: str,
    counts: dict[str, int],
    calibration: dict[str, Any] | None,
    pretrained: str | None = None,
) -> Published:
    """Write `NAME.safetensors` and `NAME.md` to a folder.

    Args:
        trained: Network and history.
        recipe: Settings of the run.
        out: Folder to write to.
        name: Name of the model.
        version: Version of the weights.
        counts: Numbers of strings: `train`, `val`, `synthesized`, and `skipped` if any were.
        calibration: See `docreader.training.reader.calibration`; None without validation strings.
        pretrained: Name and hash of the pretrained model.
    """
    best = trained.history[trained.epoch - 1]
    training = {
        "docreader": __version__,
        "strings": counts,
        "sha256": trained.data,
        "pretrained": pretrained,
        "recipe": recipe.to_json(),
        "epoch": trained.epoch,
    }
    return publish_model(
        trained.network,
        out,
        name,
        lambda sha256: card_text(name, sha256, recipe, training, calibration, best),
        kind="reader",
        version=version,
        preprocessing=make_task(recipe).preprocessing(),
        calibration=calibration,
        training=training,
        results={key: value for key, value in best.items() if key.startswith("held_out")},
    )


def card_text(
    name: str,
    sha256: str,
    recipe: ReaderRecipe,
    training: dict[str, Any],
    calibration: dict[str, Any] | None,
    best: Row,
) -> str:
    """Format the model card of a reader as Markdown."""
    counts, method, backbone = training["strings"], recipe.network.method, recipe.network.backbone
    facts = [
        f"Characters: `{''.join(recipe.network.labels)}`",
        f"Input: {INPUT['lenet5' if (method, backbone) == ('sdnn', 'lenet5') else method]}",
        f"Made by docreader {training['docreader']}, `docreader train reader --method {method}`, license MIT",
    ]
    lines = heading_lines(name, sha256, DESCRIPTION[method], facts)
    lines += [
        "",
        "## Data",
        "",
        f"{counts['train']:,} labeled strings for training, {counts['val']:,} held out to select the epoch "
        f"and to calibrate, {counts['synthesized']:,} synthesized ones ({100 * recipe.synthetic:.0f} % of each batch).",
    ]
    if counts.get("skipped"):
        lines.append(f"{counts['skipped']} unreachable labels were skipped.")
    if training["pretrained"]:
        lines.append(f"Training started from the weights of {training['pretrained']}.")
    lines += recipe_lines(training["recipe"] | {"selected epoch": training["epoch"]})
    lines += ["", "## Results", ""]
    lines += [f"{sentence}\n" for sentence in result_sentences(best, calibration, counts["val"])]
    return join_card(lines)


def result_sentences(best: Row, calibration: dict[str, Any] | None, count: int) -> list[str]:
    """Format the results on the validation strings, one sentence each.

    Args:
        best: Figures of the selected epoch.
        calibration: Calibration of the model; None without.
        count: Number of validation strings.
    """
    sentences = []
    if count:
        exact = proportion(round((1 - best["held_out_error"]) * count), count)
        sentences.append(
            f"Held-out strings: {exact.count:,} of {count:,} correct in every character, "
            f"{100 * (exact.value or 0):.1f} % (95 % interval {100 * exact.low:.1f} to {100 * exact.high:.1f} %); "
            f"CER {100 * best['held_out_cer']:.2f} %. "
            "They selected the epoch, so the figures are optimistic."
        )
    else:
        sentences.append("No strings were held out.")
    if calibration:
        threshold, accepted, wrong, *bound = calibration["thresholds"]["0.01"]
        upper = f" (95 % upper bound of the error: {100 * bound[0]:.1f} %)" if bound else ""
        sentences.append(
            f"Calibrated on {calibration['strings']:,} strings not used for training: temperature "
            f"{calibration['temperature']:g}; at a confidence of {threshold:.3f} or more, {accepted:,.0f} are accepted "
            f"and {wrong:.0f} of them are wrong{upper}."
        )
        if "crossfitted" in calibration:
            taken, errors = calibration["crossfitted"]["0.01"]
            sentences.append(
                "Cross-fitted, with temperature and threshold from nine tenths of these strings applied to the last: "
                f"{taken:,} accepted, {errors} of them wrong."
            )
    return sentences
