"""Plots of an evaluation, drawn with matplotlib (extra `report`)."""

from pathlib import Path

import numpy as np

from docreader.confidence.metrics import CalibrationMetrics
from docreader.evaluation.metrics import Metrics
from docreader.io.records import printable
from docreader.visualization.report_plots import DPI, canvas, draw_confusion_matrix


def plot_reject_curve(metrics: Metrics, path: Path) -> None:
    """Plot the error among the accepted over the read rate, with the target errors as lines."""
    figure, axes = canvas(6, 4)
    points = [point for point in metrics.curve if point.accepted]
    axes.plot([100 * p.read_rate for p in points], [100 * p.error for p in points], drawstyle="steps-pre")
    top = max([100 * p.error for p in points], default=1.0)
    for at in metrics.operating_points:
        if 0.01 <= at.target <= max(top, 1.0) / 100:  # lines of smaller errors overlap
            axes.axhline(100 * at.target, color="gray", linewidth=0.5, linestyle=":")
            axes.annotate(f"{100 * at.target:g} %", (0, 100 * at.target), fontsize=7, color="gray")
    axes.set(xlim=(0, 100), ylim=(0, None), xlabel="read rate, %", ylabel="error among the accepted, %")
    axes.set_title("Reject curve")
    figure.savefig(path, dpi=DPI)


def plot_reliability(calibration: CalibrationMetrics, path: Path) -> None:
    """Plot accuracy over confidence, with the number of answers in each bin."""
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
    """Plot the confusion matrix of characters, one row for each true character."""
    wanted = sorted({pair[0] for pair in metrics.strings.confusion}, key=lambda c: (c == "", c))
    read = sorted({pair[1] for pair in metrics.strings.confusion}, key=lambda c: (c == "", c))
    counts = np.zeros((len(wanted), len(read)), dtype=np.int64)
    for (truth, answer), count in metrics.strings.confusion.items():
        counts[wanted.index(truth), read.index(answer)] = count
    size = 2 + 0.42 * max(len(wanted), len(read), 4)
    figure, axes = canvas(size, size)
    draw_confusion_matrix(
        axes, counts, [printable(c) or "none" for c in wanted], [printable(c) or "none" for c in read]
    )
    axes.set(xlabel="read as", ylabel="true character", title="Characters, aligned")
    figure.savefig(path, dpi=DPI)
