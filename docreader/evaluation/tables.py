"""An evaluation as tables for people, on a terminal or as plain text."""

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


def percent(value: float | None) -> str:
    """A fraction for people.

    >>> percent(0.8215), percent(None)
    ('82.15 %', '-')
    """
    return "-" if value is None else f"{100 * value:.2f} %"


def fraction(part: Proportion) -> str:
    """A fraction with its count and interval."""
    if part.value is None:
        return "- (0 of 0)"
    low, high = 100 * part.low, 100 * part.high
    return f"{percent(part.value)} ({part.count} of {part.total}; 95 %: {low:.2f} to {high:.2f})"


def headline_rows(metrics: Metrics) -> list[Row]:
    """The metrics that matter first: name, value."""
    calibration = metrics.calibration
    rows: list[Row] = [(outcome.value, fraction(metrics.outcomes[outcome])) for outcome in Outcome]
    rows += [
        ("wrong among the accepted", fraction(metrics.error)),
        ("  at most, with 95 % confidence", percent(metrics.error_bound)),
        ("right, whether accepted or not", fraction(metrics.exact)),
        (
            "character error rate",
            f"{percent(metrics.strings.cer)} ({metrics.strings.edits} of {metrics.strings.characters})",
        ),
    ]
    if metrics.field_found is not None:
        rows.append(("field found where it is labeled", fraction(metrics.field_found)))
    if calibration is not None:
        rows.append(
            (
                "calibration",
                f"ECE {calibration.ece:.4f}, log loss {calibration.log_loss:.4f}, Brier {calibration.brier:.4f}",
            )
        )
    return rows


def error_rows(metrics: Metrics) -> list[Row]:
    """Wanted error; read rate, threshold and error with the threshold chosen here, then cross-fitted."""
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


ERROR_COLUMNS = ("wanted error", "read", "threshold", "read, cross-fitted", "its error")


def confusion_rows(metrics: Metrics, count: int = 10) -> list[Row]:
    """The most frequent confusions: true character, read character, how often, share of the true one."""
    totals: dict[str, int] = {}
    for (wanted, _), number in metrics.strings.confusion.items():
        totals[wanted] = totals.get(wanted, 0) + number
    wrong = [(pair, number) for pair, number in metrics.strings.confusion.items() if pair[0] != pair[1]]
    return [
        (
            printable(wanted) or "nothing",
            printable(read) or "nothing",
            str(number),
            percent(number / totals[wanted]) if wanted else "-",
        )
        for (wanted, read), number in sorted(wrong, key=lambda entry: -entry[1])[:count]
    ]


CONFUSION_COLUMNS = ("true", "read as", "times", "share")


def mistake_rows(evaluation: Evaluation) -> list[Row]:
    """The confident mistakes: file, truth, answer, confidence."""
    return [
        (printable(item.item.file), printable(item.truth), printable(item.answer), f"{item.confidence:.4f}")
        for item in evaluation.mistakes
    ]


MISTAKE_COLUMNS = ("image", "truth", "answer", "confidence")


def failure_rows(evaluation: Evaluation) -> list[Row]:
    """What could not be read: line of labels.csv, file, reason."""
    return [
        (str(item.item.line), printable(item.item.file), printable(error_of(item)))
        for item in evaluation.failures
    ]


FAILURE_COLUMNS = ("line", "image", "why")


def print_evaluation(evaluation: Evaluation, console: Console) -> None:
    """Print the metrics, raw and corrected, and the mistakes to look at."""
    versions = [("by the labels as they are", evaluation.raw_metrics)]
    if evaluation.corrected_metrics is not None:
        title = f"by the labels with {len(evaluation.applied)} corrected"
        versions.append((title, evaluation.corrected_metrics))
    for title, metrics in versions:
        _print(console, f"{metrics.total} images, {title}", (), headline_rows(metrics))
    metrics = evaluation.metrics
    _print(console, "How much is read at which error", ERROR_COLUMNS, error_rows(metrics))
    _print(console, "Most frequent confusions", CONFUSION_COLUMNS, confusion_rows(metrics))
    _print(console, "Most confident mistakes", MISTAKE_COLUMNS, mistake_rows(evaluation))
    _print(console, "Could not be read", FAILURE_COLUMNS, failure_rows(evaluation)[:20])
    if len(evaluation.failures) > 20:
        console.print(f"and {len(evaluation.failures) - 20} more")
    if evaluation.seconds:
        rate = len(evaluation.judged) / evaluation.seconds
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
