"""Run a benchmark suite and write its result.

    python benchmarks/run.py SUITE --data DIR [--model FILE] [--role current] [--label TEXT]

SUITE is the name of a file in suites/, DIR the folder of the data sets (car-a, checks, mnist, ...). The result goes to
results/SUITE/; `python benchmarks/render.py` renders it.
"""

import csv
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from common import HERE, ROLES, ROOT, Metric, load_suites, parser, result_text, sha256, share, value

Extracted = tuple[dict[str, Metric], dict[str, Any] | None]
"""Metrics, and the model that the command names, where it does."""


def from_evaluate(output: str, suite: Mapping[str, Any]) -> Extracted:
    """Return metrics from the output of `docreader evaluate --format json`, at the paths that the suite gives."""
    found = json.loads(output)
    metrics = {}
    for name, spec in suite["metrics"].items():
        if "path" in spec:
            metrics[name] = _metric(_at(found, spec["path"]), found["raw"]["total"], spec.get("unit", ""))
    return metrics, found["model"]


def _at(node: Any, path: str) -> Any:
    """Follow a dotted path; of a list of operating points, the rest of the path is the target error."""
    while path:
        if isinstance(node, list):
            return next(point["crossfit"] for point in node if point["target"] == float(path))
        key, _, path = path.partition(".")
        node = node[key]
    return node


def _metric(node: Any, total: int, unit: str) -> Metric:
    if isinstance(node, float):
        return value(node, unit)
    if "edits" in node:
        return value(100 * node["value"], "%")
    if "accepted" in node:
        protocol = "cross-fitted on 10 folds"
        return {"accepted": node["accepted"], "wrong": node["wrong"], "n": total, "protocol": protocol}
    return share(node["count"], node["total"])


def from_script(output: str, suite: Mapping[str, Any]) -> Extracted:
    """Return the metrics that a script of this folder prints as its last line."""
    found = json.loads(output.strip().splitlines()[-1])["metrics"]
    parts = [name for name in found if "by" in suite and name.startswith(f"{suite['by']}:")]
    names = [*(name for name in suite["metrics"] if name in found), *parts]
    return {name: found[name] for name in names}, None


def from_folders(output: str, suite: Mapping[str, Any]) -> Extracted:
    """Return the share of images whose class is the name of their folder, from `docreader classify --format csv`."""
    rows = list(csv.DictReader(output.splitlines()))
    right = sum(Path(row["file"]).parent.name == row["label"] for row in rows)
    return {next(iter(suite["metrics"])): share(right, len(rows))}, None


EXTRACT = {"evaluate": from_evaluate, "script": from_script, "folders": from_folders}


def check_data(suite: Mapping[str, Any], data: Path) -> None:
    """Compare the data with the hash of the suite.

    Raises:
        SystemExit: The data are others than those of the suite.
    """
    spec = suite["data"]
    labels = spec.get("labels") or suite["run"].get("labels")
    path = HERE / spec["split"] if "splits/" in spec.get("split", "") else data / labels if labels else None
    if path and "sha256" in spec and sha256(path) != spec["sha256"]:
        raise SystemExit(f"{path} is not the file that the suite was made for: its SHA-256 is {sha256(path)}")


def of_split(rows: Path, folder: Path, split: Path, out: Path) -> Path:
    """Write the rows of a csv file whose column `file` a split names; files become absolute paths below `folder`."""
    chosen = set(split.read_text("utf-8").splitlines())
    with rows.open(encoding="utf-8", newline="") as stream:
        table = csv.DictReader(stream)
        kept = [row | {"file": str(folder / row["file"])} for row in table if row["file"] in chosen]
    with out.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, table.fieldnames or ())
        writer.writeheader()
        writer.writerows(kept)
    return out


def build_command(suite: Mapping[str, Any], data: Path, model: str, folder: Path) -> list[str]:
    """Return the command of a suite, its placeholders replaced; lists of a split are written to `folder`."""
    run, split = suite["run"], suite["data"].get("split", "")
    sources = {"labels": data / run.get("labels", ""), "corrections": HERE / run.get("corrections", "")}
    values = {"data": str(data), "model": model}
    for name, path in sources.items():
        if "splits/" in split and "labels" in run and name in run:
            path = of_split(path, sources["labels"].parent, HERE / split, folder / f"{name}.csv")
        values[name] = str(path)
    words = [word.format(**values) for word in shlex.split(run["command"])]
    if words[0] == "python":
        return [sys.executable, *words[1:]]
    return [sys.executable, "-m", *words] if words[0] == "docreader" else words


def execute(command: list[str]) -> str:
    """Run a command at the root of the repository; return its standard output."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)} ended with {done.returncode}")
    return done.stdout


def model_of(path: str | None, named: dict[str, Any] | None) -> dict[str, Any]:
    """Return name, version and hash of the model: as the command names it, or from its file."""
    if named or not path:
        return named or {"name": "docreader", "version": None, "sha256": None}
    from docreader.runtime.info import summarize

    file = Path(path) if Path(path).is_absolute() else ROOT / path
    found = summarize(file)
    return {"name": found.name, "version": found.version, "sha256": sha256(file)}


def git(*words: str) -> str:
    """Return what git prints at the root of the repository."""
    return subprocess.run(
        ["git", *words], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def machine() -> dict[str, Any]:
    """Return the description of this machine."""
    import torch

    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    cpu = f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"
    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else None
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"cpu": cpu, "threads": torch.get_num_threads(), "load": load, "gpu": gpu}


def run(name: str, data: Path, model: str | None, role: str, label: str | None) -> dict[str, Any]:
    """Run a suite; return its result.

    Raises:
        SystemExit: The suite has no command, the data are others, or the command failed.
    """
    from docreader import __version__

    suite = load_suites()[name]
    if "run" not in suite:
        raise SystemExit(f"{name} cannot be run by one command; see 'reproduce' in its suite")
    check_data(suite, data)
    model = model or suite["run"].get("model")
    before = machine()
    with tempfile.TemporaryDirectory() as folder:
        command = build_command(suite, data, model or "", Path(folder))
        metrics, named = EXTRACT[suite["run"]["extract"]](execute(command), suite)
    found = model_of(model, named)
    if found["name"] in suite.get("trained_on", ()):  # never a figure of accuracy
        dropped = suite.get("drop_if_trained_on", ())
        metrics = {key: metric for key, metric in metrics.items() if key not in dropped}
        role = role if dropped else "trained-on"
    commit = git("rev-parse", "--short", "HEAD") + ("-dirty" if git("status", "--porcelain", "-uno") else "")
    spec = suite["data"]
    return {
        "suite": name,
        "label": label or " ".join(filter(None, (found["name"], found["version"]))),
        "role": role,
        "model": {key: found[key] for key in ("name", "version", "sha256")},
        "docreader": __version__,
        "commit": commit,
        "command": f"python benchmarks/run.py {name} --data DATA" + (f" --model {model}" if model else ""),
        "data": {key: spec.get(key) for key in ("name", "n", "split", "sha256")},
        "machine": before,
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "metrics": metrics,
    }


def main() -> None:
    """Run a suite and write its result."""
    options = parser(__doc__)
    options.add_argument("suite", choices=[name for name, suite in load_suites().items() if "run" in suite])
    options.add_argument("--data", type=Path, default=Path("data"), help="folder of the data sets")
    options.add_argument("--model", help="model file; default: that of the suite")
    options.add_argument("--role", choices=ROLES, default="current")
    options.add_argument("--label", help="title of the row; default: name and version of the model")
    options.add_argument("--out", type=Path, default=HERE / "results")
    given = options.parse_args()
    result = run(given.suite, given.data.absolute(), given.model, given.role, given.label)
    model = "-".join(filter(None, (result["model"]["name"], result["model"]["version"])))
    path = given.out / given.suite / f"{model}@{result['commit']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(result_text(result), "utf-8")
    print(path)


if __name__ == "__main__":
    main()
