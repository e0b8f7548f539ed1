"""Figures of a report on a trained network, drawn with matplotlib (extra `report`)."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from docreader.io.records import printable
from docreader.training.common.report_contents import Image, Mistake
from docreader.visualization.report_plots import DPI, canvas, draw_confusion_matrix

COLUMNS = 8
"""Images in a row of a grid."""


def plot_confusion(path: Path, counts: NDArray[np.int64], labels: Sequence[str]) -> None:
    """Plot a confusion matrix, true classes in rows."""
    names = [printable(label) for label in labels]
    side = 2.4 + 0.5 * max(len(names), 4) + 0.08 * max(map(len, names))
    figure, axes = canvas(side, side)
    draw_confusion_matrix(axes, counts, names, names)
    axes.set(xlabel="predicted", ylabel="truth")
    figure.savefig(path, dpi=DPI)


def plot_mistakes(path: Path, mistakes: Sequence[Mistake]) -> None:
    """Plot misclassified images with true class, predicted class and confidence."""
    columns, rows = min(COLUMNS, len(mistakes)), math.ceil(len(mistakes) / COLUMNS)
    figure, axes = canvas(1.4 * columns, 1.8 * rows)
    for number, mistake in enumerate(mistakes):
        row, column = divmod(number, columns)
        height, width = mistake.image.shape[:2]
        half_height, half_width = (0.45 * side / max(height, width) for side in (height, width))
        x, y = column + 0.5, -1.3 * row - 0.5
        extent = (x - half_width, x + half_width, y - half_height, y + half_height)
        axes.imshow(mistake.image, cmap="gray", vmin=0, vmax=255, extent=extent)
        text = (
            f"{printable(mistake.truth)} as\n{printable(mistake.predicted)}, {100 * mistake.confidence:.1f} %"
        )
        axes.text(x, y - 0.48, text, ha="center", va="top", fontsize=7)
    axes.set(xlim=(0, columns), ylim=(-1.3 * rows, 0), aspect="equal")
    axes.set_axis_off()
    figure.savefig(path, dpi=DPI)


def plot_filters(path: Path, filters: NDArray[np.float32]) -> None:
    """Plot the kernels of the first layer: in color for three channels, otherwise each channel in gray."""
    if filters.shape[1] != 3:
        filters = filters.reshape(-1, 1, *filters.shape[2:])
    limits = np.maximum(np.abs(filters).max((1, 2, 3), keepdims=True), 1e-12)
    columns = min(16, max(COLUMNS, math.ceil(math.sqrt(len(filters)))))
    shown = _tiled(0.5 + 0.5 * filters / limits, columns)
    height, width = shown.shape[:2]
    figure, axes = canvas(6.0, max(1.0, 6.0 * height / width))
    axes.imshow(shown, cmap="gray", vmin=0, vmax=1)
    axes.set_axis_off()
    figure.savefig(path, dpi=DPI)


def plot_maps(path: Path, sample: Image, maps: Sequence[tuple[str, NDArray[np.float32]]]) -> None:
    """Plot a sample and a row of feature maps for each layer, from its minimum (black) to its maximum (white)."""
    figure = Figure(figsize=(10, 0.95 * (len(maps) + 1)), layout="constrained")
    axes = figure.subplots(len(maps) + 1, 1, squeeze=False)[:, 0]
    axes[0].imshow(sample, cmap="gray", vmin=0, vmax=255)
    axes[0].set_title("sample", fontsize=8, loc="left")
    for panel, (name, layer) in zip(axes[1:], maps, strict=True):
        low, high = float(layer.min()), float(layer.max())
        shown = (layer - low) / max(high - low, 1e-6)
        panel.imshow(_tiled(shown[:, None], len(layer)), cmap="gray", vmin=0, vmax=1, aspect="equal")
        panel.set_title(f"{name}, {layer.shape[1]}x{layer.shape[2]}", fontsize=8, loc="left")
    for panel in axes:
        panel.set_axis_off()
        panel.set_anchor("W")
    figure.savefig(path, dpi=DPI)


def _tiled(tiles: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Arrange tiles (K, C, h, w) of 0 to 1 in a grid with white lines: (H, W) or (H, W, 3)."""
    count, channels, height, width = tiles.shape
    rows = math.ceil(count / columns)
    gap = max(1, width // 12)
    sheet = np.ones((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), np.float32)
    for number, tile in enumerate(tiles.transpose(0, 2, 3, 1)):
        row, column = divmod(number, columns)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = tile
    return sheet[..., 0] if channels == 1 else sheet
