from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from docreader.cli import main
from models.files import load_model


def make(folder: Path) -> Path:
    """Two classes of equal images."""
    rng = np.random.default_rng(2)
    for name in ("one", "two"):
        (folder / name).mkdir(parents=True)
        for number in range(12):
            Image.fromarray(rng.integers(0, 256, (40, 36, 3), np.uint8)).save(folder / name / f"{number}.png")
    return folder


def test_command_writes_all_files_and_warns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = make(tmp_path / "data"), tmp_path / "out"
    (source / "one" / "bad.png").write_bytes(b"no image")
    options = [
        "--arch",
        "lenet5",
        "--epochs",
        "2",
        "--lr",
        "1e-6",
        "--optimizer",
        "adam",
        "--batch-size",
        "4",
    ]
    assert main(["train", "classifier", str(source), *options, "--out", str(out), "--device", "cpu"]) == 0
    output = capsys.readouterr()
    assert "bad.png" in output.err
    assert "stays at 0.693 = ln(2)" in output.err
    assert "--batch-size" in output.err
    assert "Held-out training images" in output.out
    model = load_model(out / "classifier.safetensors", kind="classifier")
    assert model.labels == ("one", "two")
    assert (out / "curves.csv").read_text().startswith("epoch,train_loss")
    assert "## Metrics" in (out / "classifier.md").read_text()
    page = (out / "report" / "index.html").read_text()
    for name in ("curves", "confusion", "filters", "maps"):
        assert f'src="{name}.png"' in page
        assert (out / "report" / f"{name}.png").is_file()


@pytest.mark.parametrize(
    "options",
    [
        ["--arch", "alexnet-pages"],
        ["--freeze"],
        ["--lr", "0"],
        ["--arch", "lenet5", "--size", "40"],
        ["--name", "a/b"],
    ],
)
def test_contradictory_options_are_refused(options: list[str], tmp_path: Path) -> None:
    assert main(["train", "classifier", str(tmp_path), *options, "--out", str(tmp_path / "out")]) == 2
