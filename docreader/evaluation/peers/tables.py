"""Tables of a comparison for the terminal and the report, and its JSON."""

from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from docreader.confidence.proportions import Proportion
from docreader.confidence.thresholds import TARGET_ERROR
from docreader.evaluation.peers.comparison import Comparison
from docreader.evaluation.peers.metrics import Duration, ReaderMetrics, all_metrics
from docreader.evaluation.tables import percent
from docreader.io.ground_truth import TruthColumn
from docreader.io.records import printable

Row = tuple[str, ...]

COLUMNS = (
    "reader",
    "right",
    "accepted at 1 % error",
    "of these wrong",
    "accepted by its own threshold",
    "in some line",
    "CPU s/image",
    "s/image",
    "failed",
)


def rows(comparison: Comparison) -> list[Row]:
    """List the readers with their metrics, see `COLUMNS`."""
    return [
        (result.name, *_cells(metrics))
        for result, metrics in zip(comparison.readers, all_metrics(comparison), strict=True)
    ]


def _cells(metrics: ReaderMetrics) -> Row:
    own = metrics.by_own_threshold
    accepted = metrics.accepted.count
    return (
        _share(metrics.right),
        _share(metrics.accepted),
        f"{metrics.wrong} (at most {percent(metrics.wrong_bound)})" if accepted else "-",
        "-" if own is None else f"{_share(own[0])}, {own[1]} wrong",
        "-" if metrics.in_a_line is None else _share(metrics.in_a_line),
        _duration(metrics.cpu_seconds),
        _duration(metrics.seconds),
        str(metrics.failed),
    )


def _share(part: Proportion) -> str:
    """Format a fraction with its counts and interval.

    >>> from docreader.confidence.proportions import proportion
    >>> _share(proportion(75, 100))
    '75.0 % (75 of 100; 65.7 to 82.5)'
    """
    if part.value is None:
        return "-"
    return f"{100 * part.value:.1f} % ({part.count} of {part.total}; {100 * part.low:.1f} to {100 * part.high:.1f})"


def _duration(found: Duration | None) -> str:
    return "-" if found is None else f"{found.median:.3g} ({found.low:.3g} to {found.high:.3g})"


def difference_rows(comparison: Comparison, limit: int) -> list[tuple[str, str, list[tuple[str, bool]]]]:
    """List the images that not all readers have right: image, truth, and each answer with whether it is right."""
    found: list[tuple[str, str, list[tuple[str, bool]]]] = []
    for number, item in enumerate(comparison.items):
        scores = [result.scores[number] for result in comparison.readers]
        if not all(one.right for one in scores) and len(found) < limit:
            answers = [("failed" if one.error else one.answer or "-", one.right) for one in scores]
            found.append((item.file, item.truth, answers))
    return found


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the table of a comparison: a column for each reader."""
    table = Table(
        title=f"{len(comparison.items)} images of {printable(str(comparison.labels.path))}",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    found = rows(comparison)
    for title in ("", *(row[0] for row in found)):
        table.add_column(title, overflow="fold")
    for number, name in enumerate(COLUMNS[1:], start=1):
        cells = [row[number] for row in found]
        if set(cells) != {"-"}:
            table.add_row(name, *cells)
    console.print(table, "", highlight=False)
    for result in comparison.readers:
        console.print(f"{result.name}: {result.version}", highlight=False, markup=False)
    failures = failure_rows(comparison)
    for name, file, error in failures[:5]:
        console.print(printable(f"{name} failed on {file}: {error}"), highlight=False, markup=False)
    if len(failures) > 5:
        console.print(f"and {len(failures) - 5} more failures", highlight=False)


def failure_rows(comparison: Comparison) -> list[Row]:
    """List the failures: reader, image, error."""
    return [
        (result.name, item.file, one.error)
        for result in comparison.readers
        for item, one in zip(comparison.items, result.scores, strict=True)
        if one.error is not None
    ]


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Convert a comparison to JSON types."""
    settings = comparison.settings
    return {
        "labels": str(comparison.labels.path),
        "compare": comparison.labels.column.value,
        "images": len(comparison.items),
        "threads": settings.threads,
        "batch_size": comparison.batch_size,
        "single_line": settings.single_line,
        "target_error": TARGET_ERROR,
        "readers": [
            {
                "name": result.name,
                "version": result.version,
                "load_seconds": result.load_seconds,
                **_metrics_to_json(metrics),
            }
            for result, metrics in zip(comparison.readers, all_metrics(comparison), strict=True)
        ],
        "answers": [
            {
                "file": item.file,
                "page": item.page,
                "truth": item.truth,
                "readers": {result.name: asdict(result.scores[number]) for result in comparison.readers},
            }
            for number, item in enumerate(comparison.items)
        ],
    }


def _metrics_to_json(metrics: ReaderMetrics) -> dict[str, Any]:
    own = metrics.by_own_threshold
    return {
        "right": _share_to_json(metrics.right),
        "accepted_at_error": {
            **_share_to_json(metrics.accepted),
            "wrong": metrics.wrong,
            "error_upper_bound_95": metrics.wrong_bound,
        },
        "accepted_by_own_threshold": None if own is None else {**_share_to_json(own[0]), "wrong": own[1]},
        "in_a_line": None if metrics.in_a_line is None else _share_to_json(metrics.in_a_line),
        "failed": metrics.failed,
        "seconds": None if metrics.seconds is None else asdict(metrics.seconds),
        "cpu_seconds": None if metrics.cpu_seconds is None else asdict(metrics.cpu_seconds),
    }


def _share_to_json(part: Proportion) -> dict[str, Any]:
    return {"count": part.count, "total": part.total, "value": part.value, "low": part.low, "high": part.high}


def truth_name(comparison: Comparison) -> str:
    """Return what is compared, for the report."""
    return "amount" if comparison.labels.column is TruthColumn.AMOUNT else "digits of the label"
