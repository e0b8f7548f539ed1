"""The pictures of a report on a trained network, drawn with matplotlib (extra `report`)."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from docreader.io.records import printable
from docreader.training.report.contents import Mistake, Picture
from docreader.visualization.report_plots import DPI, canvas, draw_confusion_matrix

ACROSS = 8
"""Pictures beside one another in a grid."""


def draw_confusion(path: Path, counts: NDArray[np.int64], labels: Sequence[str]) -> None:
    """Counts of true and given classes, each row a true class."""
    names = [printable(label) for label in labels]
    side = 2.4 + 0.5 * max(len(names), 4) + 0.08 * max(map(len, names))
    figure, axes = canvas(side, side)
    draw_confusion_matrix(axes, counts, names, names)
    axes.set(xlabel="answer", ylabel="truth")
    figure.savefig(path, dpi=DPI)


def draw_mistakes(path: Path, mistakes: Sequence[Mistake]) -> None:
    """The pictures of mistakes with truth, answer and confidence."""
    across, down = min(ACROSS, len(mistakes)), math.ceil(len(mistakes) / ACROSS)
    figure, axes = canvas(1.4 * across, 1.8 * down)
    for number, mistake in enumerate(mistakes):
        row, column = divmod(number, across)
        height, width = mistake.picture.shape[:2]
        half_height, half_width = (0.45 * side / max(height, width) for side in (height, width))
        x, y = column + 0.5, -1.3 * row - 0.5
        place = (x - half_width, x + half_width, y - half_height, y + half_height)
        axes.imshow(mistake.picture, cmap="gray", vmin=0, vmax=255, extent=place)
        words = (
            f"{printable(mistake.truth)} as\n{printable(mistake.answer)}, {100 * mistake.confidence:.1f} %"
        )
        axes.text(x, y - 0.48, words, ha="center", va="top", fontsize=7)
    axes.set(xlim=(0, across), ylim=(-1.3 * down, 0), aspect="equal")
    axes.set_axis_off()
    figure.savefig(path, dpi=DPI)


def draw_filters(path: Path, filters: NDArray[np.float32]) -> None:
    """Kernels of the first layer: in color where it sees three channels, else each channel's in gray."""
    if filters.shape[1] != 3:
        filters = filters.reshape(-1, 1, *filters.shape[2:])
    reach = np.maximum(np.abs(filters).max((1, 2, 3), keepdims=True), 1e-12)
    shown = _tiled(0.5 + 0.5 * filters / reach, min(16, max(ACROSS, math.ceil(math.sqrt(len(filters))))))
    height, width = shown.shape[:2]
    figure, axes = canvas(6.0, max(1.0, 6.0 * height / width))
    axes.imshow(shown, cmap="gray", vmin=0, vmax=1)
    axes.set_axis_off()
    figure.savefig(path, dpi=DPI)


def draw_maps(path: Path, sample: Picture, maps: Sequence[tuple[str, NDArray[np.float32]]]) -> None:
    """A sample, and a row of maps for each stage, its least value black and its greatest white."""
    figure = Figure(figsize=(10, 0.95 * (len(maps) + 1)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(maps) + 1, 1, squeeze=False)[:, 0]
    axes[0].imshow(sample, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title("sample", fontsize=8, loc="left")
    for panel, (name, stage) in zip(axes[1:], maps, strict=True):
        low, high = float(stage.min()), float(stage.max())
        shown = (stage - low) / max(high - low, 1e-6)
        panel.imshow(_tiled(shown[:, None], len(stage)), cmap="gray", vmin=0, vmax=1, aspect="equal")
        panel.set_title(f"{name}, {stage.shape[1]}x{stage.shape[2]}", fontsize=8, loc="left")
    for panel in axes:
        panel.set_axis_off()
        panel.set_anchor("W")
    figure.savefig(path, dpi=DPI)


def _tiled(tiles: NDArray[np.float32], across: int) -> NDArray[np.float32]:
    """Tiles (K, C, h, w) of 0 .. 1 side by side, a white line between them: (H, W) or (H, W, 3)."""
    count, channels, height, width = tiles.shape
    down = math.ceil(count / across)
    gap = max(1, width // 12)
    sheet = np.ones((down * (height + gap) - gap, across * (width + gap) - gap, channels), np.float32)
    for number, tile in enumerate(tiles.transpose(0, 2, 3, 1)):
        row, column = divmod(number, across)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = tile
    return sheet[..., 0] if channels == 1 else sheet
