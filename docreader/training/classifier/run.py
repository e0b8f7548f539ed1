"""Complete training run of a classifier: images, network, training, evaluation."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docreader.classification.preprocessing import Preprocessing
from docreader.io.color import load_color
from docreader.training.classifier.augmentation import ColorNoise
from docreader.training.classifier.dataset import LabeledFiles, load_all, read_parts, split
from docreader.training.classifier.epoch_data import Batches, Features, Squares, page_features, place_images
from docreader.training.classifier.network import build, freeze, load_pretrained, preprocessing_of
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.trainer import fit, log_posteriors, ten_crop_scores
from docreader.training.common.errors import RecipeError
from docreader.training.common.fit import OnEpoch, OnStep, Trained
from docreader.training.common.report import confusion_matrix
from docreader.training.common.report_contents import Image
from models.pyramid import PyramidNet
from segment.errors import SegmentError

OnWarning = Callable[[str], None]
"""Callback of warnings."""


@dataclass(frozen=True)
class Predictions:
    """Predictions for the images of a part.

    Attributes:
        part: `held_out` or `val`.
        scores: (N, classes) log-posteriors.
        targets: (N,) class numbers.
        files: Paths of the images.
    """

    part: str
    scores: Tensor
    targets: Tensor
    files: tuple[Path, ...]


@dataclass(frozen=True)
class Outcome:
    """Outcome of a run.

    Attributes:
        trained: Network and history.
        labels: Class names.
        preprocessing: Preprocessing of the images.
        counts: Number of images of the parts `train`, `held_out` and `val`.
        results: For each part that was measured: `images`, `wrong`, and `wrong_ten_crops` for squares.
        data: Hash of the training data.
        predictions: Predictions for the last part that was measured; None without one.
    """

    trained: Trained[nn.Module]
    labels: tuple[str, ...]
    preprocessing: Preprocessing
    counts: dict[str, int]
    results: dict[str, dict[str, int]]
    data: str
    predictions: Predictions | None

    @property
    def confusion(self) -> NDArray[np.int64] | None:
        """Confusion matrix (classes, classes) of the last part, true classes in rows; None without one."""
        if self.predictions is None:
            return None
        predicted = self.predictions.scores.argmax(1)
        return confusion_matrix(self.predictions.targets, predicted, len(self.labels))


def train_classifier(
    source: Path,
    recipe: ClassifierRecipe,
    out: Path,
    *,
    device: str = "cpu",
    pretrained: Path | None = None,
    select_on_val: bool = False,
    workers: int = 1,
    checkpoint_every: int = 1,
    resume: bool = False,
    on_warning: OnWarning = lambda message: None,
    on_image: Callable[[int], None] | None = None,
    on_step: OnStep | None = None,
    on_epoch: OnEpoch | None = None,
) -> Outcome:
    """Train a classifier on the images of a folder or CSV file.

    A fraction of the training images is held out to select the best epoch and to detect a plateau. Separate validation
    images are measured once, at the end, unless they select the epoch.

    Args:
        source: Folder or CSV file, see `docreader.training.classifier.dataset.read_parts`.
        recipe: Hyperparameters.
        out: Folder of checkpoint, curves and page features.
        device: Device of the computation.
        pretrained: File of pretrained weights.
        select_on_val: Select the epoch on the separate validation images, and train on all training images.
        workers: Number of threads that load images.
        checkpoint_every: Epochs between checkpoints.
        resume: Continue from the checkpoint in `out`.
        on_warning: Callback of warnings: unreadable images, tensors without pretrained weights.
        on_image: Callback with the number of images loaded.
        on_step: Callback of steps.
        on_epoch: Callback of epochs.

    Raises:
        TrainingError, LabelsError, ModelError: The data, the recipe or the pretrained weights cannot be used.
    """
    if recipe.freeze and pretrained is None:
        raise RecipeError("--freeze would keep random convolutions: give --pretrained, too")
    data, val = read_parts(source)
    network = build(recipe, data.labels)
    identity = data.fingerprint()
    if pretrained is not None:
        random = load_pretrained(network, pretrained, recipe)
        on_warning(f"pretrained weights of {pretrained}; random: {', '.join(random) or 'none'}")
        identity += hashlib.sha256(pretrained.read_bytes()).hexdigest()
    if recipe.freeze:
        freeze(network)
    preprocessing = preprocessing_of(recipe)
    out.mkdir(parents=True, exist_ok=True)

    loader = _Loader(network, recipe, preprocessing, out, torch.device(device), workers, on_warning, on_image)
    if val is not None and select_on_val:
        train, held_out = data, val
        identity += val.fingerprint()
    else:
        train, held_out = split(data, recipe.val_fraction, recipe.seed)
    sets: dict[str, Batches] = {}
    files: dict[str, tuple[Path, ...]] = {}
    sets["train"], files["train"] = loader.load(train, noise=True)
    if len(held_out):
        sets["held_out"], files["held_out"] = loader.load(held_out)
    trained = fit(
        network,
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
    if val is not None and not select_on_val:
        sets["val"], files["val"] = loader.load(val)
    results: dict[str, dict[str, int]] = {}
    predictions = None
    for name in ("held_out", "val"):
        if name in sets:
            scores, targets = log_posteriors(trained.network, sets[name], loader.device)
            predictions = Predictions(name, scores, targets, files[name])
            results[name] = _results(trained.network, predictions, sets[name], loader.device)
    counts = {name: len(part.targets) for name, part in sets.items()}
    return Outcome(trained, data.labels, preprocessing, counts, results, identity, predictions)


@dataclass(frozen=True)
class _Loader:
    """Load labeled files as batches."""

    network: nn.Module
    recipe: ClassifierRecipe
    preprocessing: Preprocessing
    out: Path
    device: torch.device
    workers: int
    on_warning: OnWarning
    on_image: Callable[[int], None] | None

    def load(self, part: LabeledFiles, *, noise: bool = False) -> tuple[Batches, tuple[Path, ...]]:
        """Load the images of a part.

        Args:
            part: Labeled files.
            noise: Whether to fit the color noise to these images.

        Returns:
            Batches, and the paths of the readable images.
        """
        if isinstance(self.network, PyramidNet):
            return self._features(self.network, part)
        pixels, good = load_all(part, self._image, self.on_warning, self.on_image, self.workers)
        images = np.stack(pixels)
        colored = noise and not self.preprocessing.gray and self.recipe.color
        squares = Squares(
            place_images(images, self.device),
            np.array(good.targets),
            self.recipe,
            self.preprocessing,
            len(part.labels),
            ColorNoise.fit(images) if colored else None,
            self.device,
        )
        return squares, good.files

    def _image(self, file: Path) -> NDArray[np.uint8]:
        return self.preprocessing.fit(load_color(file))

    def _features(self, network: PyramidNet, part: LabeledFiles) -> tuple[Features, tuple[Path, ...]]:
        """Compute the features of pages, cached in `out` for the training of other heads."""
        digest = hashlib.sha256(part.fingerprint().encode())
        digest.update(repr((2, self.preprocessing, network.config.levels)).encode())  # 2: version of the file
        for tensor in network.stack.state_dict().values():
            digest.update(tensor.detach().cpu().numpy().tobytes())
        cache = self.out / f"features-{digest.hexdigest()[:16]}.npz"
        if cache.is_file():
            with np.load(cache, allow_pickle=False) as kept:
                files = tuple(part.files[number] for number in kept["good"].tolist())
                return Features(kept["values"].astype(np.float32), kept["targets"], self.recipe), files
        values: list[NDArray[np.float32]] = []
        network.to(self.device)

        def load(file: Path) -> NDArray[np.uint8]:
            page = self._image(file)
            values.append(page_features(network, [page], self.preprocessing, self.device))
            return page[:, :1, :1]

        _, good = load_all(part, load, self.on_warning, self.on_image)
        targets = np.array(good.targets)
        rounded = np.concatenate(values).astype(np.float16)
        places = {file: number for number, file in enumerate(part.files)}
        np.savez(cache, values=rounded, targets=targets, good=[places[file] for file in good.files])
        return Features(rounded.astype(np.float32), targets, self.recipe), good.files


def _results(
    network: nn.Module, predictions: Predictions, batches: Batches, device: torch.device
) -> dict[str, int]:
    """Count images and errors of a part."""
    targets = predictions.targets
    result = {"images": len(targets), "wrong": _wrong(predictions.scores, targets)}
    if isinstance(batches, Squares) and batches.images.shape[2] > batches.recipe.size:
        result["wrong_ten_crops"] = _wrong(ten_crop_scores(network, batches, device), targets)
    return result


def network_input(outcome: Outcome, file: Path) -> Image | None:
    """Return an image as the network receives it, (H, W) gray or (H, W, 3); None if it cannot be read."""
    try:
        image = outcome.preprocessing.fit(load_color(file))
    except SegmentError:
        return None
    shown: Image = outcome.preprocessing.crop(torch.from_numpy(image[None]))[0].numpy().transpose(1, 2, 0)
    return shown[..., 0] if shown.shape[2] == 1 else shown


def _wrong(scores: Tensor, targets: Tensor) -> int:
    return int((scores.argmax(1) != targets).sum())
