import json
from importlib.resources import files
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import torch
from PIL import Image

from docreader.classification.classifier import Classifier
from docreader.classification.preprocessing import Preprocessing
from docreader.classification.records import CSV_COLUMNS, to_csv, to_json, to_text
from docreader.cli import main
from docreader.io.color import load_color
from models.errors import ModelKindError
from models.files import default_classifier_path, default_model_path, describe, save_model
from models.pyramid import PyramidConfig, PyramidNet

LABELS = ("letter", "email", "form")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(4)
    module = PyramidNet(PyramidConfig(LABELS)).eval()
    path = tmp_path_factory.mktemp("model") / "m.safetensors"
    preparation = Preprocessing("page", 96, 96).to_json()
    metadata = describe(module, kind="classifier", name="m", version="1", preprocessing=preparation)
    save_model(path, module, metadata, half=True)
    return path


@pytest.fixture
def scans(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    for number, shape in enumerate([(90, 60, 3), (60, 90), (90, 60, 3), (200, 130)]):
        Image.fromarray(rng.integers(0, 256, shape, np.uint8)).save(tmp_path / f"{number}.png")
    return tmp_path


def test_batch_equals_single_images(model: Path, scans: Path) -> None:
    classifier = Classifier.load(model)
    paths = [str(path) for path in sorted(scans.iterdir())]
    together = classifier.classify_batch(paths)
    for path, [answer] in zip(paths, together, strict=True):
        [alone] = classifier.classify(path)
        assert alone.label == answer.label  # type: ignore[union-attr]
        assert alone.confidence == pytest.approx(answer.confidence, abs=1e-5)  # type: ignore[union-attr]
        assert sum(one.confidence for one in answer.top) == pytest.approx(1)  # type: ignore[union-attr]


def test_records_have_their_schema(model: Path, scans: Path) -> None:
    classifier = Classifier.load(model)
    schema = json.loads((files("docreader.classification") / "classification.schema.json").read_text())
    for answers in classifier.classify_batch([str(scans / "0.png"), str(scans / "none.png")], top=2):
        for answer in answers:
            jsonschema.validate(json.loads(to_json(answer)), schema)
            assert len(to_csv(answer)) == len(CSV_COLUMNS)
            assert to_text(answer).startswith(str(scans))


def test_command_counts_failures(model: Path, scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (scans / "9.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    options = ["--model", str(model), "--device", "cpu"]
    assert (
        main(["classify", str(scans), *options, "--format", "json", "--batch-size", "2", "--top-k", "1"]) == 3
    )
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [Path(record["file"]).name for record in records] == ["0.png", "1.png", "2.png", "3.png", "9.png"]
    assert records[-1]["error"]["type"] == "DamagedImageError"
    assert [len(record["top"]) for record in records[:-1]] == [1] * 4
    assert main(["classify", str(scans / "9.png"), *options]) == 4
    assert main(["classify", str(scans / "0.png"), *options, "--format", "csv"]) == 0
    assert capsys.readouterr().out.splitlines()[-2].startswith("file,page,label")
    assert main(["classify", str(scans / "0.png"), "--model", str(scans / "no.safetensors")]) == 2


def test_a_classifier_ships(scans: Path) -> None:
    assert default_classifier_path().stat().st_size <= 12_000_000
    classifier = Classifier.load()
    assert classifier.labels == ("advertisement", "email", "letter", "news_article", "scientific_publication")
    [answer] = classifier.classify(scans / "0.png", top=5)
    assert len(answer.top) == 5  # type: ignore[union-attr]


def test_a_model_of_another_kind_is_refused() -> None:
    with pytest.raises(ModelKindError):
        Classifier.load(default_model_path())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "CMYK", "I;16", "1"])
def test_colors_are_those_of_the_file(mode: str, tmp_path: Path) -> None:
    path = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    if mode == "I;16":
        Image.fromarray(np.full((5, 7), 40_000, np.uint16)).save(path)
    else:
        Image.new("RGB", (7, 5), (200, 30, 60)).convert(mode).save(path)
    found = load_color(path)
    assert found.shape == (5, 7, 3)
    if mode in ("RGB", "RGBA"):
        assert found[2, 3].tolist() == [200, 30, 60]
