"""Samples of the repository: consistent lists, and commands that generate the same kinds of images."""

import csv
import json
import os
import re
import shlex
from decimal import Decimal
from pathlib import Path

import cv2
import pytest

from docreader.cli import main

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
MNIST = Path(os.environ.get("DOCREADER_DATA", os.devnull)) / "mnist"


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_there_are_enough_of_each_kind_and_currency() -> None:
    kinds = [r["kind"] for r in rows(SAMPLES)]
    assert kinds.count("amount") >= 12
    assert kinds.count("check") >= 3
    assert {r["currency"] for r in rows(SAMPLES)} == {"CLP", "USD", "INR", "EUR"}


def test_lists_and_images_agree() -> None:
    listed = rows(SAMPLES)
    boxes = json.loads((SAMPLES / "boxes.json").read_text(encoding="utf-8"))
    files = {str(p.relative_to(SAMPLES)) for p in (SAMPLES / "images").iterdir()}
    assert files == {r["file"] for r in listed} == set(boxes)
    for row in listed:
        image = cv2.imread(str(SAMPLES / row["file"]), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        x, y, w, h = (int(row[k]) for k in "xywh")
        assert 0 <= x < x + w <= image.shape[1]
        assert 0 <= y < y + h <= image.shape[0]
        assert row["label"] == re.sub(r"\D", "", row["text"])
        assert [str(b[0]) for b in boxes[row["file"]]] == list(row["label"])
        assert Decimal(row["amount"]) > 0


def test_the_samples_stay_small() -> None:
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()) < 1_500_000


@pytest.mark.skipif(not MNIST.is_dir(), reason="needs the folder mnist in DOCREADER_DATA")
def test_the_commands_of_the_readme_make_samples_of_the_same_kinds(tmp_path: Path) -> None:
    commands = re.findall(
        r"^docreader (synth .*)$", (SAMPLES / "README.md").read_text(encoding="utf-8"), re.M
    )
    assert commands
    for command in commands:
        words = shlex.split(command)
        words[words.index("--digits") + 1] = str(MNIST)
        words[words.index("--out") + 1] = str(tmp_path)
        assert main(words) == 0
    # Other amounts are drawn whenever synth learns something new: the samples stay as they were made.
    assert [(r["file"], r["kind"], r["currency"]) for r in rows(tmp_path)] == [
        (r["file"], r["kind"], r["currency"]) for r in rows(SAMPLES)
    ]
