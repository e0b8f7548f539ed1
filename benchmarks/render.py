"""Render results/*.json to RESULTS.md and to the table of README.md.

python benchmarks/render.py [--check]

Both pages are generated: edit suites/*.toml or add results with run.py, never the pages.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from common import HERE, ROOT, Metric, load_results, load_suites, parser, share

BEGIN, END = "<!-- results:begin -->", "<!-- results:end -->"
HEAD = """# Results

Rendered by `python benchmarks/render.py` from [results](results), which hold model, commit, command, data, machine and
date of each figure. An imported figure comes from the [note](notes) that its file names. Intervals: 95 % Wilson."""


def percent(fraction: float, reference: float) -> str:
    """Format a fraction as a percentage, with the decimals that suit the reference fraction."""
    if reference == 0:
        return f"{100 * fraction:.2g}"
    return f"{100 * fraction:.{2 if reference < 0.05 else 1}f}"


def number(value: float) -> str:
    """Format a number with thousands separators and without trailing zeros."""
    return f"{value:,.10g}" if isinstance(value, float) and value != int(value) else f"{int(value):,}"


def cell(metric: Metric | None) -> str:
    """Format a metric for a cell of a table."""
    if metric is None:
        return ""
    if "k" in metric and "wilson95" in metric:
        fraction = metric["k"] / metric["n"]
        low, high = (percent(end, fraction) for end in metric["wilson95"])
        return f"{percent(fraction, fraction)} % ({metric['k']:,} of {metric['n']:,}; {low} to {high})"
    if "accepted" in metric:
        return f"{metric['accepted']:,} of {metric['n']:,} ({metric['wrong']:,} wrong)"
    if "read_rate" in metric:
        error = "" if metric["error"] is None else f" ({100 * metric['error']:.1f} %)"
        return f"{100 * metric['read_rate']:.3g} %{error}"
    if "mean" in metric:
        mean, low, high = (percent(metric[name], metric["mean"]) for name in ("mean", "low", "high"))
        return f"mean {mean} %, {low} to {high} ({', '.join(map(str, metric['k']))} of {metric['n']:,})"
    unit = metric["unit"] if metric["unit"].startswith("%") else f" {metric['unit']}"
    unit = " %" if unit == "%" else unit
    if "median" in metric:
        return f"{metric['median']:.2f} (least {metric['least']:.2f}){unit}"
    if "low" in metric:
        return f"{number(metric['low'])} to {number(metric['high'])}{unit}"
    return f"{number(metric['value'])}{unit}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Format a Markdown table, without the columns that are empty in all rows."""
    rows = list(rows)
    kept = [n for n in range(len(head)) if any(row[n] for row in rows)]
    lines = [[head[n] for n in kept], ["---"] * len(kept), *([row[n] for n in kept] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def results_table(suite: dict[str, Any], results: Sequence[dict[str, Any]]) -> str:
    """Format results as the rows of a table, or as its columns where the suite has many metrics."""
    metrics = suite["metrics"]
    if suite.get("layout") == "columns":
        head = ["", "reach / goal", *(one["label"] for one in results)]
        rows = [
            [spec["title"], spec.get("goal", ""), *(cell(one["metrics"].get(name)) for one in results)]
            for name, spec in metrics.items()
            if any(name in one["metrics"] for one in results)
        ]
        return table(head, rows)
    head = [suite.get("rows", "model"), *(spec["title"] for spec in metrics.values()), "date"]
    return table(
        head,
        (
            [one["label"], *(cell(one["metrics"].get(name)) for name in metrics), one["date"]]
            for one in results
        ),
    )


def parts_table(suite: dict[str, Any], results: Sequence[dict[str, Any]]) -> str:
    """Format the metrics of the parts (`PART:NAME`) that the suite has beside those of the whole, one row a part."""
    prefix = f"{suite['by']}:"
    names = dict.fromkeys(name for one in results for name in one["metrics"] if name.startswith(prefix))
    head = [suite["by"], *(one["label"] for one in results)]
    return table(
        head,
        ([name.removeprefix(prefix), *(cell(one["metrics"].get(name)) for one in results)] for name in names),
    )


def shown(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the results that may be shown: a model's result on its own training data is no figure."""
    return [one for one in results if one["role"] != "trained-on"]


def current(suite: dict[str, Any], results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the result that the summary shows: the first current one with the headline metric."""
    return next(one for one in results if one["role"] == "current" and suite["headline"] in one["metrics"])


def summary(suites: dict[str, dict[str, Any]]) -> str:
    """Format the summary table: one row a suite."""
    rows = []
    for name, suite in suites.items():
        one = current(suite, shown(load_results(name)))
        headline = suite["headline"]
        text = f"{suite['metrics'][headline]['title']}: {cell(one['metrics'][headline])}"
        link = f"[{suite['title']}](#{anchor(suite['title'])})"
        rows.append([link, suite["goal"], text, one["label"], one["date"]])
    return table(["suite", "goal", "result", "model", "date"], rows)


def anchor(title: str) -> str:
    """Return the link target of a heading, by GitHub's rule."""
    kept = "".join(c for c in title.lower() if c.isalnum() or c in " -_")
    return kept.replace(" ", "-")


def section(name: str, suite: dict[str, Any]) -> str:
    """Format one suite: protocol, command, current results beside the others, earlier ones collapsed."""
    results = shown(load_results(name))
    now = [one for one in results if one["role"] != "earlier"]
    earlier = [one for one in results if one["role"] == "earlier"]
    command = suite.get("reproduce", f"python benchmarks/run.py {name} --data DATA")
    code = "\n".join(f"    {line}" for line in command.strip().splitlines())
    parts = [f"## {suite['title']}", suite["protocol"].strip(), code, results_table(suite, now)]
    if "by" in suite:
        title = f"By {suite['by']}: {suite['metrics'][suite['headline']]['title']}"
        parts.append(f"<details><summary>{title}</summary>\n\n{parts_table(suite, now)}\n\n</details>")
    if earlier:
        block = results_table(suite, earlier)
        parts.append(f"<details><summary>Earlier versions</summary>\n\n{block}\n\n</details>")
    return "\n\n".join(parts)


def results_page() -> str:
    """Return the text of RESULTS.md."""
    suites = load_suites()
    return "\n\n".join([HEAD, summary(suites), *(section(*item) for item in suites.items())]) + "\n"


def readme_block() -> str:
    """Return the table of README.md, from the `readme` rows of the suites."""
    rows = []
    for name, suite in load_suites().items():
        for row in suite.get("readme", ()):
            one = current(suite, shown(load_results(name)))
            metric = one["metrics"][row["metric"]]
            text = cell(metric)
            if "accepted" in metric:
                text = f"{cell(share(metric['accepted'], metric['n']))}, {metric['wrong']} wrong"
            if "also" in row:
                text += f" ({cell(one['metrics'][row['also']])})"
            rows.append((row["order"], [row["what"], row["data"], text]))
    body = table(["what", "data", "result (95 % interval)"], (row for _, row in sorted(rows)))
    return f"{BEGIN}\n{body}\n{END}"


def with_block(page: str) -> str:
    """Return a page with the rendered table between its markers."""
    before, rest = page.split(BEGIN, 1)
    return before + readme_block() + rest.split(END, 1)[1]


def main() -> int:
    """Write both pages, or check them; the exit status is 1 where they differ."""
    options = parser(__doc__)
    options.add_argument("--check", action="store_true", help="compare only")
    check = options.parse_args().check
    readme = ROOT / "README.md"
    pages: dict[Path, str] = {
        HERE / "RESULTS.md": results_page(),
        readme: with_block(readme.read_text("utf-8")),
    }
    stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    for path in stale:
        print(f"{path}: {'differs from what is rendered' if check else 'written'}")
        if not check:
            path.write_text(pages[path], "utf-8")
    return int(check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
