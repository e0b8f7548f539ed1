import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docreader.cli import main
from docreader.recognition.locator import Locator

OPTIONS = ["--epochs", "1", "--batch-size", "4", "--val-fraction", "0.2", "--device", "cpu", "--quiet"]


def make(folder: Path, count: int = 12, boxes: bool = True) -> Path:
    """Pages with a dark bar, and their list."""
    folder.mkdir()
    rng = np.random.default_rng(3)
    rows = []
    for number in range(count):
        image = np.full((90, 200), 230, np.uint8)
        x, y = int(rng.integers(0, 130)), int(rng.integers(0, 60))
        image[y : y + 20, x : x + 60] = 30
        Image.fromarray(image).save(folder / f"{number}.png")
        rows.append((f"{number}.png", "12.00", *((x, y, 60, 20) if boxes else ("", "", "", ""))))
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("file", "amount", "x", "y", "w", "h"), *rows])
    return folder / "labels.csv"


def test_command_trains_on_boxes_and_negatives(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = make(tmp_path / "checks")
    negatives = make(tmp_path / "letters", 4).parent
    out = tmp_path / "out"
    given = [str(labels), "--negatives", str(negatives), "--repeat", "2", "--out", str(out)]
    assert main(["train", "locator", *given, *OPTIONS]) == 0
    assert "best epoch: 1 of 1" in capsys.readouterr().out
    assert Locator.load(out / "locator.safetensors").identity.version == "1"
    card = (out / "locator.md").read_text("utf-8")
    assert "12 labeled checks (checks), 2 times an epoch." in card
    assert "4 pages without a check (letters)." in card


def test_command_trains_on_amounts_alone(tmp_path: Path) -> None:
    labels = make(tmp_path / "checks", 6, boxes=False)
    reader = Path(__file__).parents[3] / "models" / "weights" / "reader-sdnn.safetensors"
    out = tmp_path / "out"
    assert main(["train", "locator", str(labels), "--reader", str(reader), "--out", str(out), *OPTIONS]) == 0
    assert "learned from amounts alone" in (out / "locator.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--drawn", "5"], "--digits"),
        (["LABELS"], "--reader"),
        (["--negatives", "NOTHING"], "holds no image"),
        (["--epochs", "0"], "epochs"),
    ],
)
def test_wrong_usage_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    (tmp_path / "none").mkdir()
    known = {"LABELS": str(make(tmp_path / "checks", 3, boxes=False)), "NOTHING": str(tmp_path / "none")}
    given = [known.get(word, word) for word in words]
    assert main(["train", "locator", *given, "--out", str(tmp_path / "out"), "--quiet"]) == 2
    assert message in capsys.readouterr().err
