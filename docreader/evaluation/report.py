"""HTML report of an evaluation, with its figures (extra `report`)."""

import shutil
from pathlib import Path

from docreader.evaluation import tables
from docreader.evaluation.comparison import SampleResult
from docreader.evaluation.evaluation import Evaluation
from docreader.io.records import Reading
from docreader.visualization.report import write_page

THUMBNAIL = (600, 160)
"""Greatest width and height of the images of mistakes, in pixels."""


def write_report(evaluation: Evaluation, folder: Path) -> Path:
    """Write index.html and its figures.

    Args:
        evaluation: Evaluation to report.
        folder: Target folder; made if missing, and its images of mistakes replaced.

    Returns:
        The page.
    """
    from docreader.evaluation import plots

    folder.mkdir(parents=True, exist_ok=True)
    metrics = evaluation.metrics
    plots.plot_reject_curve(metrics, folder / "reject-curve.png")
    plots.plot_confusion(metrics, folder / "confusion.png")
    if metrics.calibration is not None:
        plots.plot_reliability(metrics.calibration, folder / "reliability.png")
    thumbnails = folder / "mistakes"
    if thumbnails.is_dir():
        shutil.rmtree(thumbnails)
    thumbnails.mkdir()
    return write_page(
        folder,
        "docreader.evaluation",
        "evaluation.html.j2",
        settings=[*evaluation.options.items(), ("time", f"{evaluation.seconds:.1f} s")],
        evaluation=evaluation,
        metrics=metrics,
        tables=tables,
        mistakes=[
            (result, _thumbnail(result, thumbnails / f"{number:02}.png", folder))
            for number, result in enumerate(evaluation.mistakes, start=1)
        ],
    )


def _thumbnail(result: SampleResult, path: Path, folder: Path) -> str | None:
    """Save a small image of a misread field; return its path within the report, None if the image is gone."""
    from PIL import Image

    from segment.errors import SegmentError
    from segment.image.box import Box
    from segment.io.pages import load_pages

    try:
        for page in load_pages(result.item.path):
            if page.number == result.item.page:
                image = Image.fromarray(page.image)
                if isinstance(result.record, Reading) and result.record.bbox is not None:
                    x, y, w, h = result.record.bbox
                    margin = h // 2
                    x, y, w, h = Box(x - margin, y - margin, w + 2 * margin, h + 2 * margin).intersect(
                        (0, 0, *image.size)
                    )
                    image = image.crop((x, y, x + w, y + h))
                image.thumbnail(THUMBNAIL)
                image.save(path)
                return path.relative_to(folder).as_posix()
    except (SegmentError, OSError):
        return None
    return None
