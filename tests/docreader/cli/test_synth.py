import csv
import gzip
import json
import re
import struct
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest

from docreader.cli import main
from docreader.cli.exits import Exit
from docreader.cli.synth import Layout, Style
from docreader.cli.synth_negatives import KINDS as HELP_KINDS
from docreader.cli.synth_negatives import PRINTED
from docreader.synthesis import LAYOUTS, STYLES
from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph
from docreader.synthesis.negatives import GROUPS


def write_idx(path: Path, array: np.ndarray) -> None:
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes()))


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in MNIST's form with one drawn image of each digit."""
    folder = tmp_path_factory.mktemp("digits")
    large = np.zeros((10, 112, 112), np.uint8)
    for image, shapes in zip(large, DIGITS.values(), strict=True):
        for stroke in parse_glyph(shapes[0]).strokes:
            cv2.polylines(image, [np.round(stroke * 78 + [28, 94]).astype(np.int32)], False, 255, 8)
    images = np.stack([cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA) for image in large])
    write_idx(folder / "train-images-idx3-ubyte.gz", images)
    write_idx(folder / "train-labels-idx1-ubyte.gz", np.arange(10))
    return folder


def labels(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def synth(*arguments: object) -> int:
    return main(["synth", *(str(a) for a in arguments)])


def test_amounts(digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "made"
    options = ("--count", 3, "--style", "inr", "--height", "60-70", "--labels", "text", "--format", "jpg")
    assert synth("amounts", "--digits", digits, "--out", out, *options) == Exit.OK
    made = labels(out)
    assert len(made) == 3
    for row in made:
        assert row["currency"] == "INR"
        assert row["label"] == row["text"]
        image = cv2.imread(str(out / row["file"]), cv2.IMREAD_GRAYSCALE)
        assert image is not None
        assert image.shape[0] >= 60
    # standard error is no terminal here: no progress, no chatter
    assert capsys.readouterr() == ("", "")


def test_checks(digits: Path, tmp_path: Path) -> None:
    out = tmp_path / "made"
    options = ("--count", 1, "--layout", "chile", "--width", "700-800")
    assert synth("checks", "--digits", digits, "--out", out, *options) == Exit.OK
    (row,) = labels(out)
    image = cv2.imread(str(out / row["file"]))
    assert image is not None
    assert row["kind"] == "check"
    assert row["style"] == "chile"
    assert 0 < int(row["x"]) < int(row["x"]) + int(row["w"]) <= image.shape[1] <= 800


def test_checks_of_the_world_have_regions(digits: Path, tmp_path: Path) -> None:
    out = tmp_path / "made"
    options = ("--count", 3, "--world", "--width", "600", "--seed", 1)
    assert synth("checks", "--digits", digits, "--out", out, *options) == Exit.OK
    made = labels(out)
    regions = json.loads((out / "regions.json").read_text(encoding="utf-8"))
    assert [row["file"] for row in made] == list(regions)
    for row in made:
        assert cv2.imread(str(out / row["file"])) is not None
        assert row["kind"] == "check" or row["amount"] == ""
        assert bool(row["x"]) == any(kind in ("amount", "empty") for kind, *_ in regions[row["file"]])
    assert any(row["amount"] for row in made)


def test_the_world_has_neither_layouts_nor_lists_to_extend(digits: Path, tmp_path: Path) -> None:
    make = ("checks", "--digits", digits, "--out", tmp_path / "made")
    assert synth(*make, "--world", "--layout", "chile") == Exit.USAGE
    assert synth(*make, "--world", "--append") == Exit.USAGE
    assert synth(*make, "--fonts", tmp_path) == Exit.USAGE
    assert synth(*make, "--world", "--fonts", tmp_path) == Exit.USAGE
    assert not (tmp_path / "made").exists()


def test_the_same_seed_gives_the_same_files(digits: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert synth("amounts", "--digits", digits, "--out", tmp_path / name, "--count", 3, "--seed", 7) == 0
    first, second = (sorted(p for p in (tmp_path / n).rglob("*") if p.is_file()) for n in ("a", "b"))
    assert [p.name for p in first] == [p.name for p in second]
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_negatives_have_a_kind_and_an_amount_only_where_it_is_valid(digits: Path, tmp_path: Path) -> None:
    kinds = "struck_new_beside,stamps,printed_zero"
    for name, count in (("a", 14), ("b", 7), ("c", 14)):
        options = ("--count", count, "--kinds", kinds, "--seed", 3)
        assert synth("negatives", "--digits", digits, "--out", tmp_path / name, *options) == Exit.OK
    made, fewer = labels(tmp_path / "a"), labels(tmp_path / "b")
    assert list(made[0]) == ["file", "kind", "amount", "text"]
    assert [row["kind"] for row in made[:7]] == ["printed_zero", "struck_new_beside", *GROUPS["stamps"]]
    assert {row["kind"] for row in made if row["amount"]} == {"struck_new_beside"}
    assert made[:7] == fewer
    for row in made:
        first, again = ((tmp_path / folder / row["file"]).read_bytes() for folder in ("a", "c"))
        assert first == again
        assert cv2.imdecode(np.frombuffer(first, np.uint8), cv2.IMREAD_UNCHANGED).ndim == 2


def test_an_unknown_kind_is_wrong_usage(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    assert synth("negatives", "--digits", digits, "--out", out, "--kinds", "dates,dirt") == Exit.USAGE
    assert "'dirt'" in capsys.readouterr().err
    assert not out.exists()


def test_the_help_lists_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    assert list(HELP_KINDS) == list(GROUPS)
    for group, kinds in GROUPS.items():
        plain = tuple(kind for kind in kinds if not kind.startswith("printed_"))
        assert tuple(HELP_KINDS[group].split()) == plain
        assert len(kinds) == len(plain) * (2 if group in PRINTED else 1)
    assert synth("negatives", "--help") == Exit.OK
    words = set(re.findall("[a-z_]+", capsys.readouterr().out))
    assert {kind for kinds in HELP_KINDS.values() for kind in kinds.split()} <= words


def test_full_folders_are_refused_extended_or_overwritten(
    digits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make = ("amounts", "--digits", digits, "--out", tmp_path / "made", "--count", 2)
    assert synth(*make) == Exit.OK
    assert synth(*make) == Exit.USAGE
    assert "--force" in capsys.readouterr().err
    assert synth(*make, "--seed", 1, "--append") == Exit.OK
    assert len(labels(tmp_path / "made")) == 4
    assert synth(*make, "--force") == Exit.OK
    assert len(labels(tmp_path / "made")) == 2


def test_missing_digits_are_reported_before_synthesis(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "no-digits"
    for command in ("amounts", "checks", "negatives"):
        assert synth(command, "--digits", missing, "--out", tmp_path / "made") == Exit.USAGE
        assert "no-digits" in capsys.readouterr().err
    assert not (tmp_path / "made").exists()


@pytest.mark.parametrize("height", ["tall", "70-40", "0", "40-9999", "-40"])
def test_impossible_heights_are_wrong_usage(digits: Path, tmp_path: Path, height: str) -> None:
    out = tmp_path / "made"
    assert synth("amounts", "--digits", digits, "--out", out, f"--height={height}") == Exit.USAGE
    assert not out.exists()


def test_the_command_offers_what_the_library_has() -> None:
    assert {*get_args(Style)} == {*STYLES, "mixed"}
    assert {*get_args(Layout)} == {*LAYOUTS, "mixed"}
