"""The end of a run: the model file, and a card beside it that says what it is and how well it does."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import nn

from docreader.confidence.proportions import proportion
from docreader.training.common.fit import Trained
from docreader.training.common.model_card import Published, check_name
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.base import way
from docreader.version import __version__
from models.files import describe, save_model
from models.safetensors_io import write_atomically
from segment.oversegmentation.graph import SegmenterConfig

ABOUT = {
    "sdnn": (
        "A reader of whole amounts: a convolutional network that sweeps over the line (GBL98 sec. VII), trained from",
        "images labeled with nothing but their string.",
    ),
    "hos": (
        "A reader of whole amounts: the ink is cut into pieces, and a convolutional network scores every candidate",
        "segment (GBL98 sec. V). Network and weights of shapes were trained together, through the interpretation",
        "graph, from images labeled with nothing but their string.",
    ),
}

INPUT = {
    "sdnn": "cleaned ink and the image itself, upright, as a line 32 pixels high",
    "lenet5": "cleaned ink, upright, as a line 32 pixels high with digits of 20 pixels",
    "hos": "candidate segments of cleaned ink as pictures of 32 by 32 pixels, and six numbers of their shape",
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
    init: str | None = None,
) -> Published:
    """Write `NAME.safetensors` and `NAME.md` to a folder.

    Args:
        trained: The network and its history.
        recipe: How it was trained.
        out: The folder.
        name: The model's name.
        version: Version of these weights.
        counts: Strings that were `learned`, `held_out` and `synthesized`.
        calibration: See `docreader.training.reader.calibration`; None without held-out strings.
        init: Name and hash of the model that training began with.
    """
    best = trained.history[trained.epoch - 1]
    training = {
        "docreader": __version__,
        "strings": counts,
        "sha256": trained.data,
        "init": init,
        "recipe": recipe.to_json(),
        "pass": trained.epoch,
    }
    metadata = describe(
        trained.network,
        kind="reader",
        name=check_name(name),
        version=version,
        preprocessing=asdict(SegmenterConfig() if way(recipe).name == "hos" else recipe.line_form),
        calibration=calibration,
        training=training,
        results={key: value for key, value in best.items() if key.startswith("held_out")},
    )
    model = out / f"{name}.safetensors"
    sha256 = save_model(model, trained.network, metadata)
    card = out / f"{name}.md"
    write_atomically(card, card_text(name, sha256, training, calibration, best).encode())
    return Published(model, card, sha256)


def card_text(
    name: str,
    sha256: str,
    training: dict[str, Any],
    calibration: dict[str, Any] | None,
    best: dict[str, float],
) -> str:
    """The card of a reader, Markdown; every figure is one that was measured."""
    counts, recipe = training["strings"], training["recipe"]
    method = "hos" if "backbone" in recipe["network"] else "sdnn"
    lines = [
        f"# {name}",
        "",
        *ABOUT[method],
        "",
        f"* File: `{name}.safetensors`, sha256 `{sha256}`",
        f"* Characters: `{''.join(recipe['network']['labels'])}`",
        f"* Input: {INPUT[method if recipe['network'].get('maps') else 'lenet5']}",
        f"* Made by docreader {training['docreader']}, `docreader train reader --method {method}`, license MIT",
        "",
        "## Data",
        "",
        f"{counts['learned']:,} labeled strings to learn from, {counts['held_out']:,} held out for choosing the pass "
        f"and for calibration, {counts['synthesized']:,} synthesized ones "
        f"({100 * recipe['synthetic']:.0f} % of each batch).",
    ]
    if counts.get("left_out"):
        lines.append(f"{counts['left_out']} labels that no path could say were left out.")
    if training["init"]:
        lines.append(f"Training began with the weights of {training['init']}.")
    lines += ["", "## Recipe", "", "| setting | value |", "|---|---|"]
    lines += [f"| {key} | {_short(value)} |" for key, value in recipe.items()]
    lines += [f"| chosen pass | {training['pass']} |", "", "## Figures", ""]
    lines += [f"{sentence}\n" for sentence in figure_sentences(best, calibration, counts["held_out"])]
    return "\n".join(lines).rstrip("\n") + "\n"


def figure_sentences(best: dict[str, float], calibration: dict[str, Any] | None, held_out: int) -> list[str]:
    """What the held-out strings said, a sentence for each figure."""
    sentences = []
    if held_out:
        exact = proportion(round((1 - best["held_out_error"]) * held_out), held_out)
        sentences.append(
            f"Held-out strings: {exact.count:,} of {held_out:,} right in every character, "
            f"{100 * (exact.value or 0):.1f} % (95 % interval {100 * exact.low:.1f} to {100 * exact.high:.1f} %); "
            f"character errors {100 * best['held_out_cer']:.2f} %. "
            "The pass was chosen by these figures, so expect a little less."
        )
    else:
        sentences.append("No strings were held out.")
    if calibration:
        threshold, accepted, wrong, *bound = calibration["thresholds"]["0.01"]
        vouched = f" (error at most {100 * bound[0]:.1f} %, with 95 % confidence)" if bound else ""
        sentences.append(
            f"Calibrated on {calibration['strings']:,} strings that the network had not learned: temperature "
            f"{calibration['temperature']:g}; from a confidence of {threshold:.3f} on, {accepted:,.0f} are accepted "
            f"and {wrong:.0f} of them are wrong{vouched}."
        )
        if "crossfitted" in calibration:
            taken, errors = calibration["crossfitted"]["0.01"]
            sentences.append(
                "With temperature and threshold chosen on nine tenths of these strings and judged on the last: "
                f"{taken:,} accepted, {errors} of them wrong."
            )
    return sentences


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(number)}" for key, number in value.items())
    if isinstance(value, list):
        return " ".join(_short(item) for item in value)
    return str(value)
