"""The end of a run: the model file, and a card beside it that says what it is and how well it does."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docreader
from docreader.training.common.errors import RecipeError
from docreader.training.recognizer.metrics import Figures
from docreader.training.recognizer.recipe import Recipe
from docreader.training.recognizer.trainer import Trained
from models.files import describe, save_model
from models.lenet5 import LeNet5
from models.safetensors_io import write_atomically

KNOWN_DATA = {
    "251afd29f3c6f204bed9fbe0c5c03f896b5e76daf429154e931f2447cdcca89d": "MNIST, training part",
    "26120b4578752d7d87c2cb6601f15f4b0efd4dd7947b156b4f7aa2d35f931d2f": "MNIST, test part",
}
"""Names of digits that everybody knows, by the hash of `docreader.training.recognizer.trainer.fingerprint`."""

FORMS = {
    "lenet5": 'LeNet-5 (GBL98 sec. II-B) with one more answer, "no character"',
    "lenet5-review": "LeNet-5 in the review's form",
    "lenet1": "LeNet-1, LeNet-5's forerunner",
    "lenet": 'a wider member of LeNet-5\'s family with one more answer, "no character"',
}

PREPROCESSING = {
    "size": [32, 32],
    "range": "0 paper .. 1 ink",
    "normalize": "segment.oversegmentation.normalize: 20x20 box, aspect kept, centerd by mass",
}


@dataclass(frozen=True)
class Published:
    """What was written.

    Attributes:
        model: The model file.
        card: The card beside it.
        sha256: Hash of the model file.
    """

    model: Path
    card: Path
    sha256: str


def check_name(name: str) -> str:
    """The name, if it can be that of a file.

    Raises:
        RecipeError: It is empty, hidden, or holds a separator of folders.
    """
    if not name or name.startswith(".") or "/" in name or "\\" in name or not name.isprintable():
        raise RecipeError(f"name must be one that a file can have, not {name!r}")
    return name


def publish(
    trained: Trained,
    recipe: Recipe,
    figures: dict[str, Figures],
    out: Path,
    name: str,
    *,
    version: str = "1",
    count: int,
    test_data: str | None = None,
) -> Published:
    """Write `NAME.safetensors` and `NAME.md` to a folder.

    Args:
        trained: The network and its history.
        recipe: How it was trained.
        figures: On the test digits, by name; empty where there were none.
        out: The folder.
        name: The model's name.
        version: Version of these weights.
        count: How many training digits there were, the held-out ones included.
        test_data: Hash of the test digits.

    Returns:
        What was written.
    """
    best = trained.history[trained.epoch - 1]
    results: dict[str, Any] = {part: found.to_json() for part, found in figures.items()}
    results["held_out"] = {k: v for k, v in best.items() if k.startswith("held_out")}
    training = {
        "docreader": docreader.__version__,
        "data": {"digits": count, "sha256": trained.data, "name": _data_name(trained.data)},
        "recipe": recipe.to_json(),
        "epoch": trained.epoch,
    }
    if isinstance(trained.module, LeNet5):
        training |= {"scale": float(trained.module.scale), "rubbish": float(trained.module.rubbish)}
    if test_data is not None:
        training["test_data"] = {"sha256": test_data, "name": _data_name(test_data)}
    metadata = describe(
        trained.module,
        kind="recognizer",
        name=check_name(name),
        version=version,
        preprocessing=PREPROCESSING,
        training=training,
        results=results,
    )
    model = out / f"{name}.safetensors"
    sha256 = save_model(model, trained.module, metadata)
    card = out / f"{name}.md"
    write_atomically(card, card_text(metadata.name, sha256, training, figures, best).encode())
    return Published(model, card, sha256)


def card_text(
    name: str,
    sha256: str,
    training: dict[str, Any],
    figures: dict[str, Figures],
    best: dict[str, float],
) -> str:
    """The card of a recognizer, Markdown; every figure is one that was measured.

    Args:
        name: The model's name.
        sha256: Hash of its file.
        training: What the metadata say of the training.
        figures: On the test digits, by name.
        best: Figures of the chosen pass.
    """
    recipe = training["recipe"]
    data = training["data"]
    held_out = round(data["digits"] * recipe["held_out"])
    lines = [
        f"# {name}",
        "",
        f"A recognizer of isolated characters: {FORMS[recipe['arch']]}.",
        "",
        f"* File: `{name}.safetensors`, sha256 `{sha256}`",
        f"* Characters: `{''.join(recipe['labels'])}`",
        "* Input: 32x32 gray, 0 paper to 1 ink; ink scaled into a 20x20 box and centerd by mass",
        f"* Made by docreader {training['docreader']}, `docreader train recognizer`",
        "",
        "## Data",
        "",
        f"{data['digits']:,} digits: {data['name']} (sha256 of images and labels `{data['sha256']}`). "
        f"{held_out:,} of them were held out for choosing the pass"
        + (" and fitting scale and rubbish constant." if "scale" in training else "."),
    ]
    if recipe["rubbish"]:
        lines.append(
            "Pictures of no character were made from the training digits, and drawn (dots, dashes, dirt)."
        )
    lines += ["", "## Recipe", "", "| setting | value |", "|---|---|"]
    lines += [f"| {key} | {_short(value)} |" for key, value in recipe.items() if key != "labels"]
    lines.append(f"| best pass | {training['epoch']} |")
    if "scale" in training:
        lines += [
            f"| scale after calibration | {training['scale']:.4g} |",
            f"| rubbish constant after calibration | {training['rubbish']:.4g} |",
        ]
    lines += ["", "## Figures", ""]
    if "held_out_error" in best:
        shown = "plain, distorted and negatives" if recipe["rubbish"] or recipe["distort"] else "plain"
        lines += [f"Held-out part ({shown}), chosen pass: error {100 * best['held_out_error']:.2f} %.", ""]
    lines += [f"{sentence}\n" for sentence in figure_sentences(figures)] or ["No test digits were given.\n"]
    return "\n".join(lines).rstrip("\n") + "\n"


def figure_sentences(figures: dict[str, Figures]) -> list[str]:
    """What the test said, a sentence for each set of pictures."""
    sentences = []
    names = {"test": "Test digits as they are", "distorted": "Test digits made as in training"}
    for part, found in figures.items():
        sentence = (
            f"{names.get(part, part)}: {found.wrong:,} of {found.characters:,} wrong, error "
            f"{100 * found.error:.2f} % (95 % interval {100 * found.low:.2f} to {100 * found.high:.2f} %)"
        )
        if found.negatives or found.refused:
            sentence += f"; {found.refused:,} taken for no character"
        if found.negatives:
            share = 100 * found.caught / found.negatives
            sentence += f"; {found.caught:,} of {found.negatives:,} negatives ({share:.1f} %) known as such"
        sentences.append(sentence + ".")
    return sentences


def _data_name(sha256: str) -> str:
    return KNOWN_DATA.get(sha256, "the user's own")


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    return str(value)
