"""Plots that the reports share, drawn with matplotlib (extra `report`)."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

DPI = 110


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """Create a figure with one pair of axes, without pyplot's global state.

    Args:
        width: Width in inches.
        height: Height in inches.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def draw_confusion_matrix(
    axes: Axes, counts: NDArray[np.int64], rows: Sequence[str], columns: Sequence[str]
) -> None:
    """Draw a confusion matrix, colored by the square root of the fraction of the row.

    Args:
        axes: Axes to draw on.
        counts: (rows, columns) counts.
        rows: Names of the rows.
        columns: Names of the columns; long ones are rotated.
    """
    shares = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        color = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=7, color=color)
    axes.set_xticks(range(len(columns)), columns, rotation=90 if max(map(len, columns), default=0) > 4 else 0)
    axes.set_yticks(range(len(rows)), rows)
