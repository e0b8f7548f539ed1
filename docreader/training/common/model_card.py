"""Model file and model card of a finished training run."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from docreader.training.common.errors import RecipeError
from models.files import describe, save_model
from models.safetensors_io import write_atomically


@dataclass(frozen=True)
class Published:
    """Files of a finished run.

    Attributes:
        model: Model file.
        card: Model card.
        sha256: Hash of the model file.
    """

    model: Path
    card: Path
    sha256: str


def check_name(name: str) -> str:
    """Return a model name that is a valid file name.

    Raises:
        RecipeError: The name is empty, hidden, or contains a path separator.
    """
    if not name or name.startswith(".") or "/" in name or "\\" in name or not name.isprintable():
        raise RecipeError(f"name must be one that a file can have, not {name!r}")
    return name


def publish_model(
    module: nn.Module,
    out: Path,
    name: str,
    card: Callable[[str], str],
    *,
    half: bool = False,
    **metadata: Any,
) -> Published:
    """Write `NAME.safetensors` and `NAME.md`.

    Args:
        module: Network.
        out: Target folder.
        name: Name of the model.
        card: Function that returns the text of the card, given the hash of the model file.
        half: Whether to write float16.
        **metadata: Other fields of `models.metadata.ModelMetadata`.

    Raises:
        RecipeError: The name is no valid file name.
    """
    described = describe(module, name=check_name(name), **metadata)
    model, page = out / f"{name}.safetensors", out / f"{name}.md"
    sha256 = save_model(model, module, described, half=half)
    write_atomically(page, card(sha256).encode())
    return Published(model, page, sha256)


def heading_lines(name: str, sha256: str, about: Sequence[str], facts: Sequence[str]) -> list[str]:
    """Return the head of a card: title, description, file, and a list of facts."""
    return [f"# {name}", "", *about, "", f"* File: `{name}.safetensors`, sha256 `{sha256}`"] + [
        f"* {fact}" for fact in facts
    ]


def recipe_lines(settings: Mapping[str, Any]) -> list[str]:
    """Return the section of a card with the table of the recipe."""
    rows = [f"| {name} | {_short(value)} |" for name, value in settings.items()]
    return ["", "## Recipe", "", "| setting | value |", "|---|---|", *rows]


def join_card(lines: Sequence[str]) -> str:
    """Join the lines of a card."""
    return "\n".join(lines).rstrip("\n") + "\n"


def _short(value: Any) -> str:
    """Format a setting in one line."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {_short(number)}" for key, number in value.items())
    if isinstance(value, list):
        return " ".join(_short(item) for item in value)
    return str(value)
