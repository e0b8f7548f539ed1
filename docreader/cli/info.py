"""`docreader info`: versions, devices, models, and the schema of a record."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from docreader.cli.output import prepare_stdout
from docreader.io.records import schema_text

if TYPE_CHECKING:
    from docreader.runtime.info import Info

HELP = """Show versions, devices and models: the contents of a bug report.

\b
[bold]Examples[/bold]
For a script:           docreader info --format json
The schema of a record: docreader info --schema > record.schema.json
"""

Form = Literal["text", "json"]
"""Output format."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("info", help=HELP)(info)


def info(
    schema: Annotated[
        bool,
        typer.Option("--schema", help="Print the JSON schema of a record (draft 2020-12) and nothing else."),
    ] = False,
    form: Annotated[Form, typer.Option("--format", help="text, or json for scripts.")] = "text",
) -> None:
    """Print versions, devices and models."""
    prepare_stdout()
    if schema:
        sys.stdout.write(schema_text())
        return
    from docreader.runtime.info import collect

    found = collect()
    if form == "json":
        print(json.dumps(asdict(found), indent=1))  # noqa: T201
        return
    for name, value in _rows(found):
        print(f"{name:<14}{value}")  # noqa: T201


def _rows(found: "Info") -> Iterator[tuple[str, str]]:
    yield from found.versions.items()
    yield "system", f"{found.system}, {found.cores} cores"
    for name, description in found.devices.items():
        yield "device", f"{name} ({description})"
    for model in found.models:
        if model.error is not None:
            yield "model", f"{model.path}: cannot be used: {model.error}"
            continue
        yield "model", f"{model.name} {model.version} ({model.kind}, recognizes {model.labels})"
        yield "  file", model.path
        yield "  sha256", model.sha256
        yield "  calibrated", "yes" if model.calibrated else "no: --target-error cannot be used"
        yield from _thresholds(model.calibration or {})
        for name, result in (model.results or {}).items():
            yield f"  {name}", json.dumps(result)
    if not found.models:
        yield "model", "none shipped with this installation: name one with --model"


def _thresholds(calibration: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield a row for each target error that a model has a threshold for."""
    for target, values in calibration.get("thresholds", {}).items():
        limit, accepted, wrong, *bound = values
        strings = calibration.get("strings", "?")
        text = f"from confidence {limit:.3f} on: {accepted} of {strings} accepted, {wrong} wrong"
        if bound:
            text += f", error at most {100 * bound[0]:.1f} % (95 % confidence)"
        if target in calibration.get("crossfitted", {}):
            taken, errors = calibration["crossfitted"][target]
            text += f"; on strings that did not choose it {taken} accepted, {errors} wrong"
        yield f"  error {target}", text
