"""`docreader train classifier`: AlexNet and LeNet-5 as classifiers of whole images."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, report, say

if TYPE_CHECKING:
    from docreader.training.classifier.recipe import ClassifierRecipe

HELP = """Train a classifier of whole images.

DATA_DIR is a folder with a folder of images for each class, or a csv with the columns file and label; with
[bold]train[/bold] and [bold]val[/bold] in it (or train.csv and val.csv), val is looked at once, at the end.

A checkpoint and the curves are written to --out after each pass; in the end, the weights, their card and a report.

\b
[bold]Architectures[/bold]
alexnet        the two groups of 2012, with local response normalization
alexnet-owt    the single column of 2014
alexnet-bn     the review's form with batch norm: the one that learns from few images
alexnet-pages  the 2014 convolutions as they are (--weights) under a head that sees whole pages of any shape
lenet5         LeNet-5 in the review's form, 32x32 gray

\b
[bold]Examples[/bold]
From scratch:       docreader train classifier photos/ --arch alexnet-bn --epochs 30
On whole pages:     docreader train classifier pages/ --arch alexnet-pages --weights alexnet-owt.npz
Go on after a stop: the same command with --resume
Use it:             docreader classify scan.png --model runs/classifier/classifier.safetensors

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or data that cannot be used
130  interrupted; --resume goes on from the last finished pass
"""


class Arch(StrEnum):
    """What is trained."""

    ALEXNET = "alexnet"
    OWT = "alexnet-owt"
    BN = "alexnet-bn"
    PAGES = "alexnet-pages"
    LENET5 = "lenet5"


class Initial(StrEnum):
    """How the weights begin."""

    OWN = "own"
    UNIFORM = "uniform"
    CAFFE = "caffe"
    HE = "he"


class Optimizer(StrEnum):
    """How steps are taken."""

    SGD = "sgd"
    ADAM = "adam"


def register(app: typer.Typer) -> None:
    """Add the command to `docreader train`."""
    app.command("classifier", help=HELP)(classifier)


def classifier(
    data_dir: Annotated[Path, typer.Argument(metavar="DATA_DIR", help="Folder for each class, or a csv.")],
    arch: Annotated[Arch, typer.Option("--arch", help="What to train.")] = Arch.ALEXNET,
    out: Annotated[Path, typer.Option("--out", help="Folder for all that is written.")] = Path(
        "runs/classifier"
    ),
    name: Annotated[str, typer.Option("--name", help="Name of the model and its files.")] = "classifier",
    model_version: shared.VersionOption = "1",
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights", help="Begin from a docreader classifier, or an .npz of the 2014 convolutions."
        ),
    ] = None,
    freeze: Annotated[
        bool | None,
        typer.Option(
            "--freeze/--fine-tune", help="Keep the convolutions as they are.", show_default="fine-tune"
        ),
    ] = None,
    epochs: Annotated[int, typer.Option("--epochs", help="Passes through the images.")] = 90,
    batch_size: Annotated[int, typer.Option("--batch-size", help="Images for each step.")] = 128,
    optimizer: Annotated[
        Optimizer, typer.Option("--optimizer", help="SGD with momentum, or Adam.")
    ] = Optimizer.SGD,
    lr: Annotated[float, typer.Option("--lr", help="First step; divided by 10 on a plateau.")] = 0.01,
    weight_decay: Annotated[float, typer.Option("--weight-decay", help="Weight decay.")] = 5e-4,
    cosine: Annotated[
        bool, typer.Option("--cosine", help="The step falls on a cosine, not on plateaus.")
    ] = False,
    size: Annotated[
        int | None,
        typer.Option("--size", help="Side of the views; longer side of pages.", show_default="the paper's"),
    ] = None,
    resize: Annotated[
        int | None,
        typer.Option(
            "--resize", help="Side of the squares that views are cut from.", show_default="size x 8/7"
        ),
    ] = None,
    stride: Annotated[int, typer.Option("--stride", help="Of AlexNet's conv1; 2 suits small images.")] = 4,
    initial: Annotated[
        Initial | None,
        typer.Option(
            "--initial",
            help="First weights of alexnet: own, the paper's, made for 1,000 classes; caffe, he, uniform.",
            show_default="he",
        ),
    ] = None,
    dropout: Annotated[float, typer.Option("--dropout", help="Before the full layers.")] = 0.5,
    smoothing: Annotated[float, typer.Option("--smoothing", help="Share of a target spread over all.")] = 0.0,
    zoom: Annotated[
        float,
        typer.Option("--zoom", help="Least share of an image's area in a view; 1: crops of one size."),
    ] = 1.0,
    mix: Annotated[
        float, typer.Option("--mix", help="Mix pairs of images (mixup, CutMix); 1 is usual, 0: none.")
    ] = 0.0,
    ema: Annotated[
        float, typer.Option("--ema", help="Decay of a running mean of the weights; 0: none.")
    ] = 0.0,
    color: Annotated[float, typer.Option("--color", help="Strength of the color noise.")] = 0.1,
    mirror: Annotated[bool, typer.Option("--mirror/--no-mirror", help="Swap left and right.")] = True,
    hidden: Annotated[int, typer.Option("--hidden", help="Units of the head of alexnet-pages; 0: none.")] = 0,
    held_out: Annotated[float, typer.Option("--held-out", help="Share kept back to choose the pass.")] = 0.1,
    choose_on_val: Annotated[
        bool, typer.Option("--choose-on-val", help="Let val choose the pass; its figure is then no test.")
    ] = False,
    bfloat16: Annotated[
        bool, typer.Option("--bfloat16", help="Mixed precision, where the machine has it.")
    ] = False,
    half: Annotated[bool, typer.Option("--half", help="Write the weights as float16.")] = False,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Threads that read images; each is read once.")
    ] = 1,
    checkpoint_every: Annotated[
        int, typer.Option("--checkpoint-every", min=1, help="Passes between checkpoints.")
    ] = 1,
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    with_report: shared.ReportOption = True,
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a classifier and write its weights, card and report."""
    from docreader.runtime.device import find_device
    from docreader.training.classifier.recipe import SIZES, ClassifierRecipe
    from docreader.training.recognizer.model_card import check_name

    check_name(name)
    side = SIZES[arch.value] if size is None else size
    recipe = ClassifierRecipe(
        arch=arch.value,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer.value,
        lr=lr,
        weight_decay=weight_decay,
        cosine=cosine,
        size=side,
        resize=side + round(side / 8) if resize is None else resize,
        stride=stride,
        initial=("he" if arch is Arch.ALEXNET else "own") if initial is None else initial.value,
        dropout=dropout,
        smoothing=smoothing,
        zoom=zoom,
        mix=mix,
        ema=ema,
        color=color,
        mirror=mirror,
        freeze=arch is Arch.PAGES if freeze is None else freeze,
        hidden=hidden,
        bfloat16=bfloat16,
        held_out=held_out,
        seed=seed,
    )
    options: dict[str, Any] = {
        "device": str(find_device(device)),
        "weights": weights,
        "choose_on_val": choose_on_val,
    }
    options |= {"workers": workers, "checkpoint_every": checkpoint_every, "resume": resume}
    names = (name, model_version)
    _run(data_dir, recipe, out, names, options, with_report=with_report, half=half, quiet=quiet)


def _run(
    source: Path,
    recipe: "ClassifierRecipe",
    out: Path,
    names: tuple[str, str],
    options: dict[str, Any],
    *,
    with_report: bool,
    half: bool,
    quiet: bool,
) -> None:
    from docreader.training.classifier.model_card import publish, sentences
    from docreader.training.classifier.run import train_classifier
    from docreader.training.report.networks import classifier_contents

    weights = options["weights"]
    name, version = names
    with _Display(recipe, quiet=quiet, scratch=weights is None) as display:
        outcome = train_classifier(
            source,
            recipe,
            out,
            **options,
            say=lambda message: say(f"docreader: {message}"),
            on_image=display.image,
            on_step=display.step,
            on_epoch=display.epoch,
        )
    published = publish(
        outcome,
        recipe,
        out,
        name,
        version=version,
        half=half,
        data_name=source.resolve().name,
        weights_name=None if weights is None else weights.name,
    )
    if with_report:
        report(lambda: classifier_contents(name, outcome, recipe), out)
    typer.echo(f"weights: {published.model} (sha256 {published.sha256})")
    typer.echo(f"card: {published.card}")
    typer.echo(f"best pass: {outcome.trained.epoch} of {recipe.epochs}")
    for sentence in sentences(outcome):
        typer.echo(sentence)


class _Display(TrainingBar):
    """The figures of a classifier, and a warning when it only guesses."""

    def __init__(self, recipe: "ClassifierRecipe", *, quiet: bool, scratch: bool) -> None:
        super().__init__(recipe.epochs, quiet=quiet)
        self.recipe, self.scratch = recipe, scratch
        self.history: list[dict[str, float]] = []
        self.warned = False

    def image(self, count: int) -> None:
        """Show how many images were read."""
        self.show(f"{count:,} images read")

    def step(self, epoch: int, step: int, steps: int, loss: float) -> None:
        """Show how far a pass is, and the mean of its loss."""
        self.show(f"pass {epoch}/{self.passes} loss {loss:.3f}", epoch - 1 + step / steps)

    def epoch(self, row: dict[str, float]) -> None:
        """Tell the figures of a finished pass."""
        line = f"pass {int(row['epoch'])}/{self.passes}: loss {row['train_loss']:.4f}"
        line += f", accuracy {100 - 100 * row['train_error']:.1f} %"
        if "held_out_error" in row:
            line += f"; held out: loss {row['held_out_loss']:.4f}, accuracy {100 - 100 * row['held_out_error']:.1f} %"
        self.passed(line + f"; step {row['lr']:.2g}", row["epoch"])
        self.history.append(row)
        if not self.warned and "classes" in row:
            self._warn(int(row["classes"]))

    def _warn(self, classes: int) -> None:
        import math

        from docreader.training.classifier.plateau_check import guessing, likely_causes

        if not guessing(self.history, classes):
            return
        self.warned = True
        recipe = self.recipe
        causes = likely_causes(
            recipe.optimizer,
            recipe.lr,
            recipe.batch_size,
            scratch=self.scratch,
            norm=recipe.arch == "alexnet-bn",
        )
        say(
            f"docreader: warning: the loss sits at {math.log(classes):.3f} = ln({classes}), that of guessing among "
            f"{classes} classes: nothing is learnt. Likely causes:"
        )
        for cause in causes:
            say(f"docreader:   * {cause}")
