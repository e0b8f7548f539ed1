"""A whole run: images read, network built, trained, measured."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.classification.preprocessing import Preparation
from docreader.io.color import load_color
from docreader.training.classifier.augmentation import ColorNoise
from docreader.training.classifier.dataset import Labeled, load_all, read_parts, split
from docreader.training.classifier.epoch_data import Batches, Features, Squares, held, page_features
from docreader.training.classifier.network import build, freeze, preparation, start_from
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.trainer import (
    OnEpoch,
    OnStep,
    TrainedClassifier,
    fit,
    scores,
    ten_view_scores,
)
from docreader.training.common.errors import RecipeError
from docreader.training.report.contents import Picture, confusion_matrix
from models.pyramid import PyramidNet
from segment.errors import SegmentError

Say = Callable[[str], None]


@dataclass(frozen=True)
class Outcome:
    """What a run made and how well it does.

    Attributes:
        trained: The network and its history.
        labels: Names of the classes.
        prepared: How images are prepared.
        counts: Images of the parts `train`, `held_out` and `val`.
        results: For the parts held back: `images`, `wrong`, and `wrong_ten_views` where squares are read.
        data: Hash of the training data.
        measured: The last part measured, image by image; None without one.
    """

    trained: TrainedClassifier
    labels: tuple[str, ...]
    prepared: Preparation
    counts: dict[str, int]
    results: dict[str, dict[str, int]]
    data: str
    measured: "Measured | None"

    @property
    def confusion(self) -> NDArray[np.int64] | None:
        """(classes, classes) of the last part measured, rows are the truth; None without one."""
        if self.measured is None:
            return None
        answers = self.measured.scores.argmax(1)
        return confusion_matrix(self.measured.targets, answers, len(self.labels))


@dataclass(frozen=True)
class Measured:
    """A part that was held back, image by image.

    Attributes:
        part: `held_out` or `val`.
        scores: (N, classes) log posteriors.
        targets: (N,) class numbers.
        files: Where the images are.
    """

    part: str
    scores: Tensor
    targets: Tensor
    files: tuple[Path, ...]


def train_classifier(
    source: Path,
    recipe: ClassifierRecipe,
    out: Path,
    *,
    device: str = "cpu",
    weights: Path | None = None,
    choose_on_val: bool = False,
    workers: int = 1,
    checkpoint_every: int = 1,
    resume: bool = False,
    say: Say = lambda message: None,
    on_image: Callable[[int], None] | None = None,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Outcome:
    """Train a classifier on a folder or csv (see `docreader.training.classifier.dataset.read_parts`).

    A part of the training images is held out to choose the best pass and to see a plateau; validation images that
    the user keeps apart are looked at once, at the end, unless `choose_on_val` lets them do that work.

    Args:
        source: Folder or csv.
        recipe: All settings.
        out: Folder for checkpoint, curves and, of whole pages, features.
        device: Where to compute.
        weights: File to begin from.
        choose_on_val: Whether the validation images choose the pass; then all training images are trained on.
        workers: Threads that read images.
        checkpoint_every: Passes between checkpoints.
        resume: Whether to go on from the checkpoint in `out`.
        say: Gets warnings: images that cannot be read, weights that fit no layer.
        on_image: Gets the number of images read so far.
        on_step: Gets pass, step, steps and mean loss.
        on_epoch: Gets the figures of each finished pass.

    Raises:
        TrainingError, LabelsError, ModelError: The data, the recipe or the weights cannot be used.
    """
    if recipe.freeze and weights is None:
        raise RecipeError("--freeze holds the convolutions still, at random weights: give --weights too")
    data, val = read_parts(source)
    module = build(recipe, data.labels)
    identity = data.fingerprint()
    if weights is not None:
        fresh = start_from(module, weights, recipe)
        say(f"weights of {weights}; at random: {', '.join(fresh) or 'none'}")
        identity += hashlib.sha256(weights.read_bytes()).hexdigest()
    if recipe.freeze:
        freeze(module)
    prepared = preparation(recipe)
    out.mkdir(parents=True, exist_ok=True)

    reader = _Reader(module, recipe, prepared, out, device, workers, say, on_image)
    if val is not None and choose_on_val:
        train, kept = data, val
        identity += val.fingerprint()
    else:
        train, kept = split(data, recipe.held_out, recipe.seed)
    sets: dict[str, Batches] = {}
    files: dict[str, tuple[Path, ...]] = {}
    sets["train"], files["train"] = reader.read(train, noise=True)
    if len(kept):
        sets["held_out"], files["held_out"] = reader.read(kept)
    trained = fit(
        module,
        sets["train"],
        sets.get("held_out"),
        recipe,
        out,
        data=identity,
        device=device,
        checkpoint_every=checkpoint_every,
        resume=resume,
        on_step=on_step,
        on_epoch=on_epoch,
    )
    if val is not None and not choose_on_val:
        sets["val"], files["val"] = reader.read(val)
    results: dict[str, dict[str, int]] = {}
    measured = None
    for name in ("held_out", "val"):
        if name in sets:
            found, targets = scores(trained.module, sets[name], device)
            measured = Measured(name, found, targets, files[name])
            results[name] = _counts(trained, measured, sets[name], device)
    counts = {name: len(part.targets) for name, part in sets.items()}  # type: ignore[attr-defined]
    return Outcome(trained, data.labels, prepared, counts, results, identity, measured)


@dataclass(frozen=True)
class _Reader:
    """Makes sets of labeled files."""

    module: torch.nn.Module
    recipe: ClassifierRecipe
    prepared: Preparation
    out: Path
    device: str
    workers: int
    say: Say
    on_image: Callable[[int], None] | None

    def read(self, part: Labeled, *, noise: bool = False) -> tuple[Batches, tuple[Path, ...]]:
        """The set of some files, and those that could be read.

        With `noise`, their colors are what the color noise is fitted to.
        """
        if isinstance(self.module, PyramidNet):
            return self._features(self.module, part)
        pixels, good = self._pixels(part)
        pictures = np.stack(pixels)
        fitted = ColorNoise.fit(pictures) if noise and not self.prepared.gray and self.recipe.color else None
        device = torch.device(self.device)
        targets, classes = np.array(good.targets), len(part.labels)
        squares = Squares(
            held(pictures, device), targets, self.recipe, self.prepared, classes, fitted, device
        )
        return squares, good.files

    def _pixels(self, part: Labeled) -> tuple[list[NDArray[np.uint8]], Labeled]:
        def load(file: Path) -> NDArray[np.uint8]:
            return self.prepared.fit(load_color(file))

        return load_all(part, load, self.say, self.on_image, self.workers)

    def _features(self, module: PyramidNet, part: Labeled) -> tuple[Features, tuple[Path, ...]]:
        """Features of pages, kept in `out`: another head is trained on them in seconds."""
        digest = hashlib.sha256(part.fingerprint().encode())
        digest.update(repr((2, self.prepared, module.config.levels)).encode())  # 2: the form of the file
        for tensor in module.stack.state_dict().values():
            digest.update(tensor.detach().cpu().numpy().tobytes())
        cache = self.out / f"features-{digest.hexdigest()[:16]}.npz"
        if cache.is_file():
            with np.load(cache, allow_pickle=False) as kept:
                files = tuple(part.files[number] for number in kept["good"].tolist())
                return Features(kept["values"].astype(np.float32), kept["targets"], self.recipe), files
        values: list[NDArray[np.float32]] = []
        device = torch.device(self.device)
        module.to(device)

        def load(file: Path) -> NDArray[np.uint8]:
            page = self.prepared.fit(load_color(file))
            values.append(page_features(module, [page], self.prepared, device))
            return page[:, :1, :1]

        _, good = load_all(part, load, self.say, self.on_image)
        targets = np.array(good.targets)
        rounded = np.concatenate(values).astype(np.float16)
        places = {file: number for number, file in enumerate(part.files)}
        np.savez(cache, values=rounded, targets=targets, good=[places[file] for file in good.files])
        return Features(rounded.astype(np.float32), targets, self.recipe), good.files


def _counts(trained: TrainedClassifier, measured: Measured, batches: Batches, device: str) -> dict[str, int]:
    """How many images were measured, and how many are wrong."""
    targets = measured.targets
    result = {"images": len(targets), "wrong": _wrong(measured.scores, targets)}
    if isinstance(batches, Squares) and batches.pictures.shape[2] > batches.recipe.size:
        result["wrong_ten_views"] = _wrong(ten_view_scores(trained.module, batches, device), targets)
    return result


def seen(outcome: Outcome, file: Path) -> Picture | None:
    """A file as the network sees it, (H, W) gray or (H, W, 3); None if it cannot be read any more."""
    try:
        picture = outcome.prepared.fit(load_color(file))
    except SegmentError:
        return None
    if outcome.prepared.mode == "square":
        side = outcome.prepared.size
        start = (picture.shape[1] - side) // 2
        picture = picture[:, start : start + side, start : start + side]
    shown: Picture = picture.transpose(1, 2, 0)
    return shown[..., 0] if shown.shape[2] == 1 else shown


def _wrong(found: Tensor, targets: Tensor) -> int:
    return int((found.argmax(1) != targets).sum())
