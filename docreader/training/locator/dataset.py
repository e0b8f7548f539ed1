"""Training pages of the field locator from files: labeled checks, and pages that show no check."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from docreader.io.ground_truth import LabeledImage, TruthColumn, read_ground_truth
from docreader.training.common.errors import TrainingError
from docreader.training.locator.pages import LocatorPage, with_box, without_check
from docreader.training.locator.reading import AmountPage
from segment.image.arrays import GrayImage
from segment.io.pages import open_pages

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")

OnPage = Callable[[int, int], None]


def read_boxes(labels: Path, on_page: OnPage | None = None) -> list[LocatorPage]:
    """Read upright checks with the box of the amount, the columns x, y, w, h; images without a box are left out.

    Args:
        labels: A labels.csv.
        on_page: Callback with the number of loaded pages and of all.

    Raises:
        LabelsError: The file is not such a CSV.
        TrainingError: No row has a box.
        SegmentError: An image cannot be read.
    """
    items = [item for item in read_ground_truth(labels).items if item.field_box is not None]
    if not items:
        raise TrainingError(f"{labels} has no boxes (columns x, y, w, h): name a recognizer with --reader")
    pages = []
    for item in items:
        pages.append(with_box(_image(item), item.field_box))
        if on_page is not None:
            on_page(len(pages), len(items))
    return pages


def read_amounts(labels: Path) -> list[AmountPage]:
    """Read upright checks with their amounts; boxes are not looked at.

    Args:
        labels: A labels.csv with the column `amount`.

    Raises:
        LabelsError: The file is not such a CSV.
        SegmentError: An image cannot be read.
    """
    items = read_ground_truth(labels, TruthColumn.AMOUNT).items
    return [AmountPage(_image(item), Decimal(item.truth)) for item in items]


def read_negatives(folder: Path) -> list[LocatorPage]:
    """Read the images below a folder as pages that show no check.

    Raises:
        TrainingError: There are none.
        SegmentError: An image cannot be read.
    """
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise TrainingError(f"{folder} holds no image ({', '.join(IMAGE_SUFFIXES)})")
    return [without_check(_load(path, 0)) for path in files]


def _image(item: LabeledImage) -> GrayImage:
    return _load(item.path, item.page - 1)


def _load(path: Path, number: int) -> GrayImage:
    with open_pages(path) as pages:
        return pages[number].image
