"""`docreader train locator`: train the field locator."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from docreader.cli import training_options as shared
from docreader.cli.training_bar import TrainingBar, print_outcome
from docreader.errors import ConfigurationError

if TYPE_CHECKING:
    from docreader.training.locator.pages import LocatorPage
    from docreader.training.locator.reading import CandidateReader

HELP = """Train the field locator: where the amount is on a page, whether it is a check, and which side is up.

Pages come from --drawn (drawn checks, with the digits of --digits), from LABELS.csv (images of upright checks), and
from --negatives (a folder of pages that are no checks). In LABELS.csv the columns x, y, w, h are the box of the amount.

With --reader no boxes are needed: candidates of the page, by rules at first and then those of the map that is trained,
are read by the model, and what it reads is compared with the column [bold]amount[/bold]. The loss is the forward score
of all candidates.

\b
[bold]Examples[/bold]
Drawn checks:    docreader train locator --drawn 6000 --digits mnist/ --fonts fonts/
And own ones:    docreader train locator scans/labels.csv --drawn 6000 --digits mnist/ --negatives letters/
Amounts alone:   docreader train locator scans/labels.csv --reader models/weights/reader-sdnn.safetensors
Resume:          docreader train locator --drawn 6000 --digits mnist/ --resume

\b
[bold]Exit status[/bold]
0  trained
2  wrong usage, or invalid data
130  interrupted; --resume continues from the last finished epoch
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("locator", help=HELP)(locator)


def locator(
    labels: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[LABELS.csv]...", help="Lists of checks.", show_default=False),
    ] = None,
    drawn: Annotated[int, typer.Option(min=0, help="Number of drawn pages.")] = 0,
    digits: Annotated[
        Path | None, typer.Option(help="Folder with the IDX files of the digits of drawn pages.")
    ] = None,
    fonts: Annotated[
        Path | None, typer.Option(help="Folder of fonts for drawn pages.", show_default="the built-in one")
    ] = None,
    negatives: Annotated[Path | None, typer.Option(help="Folder of images that are no checks.")] = None,
    repeat: Annotated[
        int, typer.Option(min=1, help="Times that each page of LABELS.csv is shown in an epoch.")
    ] = 1,
    reader: Annotated[
        Path | None, typer.Option(help="Model that reads candidates; boxes are not looked at then.")
    ] = None,
    pretrained: Annotated[
        Path | None,
        typer.Option(help="Locator to continue from; default: random weights.", show_default=False),
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="File (.npz) of the drawn pages: written, or read if it is there.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder of checkpoint, curves, model and card.")] = Path(
        "runs/locator"
    ),
    name: Annotated[str, typer.Option(help="Name of the model and its files.")] = "locator",
    model_version: shared.VersionOption = "1",
    epochs: Annotated[int, typer.Option(help="Number of epochs.")] = 12,
    batch_size: Annotated[int, typer.Option(help="Pages of a step.")] = 16,
    lr: Annotated[float, typer.Option(help="Peak learning rate.")] = 0.004,
    ema: Annotated[float, typer.Option(help="Decay of the EMA of the weights; 0: none.")] = 0.997,
    refresh: Annotated[
        int, typer.Option(help="Epochs between refreshes of the candidates that --reader reads.")
    ] = 3,
    val_fraction: Annotated[
        float, typer.Option(help="Fraction of the pages held out to select the epoch.")
    ] = 0.05,
    seed: shared.SeedOption = 1,
    device: shared.DeviceOption = "auto",
    resume: shared.ResumeOption = False,
    quiet: shared.QuietOption = False,
) -> None:
    """Train a locator and write its model and card."""
    from docreader.recognition.locator import Locator
    from docreader.runtime.device import find_device
    from docreader.training.common.model_card import check_name
    from docreader.training.locator.dataset import read_amounts, read_boxes, read_negatives
    from docreader.training.locator.model_card import metric_sentences, publish
    from docreader.training.locator.reading import MapRefresh
    from docreader.training.locator.recipe import LocatorRecipe
    from docreader.training.locator.trainer import train_locator

    check_name(name)
    recipe = LocatorRecipe(
        epochs=epochs,
        batch_size=batch_size,
        lr=lr,
        ema=ema,
        refresh=refresh,
        val_fraction=val_fraction,
        seed=seed,
    )
    compute_device = find_device(device)
    renew, reader_name = None, None
    start = None if pretrained is None else Locator.load(pretrained)
    with TrainingBar(recipe.epochs, quiet=quiet) as display:
        pages, data = _drawn_pages(drawn, digits, fonts, cache, seed, display) if drawn else ([], [])
        for path in labels or []:
            if reader is None:
                found = read_boxes(path, display.counter("loading"))
            else:
                candidates, reader_name = _candidate_reader(reader)
                amounts = read_amounts(path)
                found = candidates.start(amounts, display.counter("reading candidates"))
                by_image = {page.image.tobytes(): whole for page, whole in zip(found, amounts, strict=True)}
                renew = MapRefresh(candidates, by_image | (renew.pages if renew else {}), recipe.candidates)
            pages += found * repeat
            data.append(f"{len(found):,} labeled checks ({path.parent.name}), {repeat} times an epoch.")
        if negatives is not None:
            found = read_negatives(negatives)
            pages += found
            data.append(f"{len(found):,} pages without a check ({negatives.name}).")
        trained = train_locator(
            pages,
            recipe,
            out,
            start=None if start is None else start.network,
            refresh=renew,
            device=str(compute_device),
            resume=resume,
            on_step=display.step,
            on_epoch=display.finish,
        )
    published = publish(
        trained,
        recipe,
        out,
        name,
        version=model_version,
        data=data,
        reader=reader_name,
        start=None if start is None else f"{start.identity.name} {start.identity.version}",
    )
    print_outcome(published, trained, metric_sentences(trained.history[trained.epoch - 1]))


def _candidate_reader(model: Path) -> "tuple[CandidateReader, str]":
    """Load the recognizer of a run without boxes, and return its name as well."""
    import torch

    from docreader.decoding.grammar import load_grammar
    from docreader.recognition.registry import load_recognizer
    from docreader.training.locator.reading import CandidateReader

    recognizer, identity = load_recognizer(model, None, torch.device("cpu"))
    return CandidateReader(recognizer, load_grammar("amount")), f"{identity.name} {identity.version}"


def _drawn_pages(
    count: int, digits: Path | None, fonts: Path | None, cache: Path | None, seed: int, display: TrainingBar
) -> "tuple[list[LocatorPage], list[str]]":
    """Draw pages, or read them from their file; return a sentence on them as well.

    Raises:
        ConfigurationError: There are no digits.
    """
    from docreader.synthesis.fonts import FontBank
    from docreader.synthesis.glyph_bank import DigitBank
    from docreader.training.locator.drawing import draw_pages
    from docreader.training.locator.pages import load_pages, save_pages

    if cache is not None and cache.is_file():
        pages = load_pages(cache)
    else:
        if digits is None:
            raise ConfigurationError(
                "--drawn needs the digits of drawn pages: name their folder with --digits"
            )
        bank = None if fonts is None else FontBank.from_directory(fonts)
        pages = draw_pages(
            DigitBank.from_directory(digits), bank, count, seed, on_page=display.counter("drawing")
        )
        if cache is not None:
            save_pages(cache, pages)
    checks = sum(page.check for page in pages)
    return pages, [f"{len(pages):,} drawn pages, {checks:,} of them with a check."]
