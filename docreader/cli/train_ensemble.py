"""`docreader train pair`: two trained readers become one that asks the second where the first is unsure."""

from pathlib import Path
from typing import Annotated

import typer

from docreader.cli.training_bar import TrainingBar
from docreader.confidence.thresholds import DEFER_BELOW

PAIR = """Join a reader that sweeps and a reader that cuts into one that reads better than either.

LABELS.CSV names images that [bold]neither reader has learned[/bold]: on them, the exponents of the two posteriors \
and the thresholds of the joint confidence are chosen. The pair is a small file that names both models.

\b
[bold]Example[/bold]
docreader train pair held-out.csv --first sdnn.safetensors --second hos.safetensors --out mine/both.json
docreader decode scan.png --model mine/both.json
"""


def register(group: typer.Typer) -> None:
    """Add the command to the group of `docreader train`."""
    group.command("pair", help=PAIR)(pair)


def pair(
    labels: Annotated[Path, typer.Argument(metavar="LABELS.CSV", help="Labeled images, learned by neither.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.json", help="Where the pair goes.")],
    first: Annotated[
        Path | None,
        typer.Option("--first", help="The reader by sdnn. [dim]Default: the one that ships.[/dim]"),
    ] = None,
    second: Annotated[
        Path | None,
        typer.Option("--second", help="The reader by hos. [dim]Default: the one that ships.[/dim]"),
    ] = None,
    sure: Annotated[
        float,
        typer.Option(
            "--sure", min=0.0, max=1.0, help="From this confidence on, the first reader's answer stands."
        ),
    ] = DEFER_BELOW,
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="A csv of corrected labels: file, label, reason.")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Name of the pair, as records show it.")] = "both",
    version: Annotated[str, typer.Option("--model-version", help="Version of the pair.")] = "1",
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Read with both, choose, write the pair and say what it is worth."""
    import os

    from docreader.training.reader.fit_ensemble import fit_pair, read_with_both
    from models.ensemble_file import EnsembleConfig, save_ensemble
    from models.files import default_hos_path, default_reader_path, load_model

    paths = (first or default_reader_path(), second or default_hos_path())
    models = [load_model(path, kind="reader") for path in paths]
    with TrainingBar(1, quiet=quiet) as display:
        said = read_with_both(
            labels,
            *models,
            corrections=corrections,
            on_item=lambda number, count: display.show(f"reading images {number}/{count}"),
        )
    found = fit_pair(*said, sure)
    weights = tuple(found.pop("weights"))
    files = [os.path.relpath(path.resolve(), out.resolve().parent) for path in paths]
    save_ensemble(out, EnsembleConfig(name, version, files[0], files[1], weights, sure, found))
    threshold, accepted, wrong, bound = found["thresholds"]["0.01"]
    taken, errors = found["crossfitted"]["0.01"]
    typer.echo(f"pair: {out}")
    typer.echo(
        f"{found['exact']:.1%} of {found['strings']} strings right; the second reader was asked {found['asked']} times"
    )
    typer.echo(
        f"from a confidence of {threshold:.3f} on, {accepted:.0f} are accepted and {wrong:.0f} of them are wrong "
        f"(error at most {bound:.1%}, with 95 % confidence); chosen on nine tenths and judged on the last: {taken} "
        f"accepted, {errors} wrong"
    )
