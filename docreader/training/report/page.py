"""Writes the report of a trained network: index.html and its pictures (extra `report`)."""

from pathlib import Path

import docreader
from docreader.io.records import printable
from docreader.training.report.contents import Contents


def write_report(contents: Contents, folder: Path) -> Path:
    """Write index.html and its pictures.

    Args:
        contents: What to show.
        folder: Where to; made when it is missing.

    Returns:
        The page.
    """
    import jinja2

    from docreader.training.common.history import draw_curves
    from docreader.training.report import pictures

    folder.mkdir(parents=True, exist_ok=True)
    if contents.history:
        draw_curves(folder / "curves.png", contents.history, contents.title)
    if contents.confusion is not None:
        pictures.draw_confusion(folder / "confusion.png", contents.confusion, contents.labels)
    if contents.mistakes:
        pictures.draw_mistakes(folder / "mistakes.png", contents.mistakes)
    if contents.filters is not None:
        pictures.draw_filters(folder / "filters.png", contents.filters)
    if contents.maps and contents.sample is not None:
        pictures.draw_maps(folder / "maps.png", contents.sample, contents.maps)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("docreader.training.report", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    page = environment.get_template("report.html.j2").render(
        contents=contents, printable=printable, docreader_version=docreader.__version__
    )
    index = folder / "index.html"
    index.write_text(page, encoding="utf-8")
    return index
