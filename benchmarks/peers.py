"""docreader beside Tesseract and RapidOCR on the same strings, by turns, one thread each.

    python benchmarks/peers.py DATA [--model FILE] [--method sdnn] [--limit 300] [--rapidocr PYTHON]

DATA holds `labels.csv` (file, label) and `images/`. Each peer reads the same block of images before the next block
begins, so what else the machine does hits all alike; times are the processes' own (user + system), wall time stands
beside them. Tesseract is the command of that name, called once a block with a list of files; RapidOCR (`pip install
rapidocr onnxruntime`) runs in the interpreter that --rapidocr names, recognition only. Right is who reads exactly the
label's digits; all other characters are dropped from every peer's answer.
"""

import argparse
import csv
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

BLOCK = 64


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", help="a docreader model that has not learned these strings")
    parser.add_argument("--method", default="sdnn")
    parser.add_argument("--limit", type=int, default=300, help="strings, those of permutation(n)[:limit]")
    parser.add_argument("--rapidocr", metavar="PYTHON")
    parser.add_argument("--corrections", type=Path, help="csv of file, label: right where the data are not")
    parser.add_argument("--serve", choices=("docreader", "rapidocr"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments)
        return
    files, labels = chosen(arguments.data, arguments.limit, arguments.corrections)
    peers: dict[str, Callable[[list[str]], tuple[list[str], float]]] = {
        "docreader": worker([sys.executable, *sys.argv, "--serve", "docreader"]),
        "tesseract": tesseract,
    }
    if arguments.rapidocr:
        peers["rapidocr"] = worker([arguments.rapidocr, *sys.argv, "--serve", "rapidocr"])
    right = dict.fromkeys(peers, 0)
    own: dict[str, list[float]] = {name: [] for name in peers}
    wall: dict[str, list[float]] = {name: [] for name in peers}
    for start in range(0, len(files), BLOCK):
        block, truth = files[start : start + BLOCK], labels[start : start + BLOCK]
        for name, read in peers.items():
            began = time.perf_counter()
            texts, seconds = read(block)
            wall[name].append((time.perf_counter() - began) / len(block))
            own[name].append(seconds / len(block))
            right[name] += sum(
                re.sub(r"\D", "", text) == true for text, true in zip(texts, truth, strict=True)
            )
    print(f"{len(files)} strings, blocks of {BLOCK}, one thread, median of the blocks")
    for name in peers:
        low, high = wilson(right[name], len(files))
        mine, theirs = float(np.median(own[name][1:] or own[name])), float(np.median(wall[name]))
        print(
            f"{name:10s} {1 / mine:7.1f} strings a second of its own time ({1 / theirs:6.1f} by the clock), right "
            f"{right[name]} = {100 * right[name] / len(files):.2f} % ({100 * low:.2f} to {100 * high:.2f})"
        )


def chosen(data: Path, limit: int, corrections: Path | None) -> tuple[list[str], list[str]]:
    """Files and labels: the first `limit` of a fixed shuffle."""
    with (data / "labels.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    known = {}
    if corrections is not None:
        with corrections.open(encoding="utf-8") as stream:
            known = {Path(row["file"]).name: row["label"] for row in csv.DictReader(stream)}
    picked = [rows[number] for number in np.random.RandomState(0).permutation(len(rows))[:limit]]
    names = [Path(row["file"]).name for row in picked]
    return (
        [str(data / row["file"]) for row in picked],
        [known.get(name, row["label"]) for name, row in zip(names, picked, strict=True)],
    )


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % Wilson interval."""
    z, share = 1.959964, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    return float(middle - reach), float(middle + reach)


def worker(command: list[str]) -> Callable[[list[str]], tuple[list[str], float]]:
    """A peer in a process of its own, loaded and warmed up once."""
    alone = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=alone)
    assert process.stdin is not None
    assert process.stdout is not None
    writer, reader = process.stdin, process.stdout

    def read(files: list[str]) -> tuple[list[str], float]:
        writer.write(json.dumps(files) + "\n")
        writer.flush()
        texts, seconds = json.loads(reader.readline())
        return texts, seconds

    return read


def tesseract(files: list[str]) -> tuple[list[str], float]:
    """Texts and seconds of Tesseract over one list of files, digits alone allowed."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(files) + "\n")
        listed.flush()
        command = [
            "tesseract",
            listed.name,
            "stdout",
            "--psm",
            "7",
            "-c",
            "tessedit_char_whitelist=0123456789",
        ]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.stdout.split("\f")[: len(files)], seconds


def serve(arguments: argparse.Namespace) -> None:
    """Read lists of files from standard input; write texts and seconds."""
    out, sys.stdout = sys.stdout, sys.stderr  # peers may be talkative
    read = load_docreader(arguments) if arguments.serve == "docreader" else load_rapidocr()
    for line in sys.stdin:
        files = json.loads(line)
        began = time.process_time()
        texts = read(files)
        print(json.dumps([texts, time.process_time() - began]), file=out, flush=True)


def load_docreader(arguments: argparse.Namespace) -> Callable[[list[str]], list[str]]:
    """Records as they would be written, from files as they lie."""
    import cv2
    import torch

    from docreader.reader import Reader
    from docreader.records import to_json

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    reader = Reader.load(
        arguments.model, grammar="digits", field="amount", device="cpu", method=arguments.method
    )

    def read(files: list[str]) -> list[str]:
        records = [record for of_one in reader.read_batch(files) for record in of_one]
        return [json.loads(to_json(record))["text"] for record in records]

    return read


def load_rapidocr() -> Callable[[list[str]], list[str]]:
    """Its default recogniser, without detection and orientation."""
    import rapidocr

    threads = "EngineConfig.onnxruntime.intra_op_num_threads", "EngineConfig.onnxruntime.inter_op_num_threads"
    engine: Any = rapidocr.RapidOCR(params=dict.fromkeys(threads, 1))

    def read(files: list[str]) -> list[str]:
        found = (engine(file, use_det=False, use_cls=False, use_rec=True) for file in files)
        return ["".join(one.txts or ()) for one in found]

    return read


if __name__ == "__main__":
    main()
