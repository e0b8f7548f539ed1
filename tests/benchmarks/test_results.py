"""Results are data: they fit their schema, and the pages are what is rendered from them."""

import json
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
RESULTS = sorted((BENCHMARKS / "results").rglob("*.json"))
SCHEMA = json.loads((BENCHMARKS / "result.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def suites(script):
    return script("common").load_suites()


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_result_fits_the_schema_and_its_suite(path, suites):
    result = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(result)
    assert result["suite"] == path.parent.name
    assert path.stem.endswith(f"@{result['commit']}")
    suite = suites[result["suite"]]
    whole = {name for name in result["metrics"] if not name.startswith(f"{suite.get('by')}:")}
    assert whole <= set(suite["metrics"])
    if "source" in result:
        assert (BENCHMARKS / result["source"]).is_file()


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_intervals_are_those_of_the_counts(path, script):
    for metric in json.loads(path.read_text("utf-8"))["metrics"].values():
        if "wilson95" in metric:
            assert metric == script("common").share(metric["k"], metric["n"])
        if "accepted" in metric:
            assert metric["wrong"] <= metric["accepted"] <= metric["n"]


def test_what_is_wrong_does_not_fit_the_schema():
    result = json.loads(RESULTS[0].read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for change in (
        {"metrics": {}},
        {"role": "best"},
        {"date": "yesterday"},
        {"metrics": {"exact": {"k": -1, "n": 3}}},
    ):
        assert not validator.is_valid(result | change)


def test_pages_are_what_is_rendered(script):
    render = script("render")
    assert (BENCHMARKS / "RESULTS.md").read_text("utf-8") == render.results_page(), (
        "python benchmarks/render.py"
    )
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme == render.with_block(readme), "python benchmarks/render.py"


def test_the_readme_has_five_rows(script):
    assert len(script("render").readme_block().splitlines()) == 5 + 4


def test_what_a_model_was_trained_on_is_not_shown(script):
    render = script("render")
    assert render.shown([{"role": "trained-on"}, {"role": "current"}]) == [{"role": "current"}]


@pytest.mark.parametrize(
    ("metric", "text"),
    [
        ({"k": 283, "n": 300, "wilson95": [0.911142, 0.96427]}, "94.3 % (283 of 300; 91.1 to 96.4)"),
        ({"k": 0, "n": 300000, "wilson95": [0.0, 1.3e-05]}, "0 % (0 of 300,000; 0 to 0.0013)"),
        ({"accepted": 254, "wrong": 3, "n": 300, "protocol": "x"}, "254 of 300 (3 wrong)"),
        ({"read_rate": 0.693, "error": 0.014, "protocol": "x"}, "69.3 % (1.4 %)"),
        ({"mean": 0.0092, "low": 0.0085, "high": 0.0103, "k": [87, 103, 85], "n": 10000},
         "mean 0.92 %, 0.85 to 1.03 (87, 103, 85 of 10,000)"),
        ({"median": 0.45, "least": 0.36, "unit": "ms"}, "0.45 (least 0.36) ms"),
        ({"low": 6800, "high": 7400, "unit": "images/s"}, "6,800 to 7,400 images/s"),
        ({"value": 1.39, "unit": "%"}, "1.39 %"),
        (None, ""),
    ],
)  # fmt: skip
def test_a_metric_is_formatted_by_its_form(metric, text, script):
    assert script("render").cell(metric) == text


def test_a_newer_result_of_the_same_label_replaces_an_older_one(script, tmp_path):
    (tmp_path / "s").mkdir()
    for name, date in (("a", "2026-01-01"), ("b", "2026-01-02")):
        result = {"label": "m 1", "role": "current", "date": date}
        (tmp_path / "s" / f"{name}.json").write_text(json.dumps(result))
    found = script("common").load_results("s", tmp_path)
    assert [(one["date"], one["role"]) for one in found] == [
        ("2026-01-02", "current"),
        ("2026-01-01", "earlier"),
    ]


def test_no_result_comes_from_code_that_is_not_committed():
    assert not [path.name for path in RESULTS if "dirty" in path.name]


def test_columns_without_a_value_are_left_out(script):
    assert script("render").table(["a", "b", "c"], [["1", "", "2"]]) == "| a | c |\n| --- | --- |\n| 1 | 2 |"


def test_parts_are_rows_beside_the_results(script):
    half = {"k": 1, "n": 2, "wilson95": [0.0945, 0.9055]}
    results = [
        {"label": "a", "metrics": {"false": half, "kind:date": half}},
        {"label": "b", "metrics": {"false": half, "kind:time": half}},
    ]
    text = "50.0 % (1 of 2; 9.4 to 90.5)"
    rows = script("render").parts_table({"by": "kind"}, results).splitlines()
    assert rows == [
        "| kind | a | b |",
        "| --- | --- | --- |",
        f"| date | {text} |  |",
        f"| time |  | {text} |",
    ]
