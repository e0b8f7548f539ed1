"""HTML report of a trained network (extra `report`)."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from docreader.training.common.report_contents import Image, Mistake, ReportContents
from docreader.visualization.report import write_page

MAX_MISTAKES = 40
"""Greatest number of mistakes in a report."""

MAX_STAGES = 6
"""Greatest number of layers whose feature maps are reported."""

MAX_MAPS = 16
"""Greatest number of feature maps of a layer."""


def write_report(contents: ReportContents, folder: Path) -> Path:
    """Write index.html and its figures.

    Args:
        contents: Contents of the report.
        folder: Target folder; created if missing.

    Returns:
        The page.
    """
    from docreader.training.common import report_plots
    from docreader.training.common.history import draw_curves

    folder.mkdir(parents=True, exist_ok=True)
    if contents.history:
        draw_curves(folder / "curves.png", contents.history, contents.title)
    if contents.confusion is not None:
        report_plots.plot_confusion(folder / "confusion.png", contents.confusion, contents.labels)
    if contents.mistakes:
        report_plots.plot_mistakes(folder / "mistakes.png", contents.mistakes)
    if contents.filters is not None:
        report_plots.plot_filters(folder / "filters.png", contents.filters)
    if contents.maps and contents.sample is not None:
        report_plots.plot_maps(folder / "maps.png", contents.sample, contents.maps)
    return write_page(
        folder, "docreader.training.common", "training.html.j2", contents.settings, contents=contents
    )


def settings_of(recipe: Mapping[str, Any], epoch: int) -> list[tuple[str, str]]:
    """Return the settings of a recipe and the best epoch for the table of a report."""
    return [(name, str(value)) for name, value in recipe.items()] + [("best epoch", str(epoch))]


def confusion_matrix(targets: Tensor, predicted: Tensor, classes: int) -> NDArray[np.int64]:
    """Count the confusions (classes, classes), true classes in rows."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (targets.numpy(), predicted.numpy()), 1)
    return counts


def worst_mistakes(
    scores: Tensor,
    targets: Tensor,
    labels: Sequence[str],
    image: Callable[[int], Image | None],
    name: Callable[[int], str],
) -> list[Mistake]:
    """Select the most confident mistakes.

    Args:
        scores: (N, classes) log-posteriors.
        targets: (N,) class numbers.
        labels: Class names.
        image: Function that returns the image with a number; None if it is gone, which skips the mistake.
        name: Function that returns the name of the image.
    """
    confidence, predicted = scores.exp().max(1)
    wrong = torch.nonzero(predicted != targets).flatten()
    order = wrong[torch.argsort(confidence[wrong], descending=True, stable=True)]
    mistakes = []
    for number in order[:MAX_MISTAKES].tolist():
        shown = image(number)
        if shown is not None:
            truth, answer = labels[int(targets[number])], labels[int(predicted[number])]
            mistakes.append(Mistake(shown, truth, answer, float(confidence[number]), name(number)))
    return mistakes


def first_filters(network: nn.Module) -> NDArray[np.float32] | None:
    """Return the kernels (K, C, h, w) of the first convolution; None without convolutions."""
    for weight in network.parameters():
        if weight.ndim == 4:
            return np.asarray(weight.detach().cpu().float().numpy(), np.float32)
    return None


def feature_maps(network: nn.Module, image: Tensor) -> list[tuple[str, NDArray[np.float32]]]:
    """Compute the feature maps of an image after each ReLU layer, or after each layer of networks without.

    Args:
        network: Network in evaluation mode.
        image: (1, C, H, W) input.

    Returns:
        Names of the layers with their maps (C, h, w).
    """
    leaves = {name: layer for name, layer in network.named_modules() if not list(layer.children())}
    rectified = {name: layer for name, layer in leaves.items() if isinstance(layer, nn.ReLU)}
    maps: list[tuple[str, NDArray[np.float32]]] = []

    def keep(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(layer: nn.Module, inputs: tuple[Tensor, ...], out: Tensor) -> None:
            if out.ndim == 4 and out.shape[2] > 1 and len(maps) < MAX_STAGES:
                maps.append((name, out[0, :MAX_MAPS].detach().cpu().float().numpy().copy()))

        return hook

    hooks = [layer.register_forward_hook(keep(name)) for name, layer in (rectified or leaves).items()]
    try:
        with torch.inference_mode():
            network(image)
    finally:
        for hook in hooks:
            hook.remove()
    return maps
