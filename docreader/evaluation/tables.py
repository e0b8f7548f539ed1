"""Tables of an evaluation, for a terminal and for the report."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from docreader.confidence.metrics import RejectPoint
from docreader.confidence.proportions import Proportion
from docreader.evaluation.comparison import Outcome
from docreader.evaluation.evaluation import Evaluation, error_of
from docreader.evaluation.metrics import Metrics
from docreader.io.records import printable

Row = tuple[str, ...]

ERROR_COLUMNS = ("target error", "read rate", "threshold", "read rate, cross-fitted", "error, cross-fitted")
CONFUSION_COLUMNS = ("true", "read as", "count", "of the true ones")
MISTAKE_COLUMNS = ("image", "truth", "answer", "confidence")
FAILURE_COLUMNS = ("line", "image", "error")
CORRECTION_COLUMNS = ("image", "label", "corrected", "reason")


def percent(value: float | None) -> str:
    """Format a fraction as a percentage.

    >>> percent(0.8215), percent(None)
    ('82.15 %', '-')
    """
    return "-" if value is None else f"{100 * value:.2f} %"


def fraction(part: Proportion) -> str:
    """Format a fraction with its counts and interval."""
    if part.value is None:
        return "- (0 of 0)"
    low, high = 100 * part.low, 100 * part.high
    return f"{percent(part.value)} ({part.count} of {part.total}; 95 %: {low:.2f} to {high:.2f})"


def versions(evaluation: Evaluation) -> list[tuple[str, Metrics]]:
    """List the metrics by the labels as given, and by the corrected labels, each with a title."""
    found = [("labels as given", evaluation.raw_metrics)]
    if evaluation.corrected_metrics is not None:
        found.append((f"corrected labels ({len(evaluation.applied)})", evaluation.corrected_metrics))
    return found


def headline_rows(metrics: Metrics) -> list[Row]:
    """List the main metrics: name, value."""
    calibration, strings = metrics.calibration, metrics.strings
    rows: list[Row] = [(outcome.value, fraction(metrics.outcomes[outcome])) for outcome in Outcome]
    rows += [
        ("wrong among the accepted", fraction(metrics.error)),
        ("  95 % upper bound", percent(metrics.error_bound)),
        ("right, accepted or not", fraction(metrics.exact)),
        ("character error rate", f"{percent(strings.cer)} ({strings.edits} of {strings.characters})"),
    ]
    if metrics.field_found is not None:
        rows.append(("field found", fraction(metrics.field_found)))
    if calibration is not None:
        values = (
            f"ECE {calibration.ece:.4f}, log loss {calibration.log_loss:.4f}, Brier {calibration.brier:.4f}"
        )
        rows.append(("calibration", values))
    return rows


def error_rows(metrics: Metrics) -> list[Row]:
    """List the operating points, see `ERROR_COLUMNS`."""
    return [
        (
            percent(at.target),
            percent(at.in_sample.read_rate),
            f"{at.in_sample.threshold:.4f}",
            *_achieved(at.crossfit),
        )
        for at in metrics.operating_points
    ]


def _achieved(point: RejectPoint) -> Row:
    return percent(point.read_rate), percent(point.error if point.accepted else None)


def confusion_rows(metrics: Metrics) -> list[Row]:
    """List the most frequent confusions, see `CONFUSION_COLUMNS`."""
    confusion = metrics.strings.confusion
    totals: Counter[str] = Counter()
    for (true, _), number in confusion.items():
        totals[true] += number
    wrong = [(pair, number) for pair, number in confusion.items() if pair[0] != pair[1]]
    return [
        (
            printable(true) or "nothing",
            printable(read) or "nothing",
            str(number),
            percent(number / totals[true]) if true else "-",
        )
        for (true, read), number in sorted(wrong, key=lambda entry: -entry[1])[:10]
    ]


def mistake_rows(evaluation: Evaluation) -> list[Row]:
    """List the most confident mistakes, see `MISTAKE_COLUMNS`."""
    return [
        (
            printable(result.item.file),
            printable(result.truth),
            printable(result.answer),
            f"{result.confidence:.4f}",
        )
        for result in evaluation.mistakes
    ]


def failure_rows(evaluation: Evaluation) -> list[Row]:
    """List the images that could not be read, see `FAILURE_COLUMNS`."""
    return [
        (str(result.item.line), printable(result.item.file), printable(error_of(result)))
        for result in evaluation.failures
    ]


def correction_rows(evaluation: Evaluation) -> list[Row]:
    """List the corrected labels, see `CORRECTION_COLUMNS`."""
    return [
        (printable(result.item.file), result.item.truth, result.truth, result.reason or "")
        for result in evaluation.applied
    ]


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print all tables of an evaluation."""
    for title, metrics in versions(evaluation):
        _print(console, f"{metrics.total} images, {title}", (), headline_rows(metrics))
    metrics = evaluation.metrics
    _print(console, "Read rate at an error", ERROR_COLUMNS, error_rows(metrics))
    _print(console, "Most frequent confusions", CONFUSION_COLUMNS, confusion_rows(metrics))
    _print(console, "Most confident mistakes", MISTAKE_COLUMNS, mistake_rows(evaluation))
    _print(console, "Failures", FAILURE_COLUMNS, failure_rows(evaluation)[:20])
    if len(evaluation.failures) > 20:
        console.print(f"and {len(evaluation.failures) - 20} more")
    if evaluation.seconds:
        rate = len(evaluation.results) / evaluation.seconds
        console.print(f"{evaluation.seconds:.1f} s, {rate:.1f} images/s", highlight=False)


def _print(console: Console, title: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    if not rows:
        return
    table = Table(title=title, title_justify="left", show_header=bool(columns), box=None, pad_edge=False)
    for column in columns or [""] * len(rows[0]):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console.print(table, "", highlight=False)
