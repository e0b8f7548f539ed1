"""`docreader train reader`: train a reader on images labeled with their string."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from docreader.cli import options
from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, write_message
from docreader.errors import ConfigurationError, MissingExtraError
from docreader.runtime.engine import count_cores

READER = """Train a reader on your own images of amounts, labeled with their string.

LABELS.CSV has the columns [bold]file[/bold] and [bold]label[/bold]. With labels of digits alone, the network learns
separators, dashes and fillers by itself; labels with them ("1.234,-") teach them, too.

A checkpoint and the learning curves are written to --out after each epoch, the model and its card at the end. A part
of the strings is held out to select the best epoch and to calibrate confidences.

\b
[bold]Examples[/bold]
Fine-tune the shipped model:
    docreader train reader labels.csv --pretrained shipped --epochs 30
LeNet-5 as a space displacement neural network, from its own weights:
    docreader train reader labels.csv --backbone lenet5 --pretrained lenet5-mnist.safetensors
From random weights, half of each batch synthesized:
    docreader train reader labels.csv --synthetic 0.5 --digits mnist/
With images to refuse, drawn and your own:
    docreader train reader labels.csv --pretrained shipped --negative 0.3 --negatives refused.csv --digits mnist/
Resume an interrupted run (same options):
    docreader train reader labels.csv --synthetic 0.5 --digits mnist/ --resume
Heuristic over-segmentation, from a LeNet-5 trained on digits:
    docreader train reader labels.csv --method hos --pretrained recognizer.safetensors
On every GPU of the machine, or in several processes on its cores:
    torchrun --nproc-per-node 4 -m docreader train reader labels.csv
Read with the model:
    docreader decode scan.png --model runs/reader/reader.safetensors

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or invalid data
130  interrupted; --resume continues from the last finished epoch
"""

TrainingMethod = Literal["hos", "sdnn"]
"""Methods of reading."""

Backbone = Literal["wide", "lenet5"]
"""Networks that score line images or candidate segments."""

ReaderCriterion = Literal["viterbi", "discriminative-viterbi", "forward", "discriminative-forward"]
"""Training losses (GBL98 sec. V and VI)."""

Precision = Literal["float32", "bfloat16"]
"""Precisions of the convolutions in training."""


def register(group: typer.Typer) -> None:
    """Add the command to the group of `docreader train`."""
    group.command("reader", help=READER)(reader)


def reader(
    labels: Annotated[Path, typer.Argument(metavar="LABELS.CSV", help="Labeled images.")],
    method: Annotated[
        TrainingMethod,
        typer.Option(help="sdnn: space displacement neural network; hos: heuristic over-segmentation."),
    ] = "sdnn",
    backbone: Annotated[
        Backbone, typer.Option(help="lenet5: LeNet-5 of the paper, digits only; wide: more accurate.")
    ] = "wide",
    out: Annotated[Path, typer.Option(help="Folder for checkpoint, curves, model and card.")] = Path(
        "runs/reader"
    ),
    name: Annotated[str, typer.Option(help="Name of the model and its files.")] = "reader",
    model_version: shared.VersionOption = "1",
    criterion: Annotated[ReaderCriterion, typer.Option(help="Training loss.")] = "discriminative-forward",
    pretrained: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Model with the initial weights; 'shipped': the shipped one."),
    ] = None,
    epochs: Annotated[int, typer.Option(help="Passes through the labeled strings.")] = 100,
    batch_size: Annotated[int, typer.Option(help="Strings per step.")] = 32,
    lr: Annotated[
        float | None, typer.Option(help="Peak learning rate.", show_default="0.003, with --pretrained 0.001")
    ] = None,
    synthetic: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of synthesized strings in each batch.")
    ] = 0.0,
    negative: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of images without a clean amount in each batch.")
    ] = 0.0,
    negatives: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="With --negative: images without a clean amount, column file."),
    ] = None,
    digits: Annotated[
        Path | None,
        typer.Option(help="Folder with the IDX files of MNIST, for synthesized strings and negatives."),
    ] = None,
    fonts: Annotated[
        Path | None,
        typer.Option(help="Folder of fonts by kind: half of what is synthesized are fields of the world."),
    ] = None,
    pool: Annotated[int, typer.Option(help="Number of synthesized strings, and of negatives.")] = 6000,
    max_loss: Annotated[
        float,
        typer.Option(
            metavar="NATS",
            help="Leave out synthesized strings on which the pretrained reader has a larger loss: cleaning lost the "
            "amount. 0 keeps all.",
        ),
    ] = 0.0,
    jobs: options.JobsOption = 1,
    val_fraction: Annotated[
        float, typer.Option(metavar="SHARE", help="Share of the strings held out.")
    ] = 0.1,
    patience: Annotated[
        int, typer.Option(help="Epochs without improvement that end the run; 0: no early stopping.")
    ] = 0,
    skip_unreachable: Annotated[
        bool,
        typer.Option(
            "--skip-unreachable",
            help="Skip labels that no path accepts, and list them; otherwise they are an error.",
        ),
    ] = False,
    corrections: Annotated[
        Path | None, typer.Option(help="CSV of corrected labels: file, label, reason.")
    ] = None,
    copy_calibration_from: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="With --val-fraction 0: model, trained alike on fewer strings, with the calibration to copy.",
        ),
    ] = None,
    precision: Annotated[
        Precision, typer.Option(help="bfloat16: faster on processors that support it.")
    ] = "float32",
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a reader and write its model, card and learning curves."""
    from docreader.runtime.device import find_device
    from docreader.synthesis.fonts import FontBank
    from docreader.training.common.distributed import init_distributed
    from docreader.training.common.history import draw_curves
    from docreader.training.common.model_card import check_name
    from docreader.training.reader.calibration import calibrate
    from docreader.training.reader.dataset import load_examples, load_negatives, split
    from docreader.training.reader.model_card import publish, result_sentences
    from docreader.training.reader.pretrained import line_config, network_config, resolve_model
    from docreader.training.reader.recipe import ReaderRecipe, default_augmentation
    from docreader.training.reader.synthetic import synthesize, synthesize_negatives
    from docreader.training.reader.tasks.factory import make_task
    from docreader.training.reader.trainer import train_reader

    check_name(name)
    found_device = str(find_device(device))
    if synthetic and digits is None:
        raise ConfigurationError("--synthetic needs --digits, a folder with the IDX files of MNIST")
    if fonts is not None and digits is None:
        raise ConfigurationError("--fonts needs --digits, a folder with the IDX files of MNIST")
    if negative and digits is None and negatives is None:
        raise ConfigurationError("--negative needs --negatives, a list of images, or --digits to draw them")
    if max_loss and pretrained is None:
        raise ConfigurationError(
            "--max-loss needs --pretrained, a reader that judges the synthesized strings"
        )
    if copy_calibration_from is not None and val_fraction:
        raise ConfigurationError(
            "--copy-calibration-from is for --val-fraction 0: held-out strings calibrate the model"
        )
    initial = None if pretrained is None else resolve_model(pretrained, method, ("reader", "recognizer"))
    calibrated = (
        None if copy_calibration_from is None else resolve_model(copy_calibration_from, method, ("reader",))
    )
    network = network_config(method, backbone, initial, negatives=negative > 0)
    recipe = ReaderRecipe(
        epochs=epochs,
        batch_size=batch_size,
        lr=(0.003 if initial is None else 0.001) if lr is None else lr,
        criterion=criterion,
        synthetic=synthetic,
        negative=negative,
        pool=pool,
        max_loss=max_loss,
        fonts="" if fonts is None else FontBank.from_directory(fonts).digest,
        val_fraction=val_fraction,
        patience=patience,
        seed=seed,
        precision=precision,
        augmentation=default_augmentation(network),
        network=network,
        line=line_config(initial),
    )
    task = make_task(recipe)
    skipped: list[str] = []
    with (
        init_distributed(found_device) as (processes, own_device),
        TrainingBar(recipe.epochs, quiet=quiet or not processes.is_main) as bar,
    ):
        examples = load_examples(
            labels,
            task.example_factory(),
            corrections=corrections,
            characters=recipe.network.labels,
            on_item=bar.counter("reading images"),
            skipped=skipped if skip_unreachable else None,
        )
        for sentence in skipped if processes.is_main else []:
            write_message(f"docreader: skipped: {sentence}")
        train, val = split(examples, recipe.val_fraction, recipe.seed)
        synthesized = []
        if recipe.synthesized and digits:
            counter = bar.counter("synthesizing")
            synthesized = synthesize(digits, recipe, counter, jobs=jobs or count_cores(), fonts=fonts)
        spoiled = []
        if recipe.negatives and negatives:
            make = task.example_factory(synthesized=True)
            spoiled += load_negatives(negatives, make, on_item=bar.counter("reading negatives"))
        if recipe.negatives and digits:
            counter = bar.counter("synthesizing negatives")
            spoiled += synthesize_negatives(digits, recipe, counter, jobs=jobs or count_cores(), fonts=fonts)
        trained = train_reader(
            train,
            val,
            synthesized,
            recipe,
            out,
            negatives=spoiled,
            pretrained=None if initial is None else initial.module,
            device=own_device,
            processes=processes,
            resume=resume,
            on_step=bar.step,
            on_epoch=bar.finish,
        )
    if not processes.is_main:
        return
    calibration = calibrate(task.calibration_graphs(trained.network, val), val) if val else None
    if calibrated is not None:
        calibration = calibrated.metadata.calibration
    published = publish(
        trained,
        recipe,
        out,
        name,
        version=model_version,
        counts={"train": len(train), "val": len(val), "synthesized": len(synthesized)}
        | ({"skipped": len(skipped)} if skipped else {}),
        calibration=calibration,
        pretrained=None if initial is None else f"{initial.name} (sha256 {initial.sha256})",
    )
    try:
        draw_curves(out / "curves.png", trained.history, name)
    except MissingExtraError as error:
        write_message(f"docreader: {error}")
    typer.echo(f"model: {published.model} (sha256 {published.sha256})")
    typer.echo(f"card: {published.card}")
    typer.echo(f"selected epoch: {trained.epoch} of {len(trained.history)}")
    for sentence in result_sentences(trained.history[trained.epoch - 1], calibration, len(val)):
        typer.echo(sentence)
