"""Markdown reference of the command line, made from its commands: `python -m docreader.cli.reference`."""

import inspect
import re
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import groupby
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import typer
from typer.models import ArgumentInfo

from docreader.cli import app
from docreader.cli.options import option_name

NOTE = "% Made by `python -m docreader.cli.reference > docs/cli-reference.md`: edit the help texts instead."
TYPES = {int: "N", float: "X", str: "TEXT"}


def reference() -> str:
    """Return the reference: a section for each command, a table for each panel of its options."""
    parts = [part for name, text, callback in _commands(app) for part in _section(name, text, callback)]
    return "\n\n".join([NOTE, *parts]) + "\n"


def _commands(group: typer.Typer, name: str = "docreader") -> Iterator[tuple[str, str, Callable[..., None]]]:
    """Yield name, help text and function of every command."""
    for command in group.registered_commands:
        assert command.callback is not None
        help_text = command.help or inspect.getdoc(command.callback) or ""
        yield f"{name} {command.name}", help_text, command.callback
    for child in group.registered_groups:
        assert child.typer_instance is not None
        word = child.name if isinstance(child.name, str) else child.typer_instance.info.name
        yield from _commands(child.typer_instance, f"{name} {word}")


def _section(name: str, help_text: str, callback: Callable[..., None]) -> Iterator[str]:
    parameters = list(inspect.signature(callback, eval_str=True).parameters.values())
    arguments = [_metavar(item) for item in parameters if _panel(item) == "argument"]
    yield f"## {name}"
    yield _plain(help_text.partition("\n\n")[0])
    yield f"```text\n{' '.join([name, '[OPTIONS]', *arguments])}\n```"
    order = list(dict.fromkeys(["argument", *map(_panel, parameters)]))
    parameters.sort(key=lambda item: order.index(_panel(item)))
    for panel, items in groupby(parameters, key=_panel):
        rows = "\n".join(map(_row, items))
        yield f"| {panel} | default | meaning |\n|---|---|---|\n{rows}"


def _info(parameter: inspect.Parameter) -> Any:
    """Return typer's description of a parameter."""
    return get_args(parameter.annotation)[1]


def _panel(parameter: inspect.Parameter) -> str:
    info = _info(parameter)
    return "argument" if isinstance(info, ArgumentInfo) else info.rich_help_panel or "option"


def _row(parameter: inspect.Parameter) -> str:
    value = _metavar(parameter)
    if _panel(parameter) != "argument":
        value = " ".join(filter(None, [", ".join(_names(parameter)), value]))
    cells = (f"`{value}`", _default(parameter), _plain(_info(parameter).help or ""))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _names(parameter: inspect.Parameter) -> list[str]:
    info = _info(parameter)
    given = [*([] if info.default is ... else [info.default]), *(info.param_decls or ())]
    return given or [option_name(parameter.name)]


def _metavar(parameter: inspect.Parameter) -> str:
    """Return the placeholder of a value; empty for a flag."""
    info, kind = _info(parameter), get_args(parameter.annotation)[0]
    if info.metavar:
        return str(info.metavar)
    if get_origin(kind) is not Literal:
        [kind] = [item for item in get_args(kind) if item is not NoneType] or [kind]
    if kind is bool:
        return ""
    if get_origin(kind) is Literal:
        return "|".join(get_args(kind))
    return "|".join(kind) if issubclass(kind, Enum) else TYPES.get(kind, "PATH")


def _default(parameter: inspect.Parameter) -> str:
    value = parameter.default
    if value is inspect.Parameter.empty:
        return "required"
    if value is None or value is False:
        return ""
    return "on" if value is True else f"`{value.value if isinstance(value, Enum) else value}`"


def _plain(text: str) -> str:
    """Convert rich's markup to Markdown, on one line."""
    text = re.sub(r"\[/?bold\]", "**", text)
    text = re.sub(r"\[/?dim\]", "", text)
    return " ".join(text.replace("\\[", "[").split())


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201
