"""Learning curves as CSV and PNG."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from docreader.errors import MissingExtraError
from models.safetensors_io import write_atomically

Row = dict[str, float]


def write_csv(path: Path, history: Sequence[Row]) -> None:
    """Write one line an epoch; the columns are the names of the figures."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(history[0]) if history else [], lineterminator="\n")
    writer.writeheader()
    for row in history:
        writer.writerow({name: f"{value:.6g}" for name, value in row.items()})
    write_atomically(path, stream.getvalue().encode())


def draw_curves(path: Path, history: Sequence[Row], title: str) -> None:
    """Draw loss and error of each epoch into a PNG.

    Args:
        path: File to write.
        history: One row an epoch.
        title: Title above the curves.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import LogFormatter
    except ImportError as error:
        raise MissingExtraError(
            "the plot of the curves needs matplotlib: pip install 'docreader[train]' (curves.csv needs none)"
        ) from error

    class DecimalFormatter(LogFormatter):
        """Format ticks as decimals such as 0.5 and 40."""

        def __call__(self, x: float, pos: int | None = None) -> str:
            return f"{x:g}" if super().__call__(x, pos) else ""

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    axes = figure.subplots(1, 2)
    epochs = [row["epoch"] for row in history]
    for panel, figure_name in zip(axes, ("loss", "error"), strict=True):
        factor = 100 if figure_name == "error" else 1
        for part in ("train", "held_out"):
            name = f"{part}_{figure_name}"
            if history and name in history[0]:
                values = [factor * row[name] for row in history]
                panel.plot(epochs, values, marker=".", label=part.replace("_", " "))
        panel.set_xlabel("epoch")
        panel.set_ylabel("loss, nats" if figure_name == "loss" else "error, %")
        # without any error there is nothing to scale
        if any((np.asarray(line.get_ydata()) > 0).any() for line in panel.lines):
            panel.set_yscale("log")
            panel.yaxis.set_major_formatter(DecimalFormatter())
            panel.yaxis.set_minor_formatter(DecimalFormatter())
        panel.grid(alpha=0.3)
        panel.legend()
    figure.suptitle(title)
    plot = io.BytesIO()
    figure.savefig(plot, format="png", dpi=120)
    write_atomically(path, plot.getvalue())
