"""The guide: its examples run, its figures are current, its network learns."""

import doctest
import importlib.util
import re
from pathlib import Path

import pytest

import gtn

DOCS = Path(__file__).parents[2] / "docs" / "gtn"
pytestmark = pytest.mark.skipif(not DOCS.is_dir(), reason="the documentation is not there")


def load(name):
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("page", "least"), [("guide", 40), ("coming-from", 8), ("index", 5)])
def test_examples_run(page, least):
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```pycon\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    test = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, f"{page}.md", 0)
    failures = []
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL
    doctest.DocTestRunner(verbose=False, optionflags=flags).run(test, out=failures.append)
    assert len(test.examples) >= least
    assert not failures, "".join(failures)


def test_names_for_those_who_come_from_elsewhere_exist():
    lines = (DOCS / "coming-from.md").read_text(encoding="utf-8").splitlines()
    ours = [line.split("|")[2] for line in lines if line.startswith("|")]
    names = {name for cell in ours for name in re.findall(r"\bgtn\.([\w.]+)", cell)}
    assert len(names) >= 30
    for name in names:
        found = gtn
        for part in name.split("."):
            found = getattr(found, part)
    members = {name for cell in ours for name in re.findall(r"`g\.(\w+)", cell)}
    assert members <= {*dir(gtn.Graph), *gtn.Graph.__dataclass_fields__}


def test_the_reference_names_everything_public():
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    named = set(re.findall(r"auto\w+:: gtn\.(\w+)", text))
    modules = {*gtn.nn.__all__, "nn", *(n for n in gtn.__all__ if n.endswith("Error"))}
    assert set(gtn.__all__) - named - modules == set()


def test_pictures_are_those_that_the_code_draws():
    drawn = load("make_pictures").pictures()
    assert {p.name for p in (DOCS / "pictures").glob("*.svg")} == set(drawn)
    for name, text in drawn.items():
        assert (DOCS / "pictures" / name).read_text(encoding="utf-8") == text, (
            f"run docs/gtn/make_pictures.py: {name}"
        )
    guide = (DOCS / "guide.md").read_text(encoding="utf-8")
    assert set(re.findall(r"pictures/(\w+\.svg)", guide)) == set(drawn)


def test_network_learns_from_strings_alone(capsys):
    results = load("train_gtn").train(steps=25, batch_size=16)
    assert results[0] < 0.05
    assert results[-1] > 0.3
    assert "accuracy" in capsys.readouterr().out
