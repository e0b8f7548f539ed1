"""The plots of an evaluation, drawn with matplotlib (extra `report`)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from docreader.confidence.metrics import CalibrationMetrics
from docreader.evaluation.metrics import Metrics
from docreader.io.records import printable

DPI = 110


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of its own, without pyplot's global state.

    Args:
        width: Inches.
        height: Inches.
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()


def plot_reject_curve(metrics: Metrics, path: Path) -> None:
    """Error among the accepted over the read rate, with the wanted errors as lines."""
    figure, axes = canvas(6, 4)
    points = [point for point in metrics.curve if point.accepted]
    axes.plot([100 * p.read_rate for p in points], [100 * p.error for p in points], drawstyle="steps-pre")
    top = max([100 * p.error for p in points], default=1.0)
    for at in metrics.operating_points:
        if 0.01 <= at.target <= max(top, 1.0) / 100:  # finer lines would lie on one another
            axes.axhline(100 * at.target, color="gray", linewidth=0.5, linestyle=":")
            axes.annotate(f"{100 * at.target:g} %", (0, 100 * at.target), fontsize=7, color="gray")
    axes.set(xlim=(0, 100), ylim=(0, None), xlabel="read, % of all", ylabel="wrong, % of those read")
    axes.set_title("What a threshold on the confidence buys")
    figure.savefig(path, dpi=DPI)


def plot_reliability(calibration: CalibrationMetrics, path: Path) -> None:
    """Accuracy over confidence, and how many answers each bin holds."""
    figure, axes = canvas(6, 4)
    width = calibration.bins[0].high - calibration.bins[0].low
    counts = axes.twinx()
    counts.bar(
        [(row.low + row.high) / 2 for row in calibration.bins],
        [row.count for row in calibration.bins],
        width=0.9 * width,
        color="lightgray",
    )
    counts.set_ylabel("answers")
    axes.set_zorder(counts.get_zorder() + 1)
    axes.patch.set_visible(False)
    axes.plot([0, 1], [0, 1], color="gray", linestyle=":")
    axes.plot([row.confidence for row in calibration.bins], [row.accuracy for row in calibration.bins], "o-")
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="fraction right")
    axes.set_title(f"Calibration: ECE {calibration.ece:.3f} over {calibration.count} answers")
    figure.savefig(path, dpi=DPI)


def plot_confusion(metrics: Metrics, path: Path) -> None:
    """The confusion matrix of characters, each row a true character."""
    wanted = sorted({pair[0] for pair in metrics.strings.confusion}, key=lambda c: (c == "", c))
    read = sorted({pair[1] for pair in metrics.strings.confusion}, key=lambda c: (c == "", c))
    counts = np.zeros((len(wanted), len(read)), dtype=np.int64)
    for (truth, answer), count in metrics.strings.confusion.items():
        counts[wanted.index(truth), read.index(answer)] = count
    size = 2 + 0.42 * max(len(wanted), len(read), 4)
    figure, axes = canvas(size, size)
    draw_counts(
        axes, counts, [printable(c) or "none" for c in wanted], [printable(c) or "none" for c in read]
    )
    axes.set(xlabel="read as", ylabel="true character", title="Characters, aligned")
    figure.savefig(path, dpi=DPI)


def draw_counts(axes: Axes, counts: NDArray[np.int64], rows: Sequence[str], columns: Sequence[str]) -> None:
    """A table of counts, colored by the root of their share of the row.

    Args:
        axes: Where to.
        counts: (rows, columns).
        rows: Their names.
        columns: Their names; long ones are turned.
    """
    shares = np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row, column in zip(*np.nonzero(counts), strict=True):
        color = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", fontsize=7, color=color)
    axes.set_xticks(range(len(columns)), columns, rotation=90 if max(map(len, columns), default=0) > 4 else 0)
    axes.set_yticks(range(len(rows)), rows)
