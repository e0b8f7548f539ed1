"""Measure docreader beside Tesseract and RapidOCR on the same strings, by turns, one thread each.

    python benchmarks/peers.py DATA [--model FILE] [--method sdnn] [--rapidocr PYTHON]

DATA is the folder of car-a, of which the 300 held-out strings are read. Each peer reads the same block of images before
the next block begins, so that load on the machine affects all alike; times are processor time of each process.
Tesseract is the command of that name, if there is one, called once a block; RapidOCR (`pip install rapidocr
onnxruntime`) runs in the interpreter of --rapidocr, recognition only. An answer is right if it has exactly the digits
of the label; all other characters are dropped from it.
"""

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from common import car_a, emit, parser, share, value

BLOCK = 64


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    options.add_argument("--model", help="docreader model not trained on these strings")
    options.add_argument("--method", default="sdnn")
    options.add_argument("--rapidocr", metavar="PYTHON")
    options.add_argument("--serve", choices=("docreader", "rapidocr"), help=argparse.SUPPRESS)
    arguments = options.parse_args()
    if arguments.serve:
        serve(arguments)
        return
    _, rows = car_a(arguments.data)
    files, labels = [row["file"] for row in rows], [row["label"] for row in rows]
    peers: dict[str, Callable[[list[str]], tuple[list[str], float]]] = {
        "docreader": worker([sys.executable, *sys.argv, "--serve", "docreader"])
    }
    if shutil.which("tesseract"):
        peers["tesseract"] = tesseract
    if arguments.rapidocr:
        peers["rapidocr"] = worker([arguments.rapidocr, *sys.argv, "--serve", "rapidocr"])
    right = dict.fromkeys(peers, 0)
    own: dict[str, list[float]] = {name: [] for name in peers}
    for start in range(0, len(files), BLOCK):
        block, truth = files[start : start + BLOCK], labels[start : start + BLOCK]
        for name, read in peers.items():
            texts, seconds = read(block)
            own[name].append(seconds / len(block))
            right[name] += sum(
                re.sub(r"\D", "", text) == true for text, true in zip(texts, truth, strict=True)
            )
    rates = {name: 1 / float(np.median(seconds[1:] or seconds)) for name, seconds in own.items()}
    for name, rate in rates.items():
        print(f"{name:10s} {rate:7.1f} strings/s, {right[name]} of {len(files)} right")
    metrics = {"rate": value(rates["docreader"], "strings/s"), "exact": share(right["docreader"], len(files))}
    if "rapidocr" in rates:
        metrics["ratio"] = value(rates["docreader"] / rates["rapidocr"], "x RapidOCR")
    emit(metrics)


def worker(command: list[str]) -> Callable[[list[str]], tuple[list[str], float]]:
    """Start a peer in a process of its own; return the function that reads a list of files there."""
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
    """Read files by Tesseract, digits alone; return texts and processor seconds."""
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
    out, sys.stdout = sys.stdout, sys.stderr  # peers print messages
    read = load_docreader(arguments) if arguments.serve == "docreader" else load_rapidocr()
    for line in sys.stdin:
        files = json.loads(line)
        began = time.process_time()
        texts = read(files)
        print(json.dumps([texts, time.process_time() - began]), file=out, flush=True)


def load_docreader(arguments: argparse.Namespace) -> Callable[[list[str]], list[str]]:
    """Return the function that reads files to records as JSON, and those to texts."""
    import cv2
    import torch

    from docreader.io.records import to_json
    from docreader.pipeline.reader import Reader

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    reader = Reader.load(
        model=arguments.model, grammar="digits", field="amount", device="cpu", method=arguments.method
    )

    def read(files: list[str]) -> list[str]:
        records = [record for of_one in reader.read_batch(files) for record in of_one]
        return [json.loads(to_json(record))["text"] for record in records]

    return read


def load_rapidocr() -> Callable[[list[str]], list[str]]:
    """Return the function that reads by the default recognizer, without detection and orientation."""
    import rapidocr

    threads = "EngineConfig.onnxruntime.intra_op_num_threads", "EngineConfig.onnxruntime.inter_op_num_threads"
    engine: Any = rapidocr.RapidOCR(params=dict.fromkeys(threads, 1))

    def read(files: list[str]) -> list[str]:
        found = (engine(file, use_det=False, use_cls=False, use_rec=True) for file in files)
        return ["".join(one.txts or ()) for one in found]

    return read


if __name__ == "__main__":
    main()
