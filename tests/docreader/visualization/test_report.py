"""The base of the reports: layout, escaping, what is missing."""

import builtins
import sys

import pytest

from docreader.errors import MissingExtraError
from docreader.visualization.report import check_installed, write_page

TEMPLATE = """{% extends "report.html.j2" %}
{% from "report_macros.html.j2" import figure, table %}
{% block title %}{{ name | printable }}{% endblock %}
{% block content %}{{ table(("a",), [(name,)]) }}{{ figure("x.png", "X") }}{% endblock %}
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package with a template."""
    pytest.importorskip("jinja2")
    folder = tmp_path / "template_package"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "page.html.j2").write_text(TEMPLATE)
    monkeypatch.syspath_prepend(tmp_path)
    yield folder.name
    sys.modules.pop(folder.name, None)


def test_a_page_has_the_layout_and_escapes_its_values(package, tmp_path):
    page = write_page(tmp_path, package, "page.html.j2", [("lr", "<1>")], name="<b>\x1b").read_text()
    assert "<h1>&lt;b&gt;\\x1b</h1>" in page
    assert page.count("&lt;b&gt;\\x1b") == 3
    assert '<img src="x.png" alt="X">' in page
    assert "<td>lr</td><td>&lt;1&gt;</td>" in page
    assert "<b>" not in page


def test_a_missing_package_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "matplotlib":
            raise ImportError(name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match="curves needs the package 'matplotlib'"):
        check_installed("curves")
