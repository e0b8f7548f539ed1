"""The report of an evaluation: a page of HTML with its pictures (extra `report`)."""

import shutil
from pathlib import Path

import docreader
from docreader.errors import MissingExtraError
from docreader.evaluation import tables
from docreader.evaluation.comparison import SampleResult
from docreader.evaluation.evaluation import Evaluation
from docreader.io.records import Box, Reading, printable

THUMBNAIL = (600, 160)
"""Largest width and height of the pictures of mistakes, in pixels."""


def check_installed(what: str = "--report") -> None:
    """See to it that the packages of the extra are there, before hours are spent on reading.

    Args:
        what: That needs them.

    Raises:
        MissingExtraError: One is not.
    """
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            f"{what} needs the package '{error.name}': pip install 'docreader[report]'"
        ) from error


def write_report(evaluation: Evaluation, folder: Path) -> Path:
    """Write index.html and its pictures.

    Args:
        evaluation: What to report.
        folder: Where to; made when it is missing, and its pictures of mistakes replaced.

    Returns:
        The page.
    """
    import jinja2

    from docreader.evaluation import plots

    folder.mkdir(parents=True, exist_ok=True)
    metrics = evaluation.metrics
    plots.plot_reject_curve(metrics, folder / "reject-curve.png")
    plots.plot_confusion(metrics, folder / "confusion.png")
    if metrics.calibration is not None:
        plots.plot_reliability(metrics.calibration, folder / "reliability.png")
    pictures = folder / "mistakes"
    if pictures.is_dir():
        shutil.rmtree(pictures)
    pictures.mkdir()
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("docreader.evaluation", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    versions = [("By the labels as they are", evaluation.raw_metrics)]
    if evaluation.corrected_metrics is not None:
        title = f"By the labels with {len(evaluation.applied)} corrected"
        versions.append((title, evaluation.corrected_metrics))
    page = environment.get_template("report.html.j2").render(
        evaluation=evaluation,
        metrics=metrics,
        versions=versions,
        tables=tables,
        printable=printable,
        docreader_version=docreader.__version__,
        mistakes=[
            (item, _thumbnail(item, pictures / f"{number:02}.png", folder))
            for number, item in enumerate(evaluation.mistakes, start=1)
        ],
    )
    index = folder / "index.html"
    index.write_text(page, encoding="utf-8")
    return index


def _within(box: Box, size: tuple[int, int]) -> Box:
    """A box (left, top, right, bottom) cut off at the edges of a picture."""
    left, top, right, bottom = box
    return max(left, 0), max(top, 0), min(right, size[0]), min(bottom, size[1])


def _thumbnail(item: SampleResult, path: Path, folder: Path) -> str | None:
    """A small picture of the field that was misread, by its address in the report; None if it is gone."""
    from PIL import Image

    from segment.errors import SegmentError
    from segment.io.pages import load_pages

    try:
        for page in load_pages(item.item.path):
            if page.number == item.item.page:
                picture = Image.fromarray(page.image)
                if isinstance(item.record, Reading) and item.record.bbox is not None:
                    x, y, w, h = item.record.bbox
                    around = (x - h / 2, y - h / 2, x + w + h / 2, y + 1.5 * h)
                    picture = picture.crop(_within(around, picture.size))
                picture.thumbnail(THUMBNAIL)
                picture.save(path)
                return path.relative_to(folder).as_posix()
    except (SegmentError, OSError):
        return None
    return None
