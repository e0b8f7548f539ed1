"""`docreader train classifier`: AlexNet and LeNet-5 as classifiers of whole images."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, print_outcome, report, write_message

if TYPE_CHECKING:
    from docreader.training.classifier.recipe import ClassifierRecipe

HELP = """Train a classifier of whole images.

DATA_DIR is a folder with a folder of images for each class, or a CSV file with the columns file and label. If it has
[bold]train[/bold] and [bold]val[/bold] (or train.csv and val.csv), val is measured once, at the end.

After each epoch, a checkpoint and the learning curves are written to --out; at the end, the model, its card and a
report.

\b
[bold]Architectures[/bold]
alexnet        AlexNet of 2012: two groups, local response normalization
alexnet-owt    AlexNet of 2014: a single column
alexnet-bn     AlexNet with batch normalization, best for few images
alexnet-pages  frozen 2014 convolutions (--pretrained) and a head for pages of any shape
lenet5         LeNet-5 with average pooling and softmax, 32x32 gray

\b
[bold]Examples[/bold]
From scratch:   docreader train classifier photos/ --arch alexnet-bn --epochs 30
On whole pages: docreader train classifier pages/ --arch alexnet-pages --pretrained alexnet-owt.npz
Resume:         the same command with --resume
Use the model:  docreader classify scan.png --model runs/classifier/classifier.safetensors

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or invalid data
130  interrupted; --resume continues from the last finished epoch
"""

Arch = Literal["alexnet", "alexnet-owt", "alexnet-bn", "alexnet-pages", "lenet5"]
"""Architectures."""

WeightInit = Literal["own", "uniform", "caffe", "he"]
"""Weight initializations."""

Optimizer = Literal["sgd", "adam"]
"""Optimizers."""


def register(app: typer.Typer) -> None:
    """Add the command to `docreader train`."""
    app.command("classifier", help=HELP)(classifier)


def classifier(
    data_dir: Annotated[
        Path, typer.Argument(metavar="DATA_DIR", help="Folder with a folder for each class, or a CSV file.")
    ],
    arch: Annotated[Arch, typer.Option(help="Architecture.")] = "alexnet",
    out: Annotated[Path, typer.Option(help="Folder of checkpoint, curves, model and card.")] = Path(
        "runs/classifier"
    ),
    name: Annotated[str, typer.Option(help="Name of the model and its files.")] = "classifier",
    model_version: shared.VersionOption = "1",
    pretrained: Annotated[
        Path | None,
        typer.Option(help="Pretrained weights: a classifier, or an .npz file of the 2014 convolutions."),
    ] = None,
    freeze: Annotated[
        bool | None,
        typer.Option("--freeze/--fine-tune", help="Freeze the convolutions.", show_default="fine-tune"),
    ] = None,
    epochs: Annotated[int, typer.Option(help="Number of epochs.")] = 90,
    batch_size: Annotated[int, typer.Option(help="Images of a step.")] = 128,
    optimizer: Annotated[Optimizer, typer.Option(help="SGD with momentum, or Adam.")] = "sgd",
    lr: Annotated[float, typer.Option(help="Initial learning rate; divided by 10 on a plateau.")] = 0.01,
    weight_decay: Annotated[float, typer.Option(help="Weight decay.")] = 5e-4,
    cosine: Annotated[
        bool, typer.Option("--cosine", help="Cosine schedule instead of steps on plateaus.")
    ] = False,
    size: Annotated[
        int | None,
        typer.Option(
            help="Side of the crops, longer side of pages, in pixels.",
            show_default="that of the architecture",
        ),
    ] = None,
    resize: Annotated[
        int | None, typer.Option(help="Side of the squares that are cropped.", show_default="size x 8/7")
    ] = None,
    stride: Annotated[int, typer.Option(help="Stride of AlexNet's conv1; 2 suits small images.")] = 4,
    weight_init: Annotated[
        WeightInit | None,
        typer.Option(
            help="Initial weights of alexnet: own (the paper's, for 1,000 classes), caffe, he, uniform.",
            show_default="he",
        ),
    ] = None,
    dropout: Annotated[float, typer.Option(help="Dropout rate before the fully connected layers.")] = 0.5,
    label_smoothing: Annotated[float, typer.Option(help="Label smoothing.")] = 0.0,
    min_crop_area: Annotated[
        float,
        typer.Option(help="Least fraction of an image's area in a random resized crop; 1: crops of --size."),
    ] = 1.0,
    mixup: Annotated[float, typer.Option(help="Strength of mixup and CutMix; 1 is usual, 0: none.")] = 0.0,
    ema: Annotated[float, typer.Option(help="Decay of the EMA of the weights; 0: none.")] = 0.0,
    color: Annotated[float, typer.Option(help="Strength of the color noise.")] = 0.1,
    mirror: Annotated[bool, typer.Option("--mirror/--no-mirror", help="Mirror images horizontally.")] = True,
    hidden: Annotated[int, typer.Option(help="Hidden units of the head of alexnet-pages; 0: none.")] = 0,
    val_fraction: Annotated[
        float, typer.Option(help="Fraction of the images held out to select the epoch.")
    ] = 0.1,
    select_on_val: Annotated[
        bool,
        typer.Option("--select-on-val", help="Select the epoch on val, which is then no independent test."),
    ] = False,
    bfloat16: Annotated[bool, typer.Option("--bfloat16", help="Mixed precision.")] = False,
    half: Annotated[bool, typer.Option("--half", help="Write the weights as float16.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Number of threads that load images.")] = 1,
    checkpoint_every: Annotated[int, typer.Option(min=1, help="Epochs between checkpoints.")] = 1,
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    with_report: shared.ReportOption = True,
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a classifier and write its model, card and report."""
    from docreader.runtime.device import find_device
    from docreader.training.classifier.model_card import metric_sentences, publish
    from docreader.training.classifier.recipe import SIZES, ClassifierRecipe
    from docreader.training.classifier.report import report_contents
    from docreader.training.classifier.run import train_classifier
    from docreader.training.common.model_card import check_name

    check_name(name)
    side = SIZES[arch] if size is None else size
    recipe = ClassifierRecipe(
        arch=arch,
        epochs=epochs,
        batch_size=batch_size,
        optimizer=optimizer,
        lr=lr,
        weight_decay=weight_decay,
        cosine=cosine,
        size=side,
        resize=side + round(side / 8) if resize is None else resize,
        stride=stride,
        weight_init=("he" if arch == "alexnet" else "own") if weight_init is None else weight_init,
        dropout=dropout,
        label_smoothing=label_smoothing,
        min_crop_area=min_crop_area,
        mixup=mixup,
        ema=ema,
        color=color,
        mirror=mirror,
        freeze=arch == "alexnet-pages" if freeze is None else freeze,
        hidden=hidden,
        bfloat16=bfloat16,
        val_fraction=val_fraction,
        seed=seed,
    )
    with _Display(recipe, quiet=quiet, scratch=pretrained is None) as display:
        outcome = train_classifier(
            data_dir,
            recipe,
            out,
            device=str(find_device(device)),
            pretrained=pretrained,
            select_on_val=select_on_val,
            workers=workers,
            checkpoint_every=checkpoint_every,
            resume=resume,
            on_warning=lambda message: write_message(f"docreader: {message}"),
            on_image=display.image,
            on_step=display.step,
            on_epoch=display.finish,
        )
    published = publish(
        outcome,
        recipe,
        out,
        name,
        version=model_version,
        half=half,
        data_name=data_dir.resolve().name,
        pretrained=None if pretrained is None else pretrained.name,
    )
    if with_report:
        report(lambda: report_contents(name, outcome, recipe), out)
    print_outcome(published, outcome.trained, metric_sentences(outcome))


class _Display(TrainingBar):
    """Progress of a classifier's training, with a warning at chance level."""

    def __init__(self, recipe: "ClassifierRecipe", *, quiet: bool, scratch: bool) -> None:
        super().__init__(recipe.epochs, quiet=quiet)
        self.recipe, self.scratch = recipe, scratch
        self.history: list[dict[str, float]] = []
        self.warned = False

    def image(self, count: int) -> None:
        """Show the number of loaded images."""
        self.show(f"{count:,} images loaded")

    def finish(self, row: dict[str, float]) -> None:
        """Print the figures of a finished epoch, and a warning at chance level."""
        super().finish(row)
        self.history.append(row)
        if not self.warned:
            from docreader.training.classifier.plateau_check import plateau_warning

            lines = plateau_warning(self.history, self.recipe, scratch=self.scratch)
            self.warned = bool(lines)
            for text in lines:
                write_message(f"docreader: {text}")
