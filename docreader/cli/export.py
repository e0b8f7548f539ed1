"""`docreader export`: a model as an ONNX file."""

from pathlib import Path
from typing import Annotated

import typer

HELP = """Write a model as ONNX, for onnxruntime and other runtimes.

MODEL is a model file, or the name of one that ships with docreader ([bold]docreader info[/bold] lists them). The scores
of onnxruntime are compared with docreader's own before anything is written. Needs docreader\\[onnx].

\b
[bold]Examples[/bold]
One that ships:   docreader export reader-sdnn reader.onnx
One of your own:  docreader export runs/classifier/classifier.safetensors classifier.onnx
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("export", help=HELP)(export)


def export(
    model: Annotated[
        Path, typer.Argument(metavar="MODEL", help="A model file, or the name of one that ships.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.onnx", help="Where to.")],
) -> None:
    """Export and say what was written."""
    from docreader.runtime.onnx_export import export_onnx
    from models.files import WEIGHTS

    shipped = WEIGHTS / f"{model.name}.safetensors"
    known = not model.suffix and model.name == str(model) and not model.exists() and shipped.is_file()
    exported = export_onnx(shipped if known else model, out)
    shape = ", ".join(map(str, exported.shape))
    typer.echo(f"{exported.path}: pictures ({shape}); scores differ by at most {exported.difference:.2g}")
