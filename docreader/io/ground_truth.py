"""Ground truth of images: labels.csv and its corrections, with errors that name the line."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from docreader.errors import LabelsError

if TYPE_CHECKING:
    import _csv


BOX_COLUMNS = ("x", "y", "w", "h")
"""Columns of the amount field on its page: left, top, width, height in pixels."""


class TruthColumn(StrEnum):
    """Column of the ground truth: `label` is compared with the text as read, `amount` with its value."""

    LABEL = "label"
    AMOUNT = "amount"


@dataclass(frozen=True)
class LabeledImage:
    """Image (a page of a file) with its ground truth.

    Attributes:
        line: Line of labels.csv, from 1.
        file: File name in labels.csv.
        path: Path of the file.
        page: Number of the page, from 1: the column `page`, or 1.
        truth: True string, or true amount as a plain decimal.
        row: All cells by column.
    """

    line: int
    file: str
    path: Path
    page: int
    truth: str
    row: dict[str, str]

    @property
    def group(self) -> str:
        """Unit of cross-fitting: the column `group`, or else the file."""
        return self.row.get("group") or self.file

    @property
    def field_box(self) -> tuple[int, int, int, int] | None:
        """Labeled field of the page in pixels; None if the columns x, y, w, h hold none."""
        cells = [self.row.get(name, "").strip() for name in BOX_COLUMNS]
        if not all(re.fullmatch(r"-?[0-9]{1,9}", cell) for cell in cells):
            return None
        x, y, w, h = map(int, cells)
        return (x, y, w, h) if w > 0 and h > 0 else None


@dataclass(frozen=True)
class GroundTruth:
    """Content of a labels.csv.

    Attributes:
        path: The CSV file.
        column: Column of the truth.
        columns: Names of all columns in order.
        items: Images in the order of the file.
    """

    path: Path
    column: TruthColumn
    columns: tuple[str, ...]
    items: tuple[LabeledImage, ...]

    def boxes(self) -> dict[str, tuple[int, int, int, int]]:
        """Return the labeled fields by path.

        Raises:
            LabelsError: A column is missing, or a row has no box.
        """
        _need(self.path, self.columns, *BOX_COLUMNS)
        found = {}
        for item in self.items:
            box = item.field_box
            if box is None:
                cells = ", ".join(item.row[name] for name in BOX_COLUMNS)
                raise LabelsError(
                    f"{self.path}, line {item.line}: '{cells}' is not a box; write x, y, w and h as whole pixels"
                )
            found[str(item.path)] = box
        return found


@dataclass(frozen=True)
class Correction:
    """Correction of a wrong label.

    Attributes:
        line: Line of the corrections file, from 1.
        truth: True string or amount.
        reason: Reason for the correction.
    """

    line: int
    truth: str
    reason: str


def read_ground_truth(
    path: Path, column: TruthColumn | None = None, preferred: TruthColumn = TruthColumn.LABEL
) -> GroundTruth:
    """Read a labels.csv: a header with `file` and `label` or `amount`; further columns are kept.

    Args:
        path: CSV file in UTF-8, with or without a byte order mark. Images are named relative to its folder.
        column: Column of the truth; None for the one in the header.
        preferred: Column of the truth if the header has both.

    Raises:
        LabelsError: The file is not such a CSV; the message names the line.
    """
    columns, rows = _read_csv(path)
    if column is None:
        present = [choice for choice in TruthColumn if choice in columns]
        column = present[0] if len(present) == 1 else preferred
    _need(path, columns, "file", column)
    items = [_labeled_image(path, column, line, row) for line, row in rows]
    if not items:
        raise LabelsError(f"{path} has a header and no rows: there is nothing to evaluate")
    lines: dict[tuple[str, int], int] = {}
    for item in items:
        first = lines.setdefault((item.file, item.page), item.line)
        if first != item.line:
            raise LabelsError(
                f"{path}, line {item.line}: '{item.file}' was labeled in line {first} already; remove one"
            )
    return GroundTruth(path, column, columns, tuple(items))


def read_file_list(path: Path) -> tuple[LabeledImage, ...]:
    """Read a CSV of images without ground truth: a header with `file`; further columns are kept.

    Args:
        path: CSV file in UTF-8. Images are named relative to its folder.

    Raises:
        LabelsError: The file is not such a CSV; the message names the line.
    """
    columns, rows = _read_csv(path)
    _need(path, columns, "file")
    if not rows:
        raise LabelsError(f"{path} has a header and no rows")
    return tuple(_image(path, line, row, "") for line, row in rows)


def read_images(path: Path) -> tuple[LabeledImage, ...]:
    """Read a labels.csv in which an image may hold no amount: its cells `amount` and `label` are empty.

    Args:
        path: CSV file with the column `file`, and `amount`, `label` or both; an amount is preferred.

    Returns:
        Images in the order of the file; the truth is empty where no amount is written.

    Raises:
        LabelsError: The file is not such a CSV; the message names the line.
    """
    columns, rows = _read_csv(path)
    _need(path, columns, "file", *([] if TruthColumn.LABEL in columns else [TruthColumn.AMOUNT]))
    found = []
    for line, row in rows:
        filled = [column for column in reversed(TruthColumn) if row.get(column, "").strip()]
        found.append(_labeled_image(path, filled[0], line, row) if filled else _image(path, line, row, ""))
    return tuple(found)


def read_corrections(path: Path, column: TruthColumn) -> dict[str, Correction]:
    """Read a corrections file: `file`, the true `label` or `amount`, `reason`.

    Args:
        path: CSV file in UTF-8.
        column: Column of the truth.

    Returns:
        Corrections by file name in labels.csv.

    Raises:
        LabelsError: The file is not such a CSV; the message names the line.
    """
    columns, rows = _read_csv(path)
    _need(path, columns, "file", column, "reason")
    corrections: dict[str, Correction] = {}
    for line, row in rows:
        item = _labeled_image(path, column, line, row)
        if not row["reason"].strip():
            raise LabelsError(f"{path}, line {line}: the correction of '{item.file}' gives no reason")
        if item.file in corrections:
            raise LabelsError(
                f"{path}, line {line}: '{item.file}' was corrected in line {corrections[item.file].line} already"
            )
        corrections[item.file] = Correction(line, item.truth, row["reason"].strip())
    return corrections


def normalize_amount(value: Decimal) -> str:
    """Format an amount for comparison: no exponent, no trailing zeros of a fraction.

    >>> normalize_amount(Decimal("1200.50")), normalize_amount(Decimal("1E+3"))
    ('1200.5', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _image(path: Path, line: int, row: dict[str, str], truth: str) -> LabeledImage:
    file = row["file"]
    if not file.strip():
        raise LabelsError(f"{path}, line {line}: the column 'file' is empty")
    return LabeledImage(line, file, path.parent / file, _page(path, line, row), truth, row)


def _labeled_image(path: Path, column: TruthColumn, line: int, row: dict[str, str]) -> LabeledImage:
    file = row["file"]
    truth = row[column].strip()
    if not truth:
        raise LabelsError(
            f"{path}, line {line}: the column '{column.value}' of '{file}' is empty; label it or remove the row"
        )
    if column is TruthColumn.AMOUNT:
        truth = normalize_amount(_amount(path, line, truth))
    return _image(path, line, row, truth)


def _amount(path: Path, line: int, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise LabelsError(
            f"{path}, line {line}: '{text}' is not an amount; write a plain decimal number such as 1234.56"
        )
    return value


def _page(path: Path, line: int, row: dict[str, str]) -> int:
    text = (row.get("page") or "1").strip()
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise LabelsError(f"{path}, line {line}: '{text}' is not a page number")
    return int(text)


def _need(path: Path, columns: tuple[str, ...], *names: str) -> None:
    for name in names:
        if name not in columns:
            hint = "; separate the columns by commas" if len(columns) == 1 and ";" in columns[0] else ""
            raise LabelsError(
                f"{path}, line 1: there is no column '{name}' in the header ({', '.join(columns)}){hint}. "
                f"Needed are: {', '.join(names)}"
            )


def _read_csv(path: Path) -> tuple[tuple[str, ...], list[tuple[int, dict[str, str]]]]:
    """Return the columns of a CSV file, and its rows with the lines on which they end."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    rows = _rows(path, reader)
    _, header = next(rows, (1, []))
    columns = tuple(cell.strip() for cell in header)
    if not any(columns):
        raise LabelsError(f"{path} is empty: it needs a header such as 'file,label'")
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise LabelsError(f"{path}, line 1: the column '{twice}' occurs twice")
    found = []
    for line, cells in rows:
        if not cells:
            continue
        if len(cells) != len(columns):
            raise LabelsError(
                f"{path}, line {line}: {len(cells)} cells, but the header has {len(columns)}; "
                f"a cell that holds a comma needs quotation marks around it"
            )
        found.append((line, dict(zip(columns, cells, strict=True))))
    return columns, found


def _rows(path: Path, reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise LabelsError(f"{path}, line {reader.line_num}: {error}") from error
        yield reader.line_num, cells


def _read_text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise LabelsError(f"'{path}' is a folder or a device, not a CSV file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LabelsError(f"cannot read '{path}': {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LabelsError(
            f"{path}, line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        ) from error
