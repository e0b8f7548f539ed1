"""Pages of docs/: their examples run, their figures can be drawn and are small."""

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is missing")


def test_examples_from_python_run(monkeypatch):
    monkeypatch.chdir(ROOT)
    text = (DOCS / "python.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```pycon\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "python", "python.md", 0)
    failures = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    doctest.DocTestRunner(verbose=False, optionflags=flags).run(test, out=failures.append)
    assert len(test.examples) >= 20
    assert not failures, "".join(failures)


def test_each_step_has_a_small_figure():
    text = (DOCS / "how-it-reads.md").read_text(encoding="utf-8")
    steps = re.findall(r"^(\d+)\. ", text, flags=re.MULTILINE)
    figures = re.findall(r"\]\((figures/[^)]+)\)", text)
    assert steps == [str(number) for number in range(1, len(steps) + 1)]
    assert len(figures) == len(steps)
    assert {DOCS / name for name in figures} == set((DOCS / "figures").iterdir())
    assert all((DOCS / name).stat().st_size < 40_000 for name in figures)


def test_modules_of_the_steps_exist():
    text = (DOCS / "how-it-reads.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`((?:docreader|segment)(?:\.\w+)+)`", text))
    assert len(names) >= 12
    assert not [name for name in names if importlib.util.find_spec(name) is None]


def test_figures_can_be_drawn(tmp_path):
    spec = importlib.util.spec_from_file_location("make_figures", DOCS / "make_figures.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(tmp_path)
    drawn = {path.name for path in (tmp_path / "figures").iterdir()}
    assert drawn == {path.name for path in (DOCS / "figures").iterdir()}
    assert (tmp_path / "reading.png").is_file()
