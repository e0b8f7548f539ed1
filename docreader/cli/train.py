"""`docreader train`: trains the networks on one's own data."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli import train_classifier, train_reader
from docreader.cli.training_bar import TrainingBar, say
from docreader.errors import ConfigurationError

if TYPE_CHECKING:
    from docreader.training.recipe import Recipe

HELP = "Train the networks on your own data."

RECOGNIZER = """Train LeNet-5, the recogniser of isolated characters, on digits in MNIST's form.

DATA_DIR holds the four IDX files of MNIST, gzipped or not: [bold]train-images-idx3-ubyte[/bold],
[bold]train-labels-idx1-ubyte[/bold], and the same with [bold]t10k[/bold] for the test, which may be missing.

A checkpoint and the curves are written to --out after each pass; in the end, the weights and their card. A part of the
training digits is held out to choose the best pass; the test digits are looked at once, when all is chosen.

\b
[bold]Examples[/bold]
MNIST:              docreader train recognizer mnist/
Go on after a stop: docreader train recognizer mnist/ --resume
As in the paper:    docreader train recognizer mnist/ --no-distort --rubbish 0 --name plain
Read with it:       docreader decode scan.png --model runs/recognizer/lenet5.safetensors

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or data that cannot be used
130  interrupted; --resume goes on from the last finished pass
"""

app = typer.Typer(name="train", help=HELP, no_args_is_help=True, rich_markup_mode="rich")


class Criterion(StrEnum):
    """What is made small."""

    MAP = "map"
    ML = "ml"


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    train_reader.register(app)
    train_classifier.register(app)
    parent.add_typer(app)


@app.callback()
def _group() -> None:
    """Train the networks on your own data."""


@app.command("recognizer", help=RECOGNIZER)
def recognizer(
    data_dir: Annotated[Path, typer.Argument(metavar="DATA_DIR", help="Folder with the IDX files.")],
    out: Annotated[
        Path, typer.Option("--out", help="Folder for checkpoint, curves, weights and card.")
    ] = Path("runs/recognizer"),
    name: Annotated[str, typer.Option("--name", help="Name of the model and its files.")] = "lenet5",
    model_version: Annotated[str, typer.Option("--model-version", help="Version of the weights.")] = "1",
    epochs: Annotated[int, typer.Option("--epochs", help="Passes through the digits.")] = 24,
    batch_size: Annotated[int, typer.Option("--batch-size", help="Pictures for each step.")] = 128,
    lr: Annotated[float, typer.Option("--lr", help="Greatest step size of Adam.")] = 0.005,
    criterion: Annotated[
        Criterion, typer.Option("--criterion", help="map (GBL98 eq. 9) or ml (eq. 8).")
    ] = Criterion.MAP,
    rubbish: Annotated[
        float | None,
        typer.Option("--rubbish", help="Negatives for each digit.", show_default="1, with ml 0"),
    ] = None,
    distort: Annotated[
        bool, typer.Option("--distort/--no-distort", help="Distort the digits anew in each pass.")
    ] = True,
    labels: Annotated[
        str, typer.Option("--labels", help="The characters of the class numbers 0, 1, ...")
    ] = "0123456789",
    held_out: Annotated[
        float, typer.Option("--held-out", help="Share of the digits kept back for choosing the pass.")
    ] = 0.05,
    seed: Annotated[int, typer.Option("--seed", help="Start of all chance.")] = 1,
    device: Annotated[str, typer.Option("--device", help="auto, cpu, cuda or cuda:N.")] = "auto",
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoint in --out.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Train LeNet-5 and write its weights, card and curves."""
    from docreader.training.publish import check_name
    from docreader.training.recipe import Recipe

    check_name(name)
    recipe = Recipe(
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        criterion=criterion.value,
        rubbish=(0.0 if criterion is Criterion.ML else 1.0) if rubbish is None else rubbish,
        distort=distort,
        labels=tuple(labels),
        held_out=held_out,
        seed=seed,
    )
    where = resolve_device(device)
    _train(data_dir, recipe, out, name, model_version, where, resume=resume, quiet=quiet)


def _train(
    data_dir: Path,
    recipe: "Recipe",
    out: Path,
    name: str,
    version: str,
    device: str,
    *,
    resume: bool,
    quiet: bool,
) -> None:
    from docreader.errors import MissingExtraError
    from docreader.idx import IdxNotFoundError, read_digits
    from docreader.training.curves import draw_curves
    from docreader.training.publish import figure_sentences, publish
    from docreader.training.recognizer import fingerprint, test_figures, train_recognizer

    digits = read_digits(data_dir, "train")
    try:
        test = read_digits(data_dir, "test")
    except IdxNotFoundError as error:
        test = None
        say(f"docreader: no test digits ({error}): the card will have no test error")
    with _Display(recipe.epochs, quiet=quiet) as display:
        trained = train_recognizer(
            digits, recipe, out, device=device, resume=resume, on_step=display.step, on_epoch=display.epoch
        )
    figures = {} if test is None else test_figures(trained.module, test, recipe)
    published = publish(
        trained,
        recipe,
        figures,
        out,
        name,
        version=version,
        count=len(digits),
        test_data=None if test is None else fingerprint(test),
    )
    try:
        draw_curves(out / "curves.png", trained.history, name)
    except MissingExtraError as error:
        say(f"docreader: {error}")
    typer.echo(f"weights: {published.model} (sha256 {published.sha256})")
    typer.echo(f"card: {published.card}")
    typer.echo(f"best pass: {trained.epoch} of {recipe.epochs}")
    for sentence in figure_sentences(figures):
        typer.echo(sentence)


def resolve_device(name: str) -> str:
    """The device to compute on.

    Raises:
        ConfigurationError: There is no such device here.
    """
    import torch

    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise ConfigurationError(f"device must be auto, cpu, cuda or cuda:N, not {name!r}") from error
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ConfigurationError(f"device {name}: this machine has {torch.cuda.device_count()} CUDA devices")
    return name


class _Display(TrainingBar):
    """The figures of the recogniser."""

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Show how far a pass is, and the mean of its loss."""
        self.show(f"pass {epoch}/{self.passes} loss {loss:.3f}", epoch - 1 + step / steps)

    def epoch(self, row: dict[str, float]) -> None:
        """Tell the figures of a finished pass."""
        line = f"pass {int(row['epoch'])}/{self.passes}: loss {row['train_loss']:.4f}"
        line += f", error {100 * row['train_error']:.2f} %"
        if "held_out_error" in row:
            line += f"; held out: loss {row['held_out_loss']:.4f}, error {100 * row['held_out_error']:.2f} %"
        self.passed(line, row["epoch"])
