"""Shared parts of the benchmarks: suites, results and their metrics; images, threads and output of the scripts."""

import argparse
import csv
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
SUFFIXES = (".jpg", ".jpeg", ".png", ".tif")
ROLES = ("current", "variant", "baseline", "peer", "earlier", "trained-on")
"""Of results in a suite, in the order of the tables; "trained-on" (model trained on the data) is never shown."""

Metric = dict[str, Any]


def share(count: int, total: int) -> Metric:
    """Return the metric of a count out of a total, with its 95 % Wilson interval.

    >>> share(283, 300)
    {'k': 283, 'n': 300, 'wilson95': [0.911142, 0.96427]}
    """
    from scipy.stats import binomtest

    interval = binomtest(count, total).proportion_ci(0.95, method="wilson")
    return {"k": count, "n": total, "wilson95": [round(interval.low, 6), round(interval.high, 6)]}


def value(number: float, unit: str) -> Metric:
    """Return the metric of one number, rounded to 4 significant digits."""
    return {"value": float(f"{number:.4g}"), "unit": unit}


def emit(metrics: dict[str, Metric]) -> None:
    """Print the metrics as the last line of a script, for run.py."""
    print(json.dumps({"metrics": metrics}), flush=True)


def images(folder: Path, limit: int | None = None) -> list[Path]:
    """Return the images below a folder, sorted, at most `limit` of them."""
    found = sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES)
    if not found:
        raise SystemExit(f"{folder} holds no image ({', '.join(SUFFIXES)})")
    return found[:limit]


def single_thread() -> None:
    """Restrict torch and OpenCV to one thread."""
    import cv2
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_suites(folder: Path = HERE / "suites") -> dict[str, dict[str, Any]]:
    """Return the suites by name, in the order of their field `order`."""
    found = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}
    return dict(sorted(found.items(), key=lambda item: item[1]["order"]))


def load_results(suite: str, folder: Path = HERE / "results") -> list[dict[str, Any]]:
    """Return the results of a suite: current ones first, then by `order`, the newest first.

    Of results with the same label, the newest replaces the others: their role becomes "earlier".
    """
    found = [json.loads(path.read_text("utf-8")) for path in sorted((folder / suite).glob("*.json"))]
    found.sort(key=lambda one: one["date"], reverse=True)
    labels: set[str] = set()
    for one in found:
        if one["label"] in labels and one["role"] != "trained-on":
            one["role"] = "earlier"
        labels.add(one["label"])
    return sorted(found, key=lambda one: (ROLES.index(one["role"]), one.get("order", 0)))


def result_text(result: dict[str, Any]) -> str:
    """Return the text of a result: JSON with one line a field, and one a metric."""

    def line(fields: dict[str, Any], indent: str) -> str:
        texts = (
            f"{indent}{json.dumps(key)}: {json.dumps(one, ensure_ascii=False)}" for key, one in fields.items()
        )
        return ",\n".join(texts)

    head = {key: one for key, one in result.items() if key != "metrics"}
    return f'{{\n{line(head, " ")},\n "metrics": {{\n{line(result["metrics"], "  ")}\n }}\n}}\n'


def heldout_files(split: Path = HERE / "splits" / "car-a-heldout.txt") -> list[str]:
    """Return the files of a split, one a line."""
    return split.read_text("utf-8").splitlines()


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read the rows of a csv file with a column `file`; the files become absolute paths."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [row | {"file": str((path.parent / row["file"]).absolute())} for row in csv.DictReader(stream)]


def car_a(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return the rows of car-a to train on, and those held out; labels corrected."""
    corrected = {Path(row["file"]).name: row["label"] for row in read_rows(HERE / "car-a-corrections.csv")}
    held = {Path(file).name for file in heldout_files()}
    parts: tuple[list[dict[str, str]], list[dict[str, str]]] = ([], [])
    for row in read_rows(folder / "labels.csv"):
        name = Path(row["file"]).name
        parts[name in held].append(row | {"label": corrected.get(name, row["label"])})
    return parts


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return a parser of options whose help keeps the lines of the description."""
    return argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
