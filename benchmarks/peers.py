"""Compare docreader with RapidOCR and Tesseract on the shared sets, or in speed, by `docreader compare`.

    python benchmarks/peers.py sets DATA [--model FILE] [--only SET ...] [--every 3]
    python benchmarks/peers.py speed DATA [--model FILE]

DATA is the folder of the data sets. `sets` reads the legible `checks-elsewhere` and every `--every`th of `checks`
as whole checks, every third of the 300 held-out strings of car-a as cut-out amounts, image by image. `speed` reads
the 300 in batches of 64. One thread each; times are processor time. Readers that are not installed end the run.
An interrupted run of `sets` continues: what the readers return is kept below --outputs.
"""

import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from common import Metric, car_a, emit, parser, read_rows, share, value

Row = dict[str, str]
AMOUNT = ("--field", "amount", "--grammar", "digits")
SETS = ("checks-elsewhere", "car-a", "checks")
NO_AMOUNT = ("blank", "illegible", "")


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("what", choices=("sets", "speed"))
    options.add_argument("data", type=Path)
    options.add_argument("--model", help="docreader model not trained on these images")
    options.add_argument("--only", nargs="+", choices=SETS, default=SETS)
    options.add_argument("--every", type=int, default=3, help="every how many checks of `checks`")
    kept = Path(tempfile.gettempdir()) / "docreader-peers"
    options.add_argument("--outputs", type=Path, default=kept, help="default: %(default)s")
    given = options.parse_args()
    given.outputs.mkdir(parents=True, exist_ok=True)
    strings = car_a(given.data / "car-a")[1]
    if given.what == "speed":
        emit(speed(compare(strings, "label", given.model, *AMOUNT, "--batch-size", "64")))
        return
    checks = read_rows(given.data / "checks" / "labels.csv")[:: given.every]
    elsewhere = read_rows(given.data / "checks-elsewhere" / "labels.csv")
    legible = [row for row in elsewhere if row["amount"] not in NO_AMOUNT]
    sets: dict[str, tuple[list[Row], str, Iterable[str]]] = {
        "checks-elsewhere": (legible, "amount", ()),
        "car-a": (strings[::3], "label", AMOUNT),
        "checks": (checks, "amount", ()),
    }
    found = {
        name: compare(rows, column, given.model, *words, "--resume", str(given.outputs / f"{name}.jsonl"))
        for name, (rows, column, words) in sets.items()
        if name in given.only
    }
    metrics = headline(found["checks-elsewhere"]) if "checks-elsewhere" in found else {}
    for name, comparison in found.items():
        metrics |= {f"set:{name}, {key}": metric for key, metric in details(comparison).items()}
    emit(metrics)


def compare(rows: Iterable[Row], column: str, model: str | None, *options: str) -> dict[str, Any]:
    """Run `docreader compare` on labeled images; return its JSON."""
    with tempfile.TemporaryDirectory() as folder:
        labels = Path(folder) / "labels.csv"
        with labels.open("w", encoding="utf-8", newline="") as stream:
            table = csv.DictWriter(stream, ("file", column, "group"), extrasaction="ignore")
            table.writeheader()
            table.writerows(rows)
        command = [sys.executable, "-m", "docreader", "compare", str(labels), "--format", "json", *options]
        command += ["--timeout", "3600", "--device", "cpu", "--quiet", *(("--model", model) if model else ())]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 3):  # 3: some images failed, and count as failed
        raise SystemExit(f"docreader compare ended with {done.returncode}")
    found: dict[str, Any] = json.loads(done.stdout)
    for reader in found["readers"]:
        right, total = reader["right"]["count"], reader["right"]["total"]
        seconds = reader["cpu_seconds"]["median"]
        print(f"{reader['version']}: {right} of {total} right, {seconds:.3g} s", file=sys.stderr, flush=True)
    return found


def readers(comparison: dict[str, Any]) -> dict[str, Any]:
    """Return the readers of a comparison by name."""
    return {reader["name"]: reader for reader in comparison["readers"]}


def speed(comparison: dict[str, Any]) -> dict[str, Metric]:
    """Return strings a second, the ratio to RapidOCR, and the strings that docreader has right."""
    found = readers(comparison)
    rates = {name: 1 / reader["cpu_seconds"]["median"] for name, reader in found.items()}
    return {
        "rate": value(rates["docreader"], "strings/s"),
        "exact": counted(found["docreader"]["right"]),
        "ratio": value(rates["docreader"] / rates["rapidocr"], "x RapidOCR"),
    }


def headline(comparison: dict[str, Any]) -> dict[str, Metric]:
    """Return the right answers of each reader, and the checks on which a line of RapidOCR holds the amount."""
    found = readers(comparison)
    metrics = {name: counted(reader["right"]) for name, reader in found.items()}
    return {**metrics, "rapidocr_line": counted(found["rapidocr"]["in_a_line"])}


def details(comparison: dict[str, Any]) -> dict[str, Metric]:
    """Return right, read at 1 % error, lines with the truth, and seconds of each reader."""
    metrics: dict[str, Metric] = {}
    for name, reader in readers(comparison).items():
        point, total = reader["accepted_at_error"], comparison["images"]
        metrics[f"{name}: right"] = counted(reader["right"])
        metrics[f"{name}: read at 1 % error"] = {
            "accepted": point["count"],
            "wrong": point["wrong"],
            "n": total,
            "protocol": "cross-fitted on 10 folds",
        }
        if reader["in_a_line"] is not None:
            metrics[f"{name}: in some line"] = counted(reader["in_a_line"])
        metrics[f"{name}: processor time"] = value(reader["cpu_seconds"]["median"], "s")
    return metrics


def counted(part: dict[str, Any]) -> Metric:
    """Return the metric of a fraction of a comparison."""
    return share(part["count"], part["total"])


if __name__ == "__main__":
    main()
