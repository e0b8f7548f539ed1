"""`make demo`: reads samples/, sets the right answers beside what was read, and draws how each was read."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from docreader.errors import DocreaderError
from docreader.evaluation.comparison import Outcome, SampleResult, compare
from docreader.io.ground_truth import LabeledImage, TruthColumn, read_ground_truth
from docreader.io.records import ErrorRecord, Reading, printable

STYLE = {Outcome.RIGHT: "green", Outcome.WRONG: "red", Outcome.REJECTED: "yellow", Outcome.FAILED: "red"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the samples, print a table, draw pictures.

    Returns:
        0, or 2 where there is nothing to read.
    """
    parser = argparse.ArgumentParser(prog="python -m docreader.demo", description=__doc__)
    parser.add_argument("--samples", type=Path, default=Path("samples"), help="folder with a labels.csv")
    parser.add_argument("--out", type=Path, default=Path("demo"), help="folder for the pictures")
    chosen = parser.parse_args(arguments)
    try:
        items = read_ground_truth(chosen.samples / "labels.csv", TruthColumn.AMOUNT).items
        results = _read(items, chosen.out)
    except DocreaderError as error:
        print(f"demo: {error}", file=sys.stderr)  # noqa: T201
        return 2
    console = Console(width=None if sys.stdout.isatty() else 120)
    console.print(_table(results), _summary(results, chosen.out), sep="\n", highlight=False)
    return 0


def _read(items: Sequence[LabeledImage], out: Path) -> list[SampleResult]:
    """Read all samples at once; pictures of an earlier demo are replaced."""
    from docreader.pipeline.reader import Reader
    from docreader.visualization.batch import PictureWriter

    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*-p*.png"):
        old.unlink()
    reader = PictureWriter(Reader.load(), out)
    records = reader.read_batch([item.path for item in items])
    return [
        compare(item, found, TruthColumn.AMOUNT, digits_only=False)
        for item, found in zip(items, records, strict=True)
    ]


def _table(results: Sequence[SampleResult]) -> Table:
    table = Table(title="What docreader reads in samples/", title_justify="left", box=None, pad_edge=False)
    for name in ("image", "written", "amount", "read", "", "confidence"):
        table.add_column(name, justify="right" if name in ("amount", "confidence") else "left", no_wrap=True)
    table.add_column("decision", overflow="fold")
    for item in results:
        row = item.item.row
        cells = [Path(item.item.file).name, row.get("text") or row.get("label") or "", item.truth]
        read, confidence, decision = _answer(item)
        table.add_row(
            *(escape(printable(cell)) for cell in (*cells, read)),
            "[green]right[/]" if item.correct else "[red]wrong[/]",
            confidence,
            f"[{STYLE[item.outcome]}]{escape(printable(decision))}[/]",
        )
    return table


def _answer(item: SampleResult) -> tuple[str, str, str]:
    """Text, confidence and decision of a reading, or why there is none."""
    record = item.record
    if isinstance(record, Reading):
        decision = record.decision if record.reason is None else f"{record.decision} ({record.reason})"
        return record.text or "-", f"{record.confidence:.3f}", decision
    return "-", "-", record.error.message if isinstance(record, ErrorRecord) else "no such page"


def _summary(results: Sequence[SampleResult], out: Path) -> str:
    counts = {outcome: sum(item.outcome is outcome for item in results) for outcome in Outcome}
    outcomes = ", ".join(
        f"{counts[outcome]} {name}"
        for outcome, name in (
            (Outcome.RIGHT, "accepted and right"),
            (Outcome.WRONG, "accepted and wrong"),
            (Outcome.REJECTED, "rejected"),
            (Outcome.FAILED, "failed"),
        )
    )
    right = sum(item.correct for item in results)
    return f"\n{len(results)} images, {right} read right; {outcomes}. How each was read: {escape(str(out))}/*.png"


if __name__ == "__main__":
    sys.exit(main())
