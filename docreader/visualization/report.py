"""Base of the HTML reports: one layout for evaluation and training (extra `report`).

A report is a folder with `index.html` and its figures. Its template extends the base layout and lies beside the code
that fills it:

    {% extends "report.html.j2" %}
    {% from "report_macros.html.j2" import figure, table %}
    {% block title %}{{ name | printable }}{% endblock %}
    {% block content %}
    <h2>Confusions</h2>
    {{ table(columns, rows) }}
    {{ figure("confusion.png", "Confusion matrix of characters") }}
    {% endblock %}

The layout adds style, heading and a table of `settings`. The filter `printable` escapes control characters; HTML is
escaped everywhere. Figures are drawn with `docreader.visualization.report_plots`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from docreader.errors import MissingExtraError
from docreader.io.records import printable
from docreader.version import __version__


def check_installed(what: str = "--report", *, figures: bool = True, extra: str = "report") -> None:
    """Check that the packages of the reports are installed, before a long run.

    Args:
        what: Option or step that needs them, for the message.
        figures: Whether the report has figures.
        extra: Extra of the packages, for the message.

    Raises:
        MissingExtraError: A package is missing.
    """
    try:
        import jinja2  # noqa: F401

        if figures:
            import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            f"{what} needs the package '{error.name}': pip install 'docreader[{extra}]'"
        ) from error


def write_page(
    folder: Path, package: str, template: str, settings: Iterable[tuple[str, object]], **content: Any
) -> Path:
    """Render a template into `index.html`.

    Args:
        folder: Existing folder of the report.
        package: Package of the template, such as `docreader.evaluation`.
        template: File name of the template in the package.
        settings: Names and values of the run, for the last table.
        **content: Variables of the template.

    Returns:
        The page.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name, "") for name in (package, __package__)]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["printable"] = lambda value: printable(str(value))
    page = environment.get_template(template).render(
        settings=list(settings), docreader_version=__version__, **content
    )
    index = folder / "index.html"
    index.write_text(page, encoding="utf-8")
    return index
