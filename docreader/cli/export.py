"""`docreader export`: export a model as ONNX."""

from pathlib import Path
from typing import Annotated

import typer

HELP = """Export a model as ONNX, for onnxruntime and other runtimes.

MODEL is a model file, or the name of a shipped model ([bold]docreader info[/bold] lists them). The scores of
onnxruntime are compared with those of docreader before the file is written. Needs docreader\\[onnx].

\b
[bold]Examples[/bold]
Shipped model: docreader export reader-sdnn reader.onnx
Your own:      docreader export runs/classifier/classifier.safetensors classifier.onnx
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("export", help=HELP)(export)


def export(
    model: Annotated[Path, typer.Argument(metavar="MODEL", help="Model file, or name of a shipped model.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.onnx", help="Target file.")],
) -> None:
    """Export a model and print the result."""
    from docreader.runtime.onnx_export import export_onnx
    from models.files import WEIGHTS

    shipped = WEIGHTS / f"{model.name}.safetensors"
    known = not model.suffix and model.name == str(model) and not model.exists() and shipped.is_file()
    exported = export_onnx(shipped if known else model, out)
    shape = ", ".join(map(str, exported.shape))
    typer.echo(f"{exported.path}: images ({shape}); scores differ by at most {exported.difference:.2g}")
