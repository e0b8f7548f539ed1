"""HTML page of a comparison, in one file (extra `compare` or `report`)."""

from pathlib import Path

from docreader.evaluation.peers import tables
from docreader.evaluation.peers.comparison import Comparison
from docreader.evaluation.peers.metrics import all_metrics
from docreader.visualization.report import write_page

MAX_LISTED = 500
"""Most images listed that not all readers have right."""


def write_report(comparison: Comparison, folder: Path) -> Path:
    """Write index.html: a page without further files and without images.

    Args:
        comparison: Comparison to report.
        folder: Target folder; made if missing.

    Returns:
        The page.
    """
    folder.mkdir(parents=True, exist_ok=True)
    settings = comparison.settings
    config = settings.config
    differences = tables.difference_rows(comparison, MAX_LISTED + 1)
    return write_page(
        folder,
        "docreader.evaluation.peers",
        "comparison.html.j2",
        settings=[
            ("field", config.field),
            ("grammar", config.grammar),
            ("threads of each reader", settings.threads),
            ("images of a batch", comparison.batch_size),
            *((result.name, result.version) for result in comparison.readers),
        ],
        comparison=comparison,
        readers=list(zip(comparison.readers, all_metrics(comparison), strict=True)),
        tables=tables,
        differences=differences[:MAX_LISTED],
        shortened=len(differences) > MAX_LISTED,
        failures=tables.failure_rows(comparison),
    )
