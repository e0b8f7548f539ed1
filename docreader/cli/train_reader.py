"""`docreader train reader`: trains the whole reader on images labeled with their string."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli import options
from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, say
from docreader.errors import ConfigurationError
from docreader.runtime.engine import count_cores

if TYPE_CHECKING:
    from docreader.training.common.epoch_metrics import EpochMetrics
    from docreader.training.reader.recipe import ReaderRecipe
    from models.files import LoadedModel

READER = """Train a reader on your own images of amounts, labeled with nothing but their string.

LABELS.CSV has the columns [bold]file[/bold] and [bold]label[/bold]. A label of digits alone leaves
separators, dashes and fillers to the network; one that has them ("1.234,-") teaches them too.

A checkpoint and the curves are written to --out after each pass; in the end, the model and its card. A part
of the strings is held out to choose the best pass and to calibrate confidences.

\b
[bold]Examples[/bold]
Begin with the model that ships:
    docreader train reader labels.csv --init shipped --passes 30
By LeNet-5's own weights, swept over the line:
    docreader train reader labels.csv --recognizer lenet5 --init lenet5-mnist.safetensors
From nothing, half of each batch synthesized:
    docreader train reader labels.csv --synthetic 0.5 --digits mnist/
Go on after a stop (same options):
    docreader train reader labels.csv --synthetic 0.5 --digits mnist/ --resume
By pieces of ink, from LeNet-5 trained on digits:
    docreader train reader labels.csv --method hos --init recognizer.safetensors
On every GPU of the machine, or in several processes on its cores:
    torchrun --nproc-per-node 4 -m docreader train reader labels.csv
Read with it:
    docreader decode scan.png --model runs/reader/reader.safetensors

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or data that cannot be used
130  interrupted; --resume goes on from the last finished pass
"""


class TrainingMethod(StrEnum):
    """What is trained."""

    HOS = "hos"
    SDNN = "sdnn"


class RecognizerForm(StrEnum):
    """What scores candidate segments, or is swept over the line."""

    LENET = "lenet"
    LENET5 = "lenet5"


class ReaderCriterion(StrEnum):
    """What is made small (GBL98 sec. V and VI)."""

    VITERBI = "viterbi"
    DISCRIMINATIVE_VITERBI = "discriminative-viterbi"
    FORWARD = "forward"
    DISCRIMINATIVE_FORWARD = "discriminative-forward"


class Precision(StrEnum):
    """Of the convolutions while training."""

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"


def register(group: typer.Typer) -> None:
    """Add the command to the group of `docreader train`."""
    group.command("reader", help=READER)(reader)


def reader(
    labels: Annotated[Path, typer.Argument(metavar="LABELS.CSV", help="The labeled images.")],
    method: Annotated[
        TrainingMethod,
        typer.Option(
            "--method", help="sdnn: a network that sweeps over the line; hos: one that reads pieces of ink."
        ),
    ] = TrainingMethod.SDNN,
    recognizer: Annotated[
        RecognizerForm,
        typer.Option(
            "--recognizer",
            help="lenet5 is LeNet-5 to the letter, digits alone; lenet is wider and reads better.",
        ),
    ] = RecognizerForm.LENET,
    out: Annotated[Path, typer.Option("--out", help="Folder for checkpoint, curves, model and card.")] = Path(
        "runs/reader"
    ),
    name: Annotated[str, typer.Option("--name", help="Name of the model and its files.")] = "reader",
    model_version: shared.VersionOption = "1",
    criterion: Annotated[
        ReaderCriterion, typer.Option("--criterion", help="What is made small.")
    ] = ReaderCriterion.DISCRIMINATIVE_FORWARD,
    init: Annotated[
        str | None,
        typer.Option(
            "--init", metavar="MODEL", help="Begin with this model; 'shipped' is the one that ships."
        ),
    ] = None,
    passes: Annotated[int, typer.Option("--passes", help="Times that each string is seen.")] = 100,
    batch_size: Annotated[int, typer.Option("--batch-size", help="Strings for each step.")] = 32,
    lr: Annotated[
        float | None,
        typer.Option("--lr", help="Greatest step size.", show_default="0.003, with --init 0.001"),
    ] = None,
    synthetic: Annotated[
        float,
        typer.Option("--synthetic", metavar="SHARE", help="Share of synthesized strings in each batch."),
    ] = 0.0,
    digits: Annotated[
        Path | None,
        typer.Option("--digits", help="Folder with MNIST's IDX files, from which strings are synthesized."),
    ] = None,
    pool: Annotated[int, typer.Option("--pool", help="How many strings are synthesized.")] = 6000,
    jobs: options.JobsOption = 1,
    held_out: Annotated[
        float, typer.Option("--held-out", metavar="SHARE", help="Share of the strings that is not learned.")
    ] = 0.1,
    patience: Annotated[
        int, typer.Option("--patience", help="Stop after as many passes without improvement; 0 never stops.")
    ] = 0,
    leave_out_unreachable: Annotated[
        bool,
        typer.Option(
            "--leave-out-unreachable",
            help="Leave out labels that no path can say, and tell which; else an error.",
        ),
    ] = False,
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="A csv of corrected labels: file, label, reason.")
    ] = None,
    calibration_of: Annotated[
        str | None,
        typer.Option(
            "--calibration-of",
            metavar="MODEL",
            help="With --held-out 0: carry over the calibration of a model trained alike on fewer strings.",
        ),
    ] = None,
    precision: Annotated[
        Precision, typer.Option("--precision", help="bfloat16 is quicker where the processor has it.")
    ] = Precision.FLOAT32,
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a reader and write its model, card and curves."""
    from docreader.runtime.device import find_device
    from docreader.training.common.model_card import check_name
    from docreader.training.reader.pretrained import line_form, model_named, network_form
    from docreader.training.reader.recipe import ReaderRecipe, usual_distortion

    check_name(name)
    where = str(find_device(device))
    if synthetic and digits is None:
        raise ConfigurationError("--synthetic needs --digits, a folder with the IDX files of MNIST")
    if calibration_of is not None and held_out:
        raise ConfigurationError(
            "--calibration-of is for --held-out 0: held-out strings calibrate by themselves"
        )
    way = method.value
    begin = None if init is None else model_named(init, way, ("reader", "recognizer"))
    borrowed = None if calibration_of is None else model_named(calibration_of, way, ("reader",))
    network = network_form(way, recognizer.value, begin)
    recipe = ReaderRecipe(
        passes=passes,
        batch_size=batch_size,
        lr=(0.003 if begin is None else 0.001) if lr is None else lr,
        criterion=criterion.value,
        synthetic=synthetic,
        pool=pool,
        held_out=held_out,
        patience=patience,
        seed=seed,
        precision=precision.value,
        augmentation=usual_distortion(network),
        network=network,
        line=line_form(begin),
    )
    _train(
        labels, digits, corrections, recipe, out, name, model_version, where, begin=begin, borrowed=borrowed,
        jobs=jobs or count_cores(), leave_out=leave_out_unreachable, resume=resume, quiet=quiet,
    )  # fmt: skip


def _train(
    labels: Path,
    digits: Path | None,
    corrections: Path | None,
    recipe: "ReaderRecipe",
    out: Path,
    name: str,
    version: str,
    device: str,
    *,
    begin: "LoadedModel | None",
    borrowed: "LoadedModel | None",
    jobs: int,
    leave_out: bool,
    resume: bool,
    quiet: bool,
) -> None:
    from docreader.errors import MissingExtraError
    from docreader.training.common.distributed import joined
    from docreader.training.common.history import draw_curves
    from docreader.training.reader.calibration import calibrate
    from docreader.training.reader.dataset import load_strings, split
    from docreader.training.reader.model_card import figure_sentences, publish
    from docreader.training.reader.synthetic import synthesize
    from docreader.training.reader.tasks.base import maker, way
    from docreader.training.reader.trainer import train_reader

    left_out: list[str] = []
    with (
        joined(device) as (processes, own),
        _Display(recipe.passes, quiet=quiet or not processes.first) as display,
    ):
        lines = load_strings(
            labels,
            maker(recipe),
            corrections=corrections,
            characters=recipe.network.labels,
            on_item=display.prepare("reading images"),
            left_out=left_out if leave_out else None,
        )
        for sentence in left_out if processes.first else []:
            say(f"docreader: left out: {sentence}")
        learned, held = split(lines, recipe.held_out, recipe.seed)
        made = display.prepare("synthesizing")
        pool = synthesize(digits, recipe, made, jobs=jobs) if recipe.synthesized and digits else []
        trained = train_reader(
            learned,
            held,
            pool,
            recipe,
            out,
            init=None if begin is None else begin.module,
            device=own,
            processes=processes,
            resume=resume,
            on_step=display.step,
            on_epoch=display.finish,
        )
    if not processes.first:
        return
    calibration = calibrate(way(recipe).graphs(trained.network, held), held) if held else None
    if borrowed is not None:
        calibration = borrowed.metadata.calibration
    published = publish(
        trained,
        recipe,
        out,
        name,
        version=version,
        counts={"learned": len(learned), "held_out": len(held), "synthesized": len(pool)}
        | ({"left_out": len(left_out)} if left_out else {}),
        calibration=calibration,
        init=None if begin is None else f"{begin.name} (sha256 {begin.sha256})",
    )
    try:
        draw_curves(out / "curves.png", trained.history, name)
    except MissingExtraError as error:
        say(f"docreader: {error}")
    typer.echo(f"model: {published.model} (sha256 {published.sha256})")
    typer.echo(f"card: {published.card}")
    typer.echo(f"chosen pass: {trained.epoch} of {len(trained.history)}")
    for sentence in figure_sentences(trained.history[trained.epoch - 1], calibration, len(held)):
        typer.echo(sentence)


class _Display(TrainingBar):
    """The figures of a reader."""

    def prepare(self, what: str) -> Callable[[int, int], None]:
        """Show how many strings are ready."""
        return lambda number, count: self.show(f"{what} {number}/{count}")

    def step(self, number: int, step: int, steps: int, metrics: "EpochMetrics") -> None:
        """Show how far a pass is, and the means of its loss and exact-match."""
        text = f"pass {number}/{self.passes} loss {metrics.mean_loss:.3f} exact {100 * (1 - metrics.error):.1f} %"
        self.show(text, number - 1 + step / steps)

    def finish(self, row: dict[str, float]) -> None:
        """Tell the figures of a finished pass."""
        line = f"pass {int(row['epoch'])}/{self.passes}: loss {row['train_loss']:.4f}"
        line += f", exact {100 * (1 - row['train_error']):.2f} %"
        if "held_out_error" in row:
            line += f"; held out: loss {row['held_out_loss']:.4f}"
            line += (
                f", exact {100 * (1 - row['held_out_error']):.2f} %, CER {100 * row['held_out_cer']:.2f} %"
            )
        self.passed(line, row["epoch"])
