"""`docreader train`: train the networks on your own data."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from docreader.cli import train_classifier, train_ensemble, train_locator, train_reader
from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, print_outcome, report, write_message
from docreader.errors import ConfigurationError

HELP = "Train the networks on your own data."

RECOGNIZER = """Train a recognizer of isolated characters, LeNet-5 or a variant, on digits in the format of MNIST.

DATA_DIR contains the four IDX files of MNIST, gzipped or not: [bold]train-images-idx3-ubyte[/bold],
[bold]train-labels-idx1-ubyte[/bold], and the same with [bold]t10k[/bold] for the test, which may be missing.

After each epoch, a checkpoint and the learning curves are written to --out; at the end, the model, its card and a
report. A fraction of the training digits is held out to select the best epoch. The test digits are measured once, at
the end.

\b
[bold]Architectures[/bold]
lenet5         LeNet-5 of the paper; with --optimizer sdlm its optimizer, too
lenet5-review  all maps connected, average pooling, softmax
lenet1         LeNet-1 of 1990, 2,578 parameters
lenet          wider LeNet-5 with batch norm, dropout and ReLU; --maps, --dropout

\b
[bold]Examples[/bold]
For checks:          docreader train recognizer mnist/
Resume:              docreader train recognizer mnist/ --resume
As in the paper:     docreader train recognizer mnist/ --no-distort --negatives-per-digit 0
Paper's distortions: docreader train recognizer mnist/ --distortion affine
For MNIST itself:    docreader train recognizer mnist/ --arch lenet --distortion digits --ema 0.999
Use the model:       docreader decode scan.png --model runs/recognizer/lenet5.safetensors

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or invalid data
130  interrupted; --resume continues from the last finished epoch
"""

app = typer.Typer(name="train", help=HELP, no_args_is_help=True, rich_markup_mode="rich")


Criterion = Literal["map", "ml"]
"""Training criteria."""

Arch = Literal["lenet5", "lenet5-review", "lenet1", "lenet"]
"""Architectures."""

Optimizer = Literal["adam", "sdlm"]
"""Optimizers."""

Distortions = Literal["checks", "affine", "digits"]
"""Presets of distortions."""


def register(parent: typer.Typer) -> None:
    """Add the commands to the application."""
    train_reader.register(app)
    train_ensemble.register(app)
    train_classifier.register(app)
    train_locator.register(app)
    parent.add_typer(app)


@app.callback()
def _group() -> None:
    """Train the networks on your own data."""


@app.command("recognizer", help=RECOGNIZER)
def recognizer(
    data_dir: Annotated[Path, typer.Argument(metavar="DATA_DIR", help="Folder with the IDX files.")],
    out: Annotated[Path, typer.Option(help="Folder of checkpoint, curves, model and card.")] = Path(
        "runs/recognizer"
    ),
    name: Annotated[
        str | None, typer.Option(help="Name of the model and its files.", show_default="the arch")
    ] = None,
    arch: Annotated[Arch, typer.Option(help="Architecture.")] = "lenet5",
    model_version: shared.VersionOption = "1",
    epochs: Annotated[int, typer.Option(help="Number of epochs.")] = 24,
    batch_size: Annotated[
        int | None, typer.Option(help="Images of a step.", show_default="128, sdlm 1")
    ] = None,
    optimizer: Annotated[
        Optimizer, typer.Option(help="AdamW, or the paper's Levenberg-Marquardt method.")
    ] = "adam",
    lr: Annotated[
        float | None, typer.Option(help="Peak learning rate.", show_default="0.005, sdlm 0.0005")
    ] = None,
    weight_decay: Annotated[float, typer.Option(help="Decoupled weight decay.")] = 0.0,
    ema: Annotated[float, typer.Option(help="Decay of the EMA of the weights; 0: none.")] = 0.0,
    maps: Annotated[str, typer.Option(help="Maps of C1, C3, C5 and units of F6 of lenet.")] = "24,64,192,128",
    dropout: Annotated[float, typer.Option(help="Dropout rate of lenet.")] = 0.2,
    criterion: Annotated[
        Criterion, typer.Option(help="Training criterion: map (GBL98 eq. 9) or ml (eq. 8).")
    ] = "map",
    negatives_per_digit: Annotated[
        float | None,
        typer.Option(
            help="Synthetic negatives for each digit, targets of the rubbish class.",
            show_default="1; 0 with ml, lenet5-review, lenet1 and --distortion affine or digits",
        ),
    ] = None,
    scale: Annotated[
        float, typer.Option(help="Nats for a unit of LeNet-5's penalty; 1 in the paper.")
    ] = 0.03,
    distort: Annotated[
        bool, typer.Option("--distort/--no-distort", help="Distort the digits anew in each epoch.")
    ] = True,
    distortion: Annotated[
        Distortions,
        typer.Option(help="Preset: checks, affine (the paper's), or digits (for MNIST, with elastic warps)."),
    ] = "checks",
    clean_fraction: Annotated[float, typer.Option(help="Fraction of undistorted digits.")] = 0.2,
    labels: Annotated[str, typer.Option(help="Characters of the class numbers 0, 1, ...")] = "0123456789",
    val_fraction: Annotated[
        float, typer.Option(help="Fraction of the digits held out to select the epoch.")
    ] = 0.05,
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    with_report: shared.ReportOption = True,
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a recognizer and write its model, card and report."""
    from docreader.io.idx import IdxNotFoundError, read_digits
    from docreader.runtime.device import find_device
    from docreader.training.common.model_card import check_name
    from docreader.training.recognizer.dataset import clean_examples
    from docreader.training.recognizer.distortions import DISTORTIONS
    from docreader.training.recognizer.model_card import metric_sentences, publish
    from docreader.training.recognizer.recipe import Recipe
    from docreader.training.recognizer.report import report_contents
    from docreader.training.recognizer.trainer import fingerprint, test_metrics, train_recognizer

    name = check_name(arch if name is None else name)
    without_negatives = (
        criterion == "ml" or arch in ("lenet5-review", "lenet1") or (distort and distortion != "checks")
    )
    recipe = Recipe(
        arch=arch,
        maps=_numbers(maps),  # type: ignore[arg-type]
        dropout=dropout,
        epochs=epochs,
        batch_size=(1 if optimizer == "sdlm" else 128) if batch_size is None else batch_size,
        optimizer=optimizer,
        lr=(0.0005 if optimizer == "sdlm" else 0.005) if lr is None else lr,
        ema=ema,
        weight_decay=weight_decay,
        criterion=criterion,
        negatives_per_digit=float(not without_negatives)
        if negatives_per_digit is None
        else negatives_per_digit,
        scale=scale,
        distort=distort,
        clean_fraction=clean_fraction,
        distortion=DISTORTIONS[distortion],
        labels=tuple(labels),
        val_fraction=val_fraction,
        seed=seed,
    )
    compute_device = find_device(device)
    digits = read_digits(data_dir, "train")
    try:
        test = read_digits(data_dir, "test")
    except IdxNotFoundError as error:
        test = None
        write_message(f"docreader: no test digits ({error}): the card will have no test error")
    with TrainingBar(recipe.epochs, quiet=quiet) as display:
        trained = train_recognizer(
            digits,
            recipe,
            out,
            device=str(compute_device),
            resume=resume,
            on_step=display.step,
            on_epoch=display.finish,
        )
    metrics = {} if test is None else test_metrics(trained.network, test, recipe, compute_device)
    published = publish(
        trained,
        recipe,
        metrics,
        out,
        name,
        version=model_version,
        count=len(digits),
        test_data=None if test is None else fingerprint(test),
    )
    if with_report:
        shown = None if test is None else clean_examples(test)
        report(lambda: report_contents(name, trained, recipe, metrics, shown, compute_device), out)
    print_outcome(published, trained, metric_sentences(metrics))


def _numbers(text: str) -> tuple[int, ...]:
    """Parse integers separated by commas.

    Raises:
        ConfigurationError: The text has another form.
    """
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise ConfigurationError(f"maps must be four numbers as in 24,64,192,128, not {text!r}") from error
