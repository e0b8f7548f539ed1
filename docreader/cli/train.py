"""`docreader train`: trains the networks on one's own data."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docreader.cli import train_classifier, train_ensemble, train_reader
from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, report, say
from docreader.errors import ConfigurationError

if TYPE_CHECKING:
    from docreader.training.recognizer.recipe import Recipe

HELP = "Train the networks on your own data."

RECOGNIZER = """Train LeNet-5 or one of its kin, recognizers of isolated characters, on digits in MNIST's form.

DATA_DIR holds the four IDX files of MNIST, gzipped or not: [bold]train-images-idx3-ubyte[/bold],
[bold]train-labels-idx1-ubyte[/bold], and the same with [bold]t10k[/bold] for the test, which may be missing.

A checkpoint and the curves are written to --out after each pass; in the end, the weights, their card and a report. A
part of the training digits is held out to choose the best pass; the test digits are looked at once, when all is chosen.

\b
[bold]Architectures[/bold]
lenet5         to the letter of the paper; with --optimizer sdlm its optimizer too
lenet5-review  the review's form: all maps connected, average pooling, softmax
lenet1         the forerunner of 2,578 parameters
lenet          wider, with batch norm, dropout and ReLU; --maps, --dropout

\b
[bold]Examples[/bold]
For checks:         docreader train recognizer mnist/
Go on after a stop: docreader train recognizer mnist/ --resume
As in the paper:    docreader train recognizer mnist/ --no-distort --rubbish 0 --name plain
Distorted as there: docreader train recognizer mnist/ --distortion affine --rubbish 0
For MNIST itself:   docreader train recognizer mnist/ --arch lenet --distortion digits --rubbish 0 --ema 0.999
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


class Arch(StrEnum):
    """What is trained."""

    LENET5 = "lenet5"
    REVIEW = "lenet5-review"
    LENET1 = "lenet1"
    LENET = "lenet"


class Optimizer(StrEnum):
    """How steps are taken."""

    ADAM = "adam"
    SDLM = "sdlm"


class Distortions(StrEnum):
    """How digits are distorted."""

    CHECKS = "checks"
    AFFINE = "affine"
    DIGITS = "digits"


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    train_reader.register(app)
    train_ensemble.register(app)
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
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the model and its files.", show_default="the arch")
    ] = None,
    arch: Annotated[Arch, typer.Option("--arch", help="What to train.")] = Arch.LENET5,
    model_version: shared.VersionOption = "1",
    epochs: Annotated[int, typer.Option("--epochs", help="Passes through the digits.")] = 24,
    batch_size: Annotated[
        int | None, typer.Option("--batch-size", help="Pictures for each step.", show_default="128, sdlm 1")
    ] = None,
    optimizer: Annotated[
        Optimizer, typer.Option("--optimizer", help="Adam, or the paper's Levenberg-Marquardt.")
    ] = Optimizer.ADAM,
    lr: Annotated[
        float | None,
        typer.Option("--lr", help="Greatest step.", show_default="0.005, sdlm 0.0005"),
    ] = None,
    weight_decay: Annotated[float, typer.Option("--weight-decay", help="Decoupled weight decay.")] = 0.0,
    ema: Annotated[
        float, typer.Option("--ema", help="Decay of a running mean of the weights; 0: none.")
    ] = 0.0,
    maps: Annotated[
        str, typer.Option("--maps", help="Maps of C1, C3, C5 and units of F6 of lenet.")
    ] = "24,64,192,128",
    dropout: Annotated[float, typer.Option("--dropout", help="Share that lenet leaves out.")] = 0.2,
    criterion: Annotated[
        Criterion, typer.Option("--criterion", help="map (GBL98 eq. 9) or ml (eq. 8).")
    ] = Criterion.MAP,
    rubbish: Annotated[
        float | None,
        typer.Option(
            "--rubbish",
            help="Negatives for each digit.",
            show_default="1; 0 with ml, lenet5-review, lenet1 and --distortion affine or digits",
        ),
    ] = None,
    scale: Annotated[
        float, typer.Option("--scale", help="Nats for a unit of LeNet-5's penalty; 1 in the paper.")
    ] = 0.03,
    distort: Annotated[
        bool, typer.Option("--distort/--no-distort", help="Distort the digits anew in each pass.")
    ] = True,
    distortion: Annotated[
        Distortions,
        typer.Option(
            "--distortion",
            help="As on checks; affine as in the paper; or for MNIST's own digits, elastic too.",
        ),
    ] = Distortions.CHECKS,
    plain: Annotated[float, typer.Option("--plain", help="Share of digits shown as they are.")] = 0.2,
    labels: Annotated[
        str, typer.Option("--labels", help="The characters of the class numbers 0, 1, ...")
    ] = "0123456789",
    held_out: Annotated[
        float, typer.Option("--held-out", help="Share of the digits kept back for choosing the pass.")
    ] = 0.05,
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    with_report: shared.ReportOption = True,
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a recognizer and write its weights, card and report."""
    from docreader.runtime.device import find_device
    from docreader.training.recognizer.distortions import DISTORTIONS
    from docreader.training.recognizer.model_card import check_name
    from docreader.training.recognizer.recipe import Recipe

    name = check_name(arch.value if name is None else name)
    knows_none = (
        criterion is Criterion.ML
        or arch in (Arch.REVIEW, Arch.LENET1)
        or (distort and distortion is not Distortions.CHECKS)
    )
    recipe = Recipe(
        arch=arch.value,
        maps=_numbers(maps),  # type: ignore[arg-type]
        dropout=dropout,
        epochs=epochs,
        batch_size=(1 if optimizer is Optimizer.SDLM else 128) if batch_size is None else batch_size,
        optimizer=optimizer.value,
        lr=(0.0005 if optimizer is Optimizer.SDLM else 0.005) if lr is None else lr,
        ema=ema,
        weight_decay=weight_decay,
        criterion=criterion.value,
        rubbish=(0.0 if knows_none else 1.0) if rubbish is None else rubbish,
        scale=scale,
        distort=distort,
        plain=plain,
        distortion=DISTORTIONS[distortion.value],
        labels=tuple(labels),
        held_out=held_out,
        seed=seed,
    )
    options = {"device": str(find_device(device)), "resume": resume}
    _train(data_dir, recipe, out, name, model_version, options, with_report=with_report, quiet=quiet)


def _numbers(text: str) -> tuple[int, ...]:
    """Whole numbers between commas.

    Raises:
        ConfigurationError: They are not.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigurationError(f"maps must be four numbers as in 24,64,192,128, not {text!r}") from error


def _train(
    data_dir: Path,
    recipe: "Recipe",
    out: Path,
    name: str,
    version: str,
    options: dict[str, Any],
    *,
    with_report: bool,
    quiet: bool,
) -> None:
    import torch

    from docreader.io.idx import IdxNotFoundError, read_digits
    from docreader.training.recognizer.dataset import plain_examples
    from docreader.training.recognizer.model_card import figure_sentences, publish
    from docreader.training.recognizer.trainer import fingerprint, test_figures, train_recognizer
    from docreader.training.report.networks import recognizer_contents

    digits = read_digits(data_dir, "train")
    try:
        test = read_digits(data_dir, "test")
    except IdxNotFoundError as error:
        test = None
        say(f"docreader: no test digits ({error}): the card will have no test error")
    with _Display(recipe.epochs, quiet=quiet) as display:
        trained = train_recognizer(
            digits, recipe, out, **options, on_step=display.step, on_epoch=display.epoch
        )
    device = torch.device(options["device"])
    figures = {} if test is None else test_figures(trained.module, test, recipe, device)
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
    if with_report:
        shown = None if test is None else plain_examples(test)
        report(lambda: recognizer_contents(name, trained, recipe, figures, shown, device), out)
    typer.echo(f"weights: {published.model} (sha256 {published.sha256})")
    typer.echo(f"card: {published.card}")
    typer.echo(f"best pass: {trained.epoch} of {recipe.epochs}")
    for sentence in figure_sentences(figures):
        typer.echo(sentence)


class _Display(TrainingBar):
    """The figures of the recognizer."""

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
