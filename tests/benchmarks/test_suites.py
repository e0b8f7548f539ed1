"""Each suite states what it judges, and how."""

import hashlib
import string
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
SUITES = sorted(path.stem for path in (BENCHMARKS / "suites").glob("*.toml"))


@pytest.fixture(scope="module")
def suites(script):
    return script("common").load_suites()


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_is_well_formed(name, suites, script):
    suite = suites[name]
    known = {"order", "title", "goal", "headline", "protocol", "data", "metrics"}
    optional = {"run", "reproduce", "readme", "trained_on", "drop_if_trained_on", "layout", "rows", "by"}
    assert known <= set(suite) <= known | optional
    assert ("run" in suite) != ("reproduce" in suite)
    assert suite["headline"] in suite["metrics"]
    assert len(suite["protocol"].strip().splitlines()) <= 3
    assert suite["data"]["name"]
    assert all(spec["title"] for spec in suite["metrics"].values())
    assert all(row["metric"] in suite["metrics"] for row in suite.get("readme", ()))
    if "splits/" in suite["data"].get("split", ""):
        digest = hashlib.sha256((BENCHMARKS / suite["data"]["split"]).read_bytes()).hexdigest()
        assert digest == suite["data"]["sha256"]
    if "run" in suite:
        run = suite["run"]
        assert run["extract"] in script("run").EXTRACT
        names = {name for _, name, _, _ in string.Formatter().parse(run["command"]) if name}
        assert names <= {"data", "model", "labels", "corrections"}
        assert all(name in run for name in names - {"data"})
        if run["command"].startswith("python "):
            assert (BENCHMARKS.parent / run["command"].split()[1]).is_file()


def test_every_suite_has_results_and_every_folder_of_results_a_suite(suites):
    assert {path.name for path in (BENCHMARKS / "results").iterdir()} == set(suites)


def test_suites_have_an_order_without_doubles(suites):
    orders = [suite["order"] for suite in suites.values()]
    assert orders == sorted(set(orders))


def test_the_split_of_amounts_has_300_files(script):
    files = script("common").heldout_files()
    assert len(files) == len(set(files)) == 300
