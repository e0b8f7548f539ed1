"""`docreader info`: versions, devices, models, and the schema of a record."""

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli.output import prepare_stdout
from docreader.records import schema_text

if TYPE_CHECKING:
    from rich.table import Table

    from docreader.info import Info

HELP = """Show versions, devices and models: what a report of a fault should name.

\\b
[bold]Examples[/bold]
For a script:           docreader info --format json
The form of a record:   docreader info --schema > record.schema.json
"""


class Form(StrEnum):
    """The form of the answer."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("info", help=HELP)(info)


def info(
    schema: Annotated[
        bool,
        typer.Option("--schema", help="Print the JSON schema of a record (draft 2020-12) and nothing else."),
    ] = False,
    form: Annotated[Form, typer.Option("--format", help="text for people, json for machines.")] = Form.TEXT,
) -> None:
    """Collect and print."""
    prepare_stdout()
    if schema:
        sys.stdout.write(schema_text())
        return
    from docreader.info import collect

    found = collect()
    if form is Form.JSON:
        print(json.dumps(asdict(found), indent=1))  # noqa: T201
        return
    from rich.console import Console

    Console(soft_wrap=True).print(_table(found), highlight=False)


def _table(found: "Info") -> "Table":
    from rich.table import Table

    table = Table(show_header=False, box=None, pad_edge=False)
    rows = [*found.versions.items(), ("system", f"{found.system}, {found.cores} cores")]
    rows += [("device", f"{name} ({what})") for name, what in found.devices.items()]
    for model in found.models:
        if model.error is not None:
            rows.append(("model", f"{model.path}: cannot be used: {model.error}"))
            continue
        rows += [
            ("model", f"{model.name} {model.version} ({model.kind}, reads {model.labels})"),
            ("  file", model.path),
            ("  sha256", model.sha256),
            ("  calibrated", "yes" if model.calibrated else "no: --target-error cannot be used"),
        ]
        rows += [(f"  {name}", json.dumps(value)) for name, value in (model.results or {}).items()]
    for name, value in rows or []:
        table.add_row(name, value.replace("[", r"\["))
    if not found.models:
        table.add_row("model", "none came with this installation: name one with --model")
    return table
