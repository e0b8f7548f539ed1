"""The scripts import what there is, explain themselves, and print metrics that the runner reads."""

import ast
import importlib.util
import json
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import cv2
import numpy as np
import pytest

from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph
from docreader.synthesis.glyph_bank import DigitBank

ROOT = Path(__file__).parents[2]
SCRIPTS = sorted((ROOT / "benchmarks").rglob("*.py"))


def own(node):
    """Imports of the packages of this project: (module, name)."""
    names = ("docreader", "gtn", "models", "segment")
    for one in ast.walk(node):
        if isinstance(one, ast.ImportFrom) and (one.module or "").split(".")[0] in names:
            yield from ((one.module, alias.name) for alias in one.names)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_imports_names_that_exist(path):
    for module, name in own(ast.parse(path.read_text("utf-8"))):
        found = importlib.import_module(module)
        assert hasattr(found, name) or importlib.util.find_spec(f"{module}.{name}"), (module, name)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_has_one_screen_of_subject_and_at_most_300_lines(path):
    text = path.read_text("utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text))


def run(*words):
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, capture_output=True, text=True, check=True, timeout=600
    ).stdout


def test_the_time_of_each_step_is_printed(script, tmp_path):
    for name in ("chile-14-000000.jpg", "chile-14-000001.jpg"):
        shutil.copy(ROOT / "samples" / "images" / name, tmp_path)
    output = run("benchmarks/speed.py", "stages", str(tmp_path), "--batch-size", "2")
    metrics, _ = script("run").from_script(output, script("common").load_suites()["stages"])
    assert set(metrics) == {"load", "clean", "prepare", "interpret", "search", "second_pass", "whole"}
    assert all(metric["unit"] == "ms" and metric["value"] >= 0 for metric in metrics.values())


def test_images_in_turn_are_read_alike(tmp_path):
    shutil.copy(ROOT / "samples" / "images" / "chile-14-000000.jpg", tmp_path)
    output = run("benchmarks/reliability.py", "endurance", str(tmp_path), "--count", "4")
    metrics = json.loads(output.splitlines()[-1])["metrics"]
    assert (metrics["failures"]["k"], metrics["failures"]["n"]) == (0, 4)


def test_cut_recall_of_the_samples():
    metrics = json.loads(run("benchmarks/cut_recall.py", "samples").splitlines()[-1])["metrics"]
    assert metrics["any"]["k"] >= metrics["on_path"]["k"] > metrics["on_path"]["n"] / 2


def test_false_accepts_are_counted_by_kind_beside_valid_amounts(tmp_path, script):
    shutil.copy(ROOT / "samples" / "images" / "chile-14-000000.jpg", tmp_path / "read.jpg")
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((50, 120), 255, np.uint8))
    rows = ("read.jpg,date,", "read.jpg,show_through,1", "blank.png,blank,")
    (tmp_path / "labels.csv").write_text("\n".join(["file,kind,amount", *rows, ""]), "utf-8")
    output = run("benchmarks/traps.py", "list", str(tmp_path))
    metrics, _ = script("run").from_script(output, script("common").load_suites()["traps"])
    assert (metrics["false_accepts"]["k"], metrics["false_accepts"]["n"]) == (1, 2)
    assert metrics["kind:date"]["k"] == metrics["kind:date"]["n"] == 1
    assert metrics["kind:blank"]["k"] == 0
    assert list(metrics)[-2:] == ["kind:date", "kind:blank"]
    assert metrics["valid"]["wrong"] == metrics["valid"]["accepted"] == metrics["valid"]["n"] == 1
    assert "clean" not in metrics
    (tmp_path / "blank.png").unlink()
    with pytest.raises(SystemExit, match="not there"):
        list(script("traps").listed(tmp_path))


def test_drawn_negatives_are_given_beside_clean_amounts(script, monkeypatch):
    large = np.zeros((10, 112, 112), np.uint8)
    for image, shapes in zip(large, DIGITS.values(), strict=True):
        for stroke in parse_glyph(shapes[0]).strokes:
            cv2.polylines(image, [np.round(stroke * 78 + [28, 94]).astype(np.int32)], False, 255, 8)
    images = [cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA) for image in large]
    bank = DigitBank(np.stack(images), np.arange(10, dtype=np.uint8))
    monkeypatch.setattr(DigitBank, "from_directory", lambda *_: bank)
    items = list(script("traps").drawn(Path("mnist"), 2, 1, "paper,streaks"))
    assert [kind for kind, _, _ in items] == ["streaks", "paper", "streaks", "paper", "clean"]
    assert [amount is None for _, amount, _ in items] == [False, True, False, True, False]


def test_altered_checks_are_counted_by_kind(tmp_path, script):
    page = np.full((600, 1400), 225, np.uint8)
    cv2.putText(page, "2507", (1050, 260), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 40, 3, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "check.png"), page)
    rows = ["file,amount,x,y,w,h", "check.png,2507,1000,190,300,100", ""]
    (tmp_path / "labels.csv").write_text("\n".join(rows), "utf-8")
    traps = script("check_traps")
    answers = {"shadow": Decimal(2507), "upside_down": Decimal(7), "scribbled": Decimal(250)}
    counted = traps.Answers((traps.CLEAN, *traps.READABLE))
    for kind, alteration in traps.ALTERATIONS.items():
        altered = alteration(page, (1000, 190, 300, 100), np.random.default_rng(0))
        assert altered.shape != page.shape or (altered != page).any()
        counted.add(kind, answers.get(kind), Decimal(2507) if kind in traps.READABLE else None)
    metrics = counted.metrics()
    assert (metrics["false_accepts"]["k"], metrics["false_accepts"]["n"]) == (1, 11)
    assert [metrics[name]["wrong"] for name in traps.READABLE] == [0, 0, 1]
    output = run("benchmarks/check_traps.py", str(tmp_path), "--kinds", "erased")
    found = json.loads(output.splitlines()[-1])["metrics"]
    assert found["kind:erased"]["n"] == found["clean"]["n"] == 1


def test_an_erased_field_is_paper(script):
    page = np.full((600, 1400), 225, np.uint8)
    cv2.putText(page, "2507", (1050, 260), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 40, 3, cv2.LINE_AA)
    for kind in ("erased", "erased_in_box"):
        altered = script("check_traps").ALTERATIONS[kind](
            page, (1000, 190, 300, 100), np.random.default_rng(0)
        )
        assert altered.min() > 215
