"""What a report of a trained network shows, taken from the network and the pictures it was tested on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

MISTAKES = 40
"""How many of the most confident mistakes are shown."""

STAGES = 6
"""How many layers' maps of a sample are shown, and at most `MAPS` of each."""

MAPS = 16

Picture = NDArray[np.uint8]
"""(H, W) gray or (H, W, 3) colors, as a person would see it."""


@dataclass(frozen=True)
class Mistake:
    """A picture that the network is wrong about.

    Attributes:
        picture: What it saw.
        truth: Name of the right class.
        answer: Name of the class it took the picture for.
        confidence: How sure it was, 0 to 1.
        name: Of the picture, for people.
    """

    picture: Picture
    truth: str
    answer: str
    confidence: float
    name: str


@dataclass(frozen=True)
class Contents:
    """All that a report shows.

    Attributes:
        title: Name of the model.
        part: What the figures were measured on, for a heading.
        sentences: Figures in words.
        settings: Names and values of the recipe.
        history: One row of figures for each pass; none of what does not learn in passes.
        labels: Names of the classes.
        confusion: (classes, classes), rows are the truth; None where nothing was measured.
        mistakes: The most confident ones first.
        filters: (K, C, h, w) of the first layer.
        maps: For some layers, their name and the maps (C, h, w) of a sample.
        sample: The picture that the maps are of.
    """

    title: str
    part: str
    sentences: Sequence[str]
    settings: Sequence[tuple[str, str]]
    history: Sequence[dict[str, float]]
    labels: Sequence[str]
    confusion: NDArray[np.int64] | None = None
    mistakes: Sequence[Mistake] = ()
    filters: NDArray[np.float32] | None = None
    maps: Sequence[tuple[str, NDArray[np.float32]]] = field(default_factory=list)
    sample: Picture | None = None


def confusion_matrix(targets: Tensor, answers: Tensor, classes: int) -> NDArray[np.int64]:
    """(classes, classes) counts, rows are the truth."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (targets.numpy(), answers.numpy()), 1)
    return counts


def worst_mistakes(
    scores: Tensor,
    targets: Tensor,
    labels: Sequence[str],
    picture: Callable[[int], Picture | None],
    name: Callable[[int], str],
) -> list[Mistake]:
    """The mistakes that the network was surest of.

    Args:
        scores: (N, classes) log posteriors.
        targets: (N,) class numbers.
        labels: Names of the classes.
        picture: Gives the picture of a number; None where it is gone, which leaves the mistake out.
        name: Gives its name.
    """
    confidence, answers = scores.exp().max(1)
    wrong = torch.nonzero(answers != targets).flatten()
    order = wrong[torch.argsort(confidence[wrong], descending=True, stable=True)]
    found = []
    for number in order[:MISTAKES].tolist():
        shown = picture(number)
        if shown is not None:
            truth, answer = labels[int(targets[number])], labels[int(answers[number])]
            found.append(Mistake(shown, truth, answer, float(confidence[number]), name(number)))
    return found


def first_filters(module: nn.Module) -> NDArray[np.float32] | None:
    """(K, C, h, w) kernels of the first convolution; None where a network has none."""
    for weight in module.parameters():
        if weight.ndim == 4:
            return np.asarray(weight.detach().cpu().float().numpy(), np.float32)
    return None


def feature_maps(module: nn.Module, pictures: Tensor) -> list[tuple[str, NDArray[np.float32]]]:
    """Maps of a sample behind each stage, by the stage's name.

    Shown are the outputs behind the ReLUs of a network that has them as layers, else those of all its layers that give
    maps.

    Args:
        module: The network, in evaluation mode.
        pictures: (1, C, H, W), as the network takes them.
    """
    leaves = {name: layer for name, layer in module.named_modules() if not list(layer.children())}
    rectified = {name: layer for name, layer in leaves.items() if isinstance(layer, nn.ReLU)}
    found: list[tuple[str, NDArray[np.float32]]] = []

    def keep(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(layer: nn.Module, given: tuple[Tensor, ...], out: Tensor) -> None:
            if out.ndim == 4 and out.shape[2] > 1 and len(found) < STAGES:
                found.append((name, out[0, :MAPS].detach().cpu().float().numpy().copy()))

        return hook

    hooks = [layer.register_forward_hook(keep(name)) for name, layer in (rectified or leaves).items()]
    try:
        with torch.inference_mode():
            module(pictures)
    finally:
        for handle in hooks:
            handle.remove()
    return found
