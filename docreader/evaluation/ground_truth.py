"""Reads labels.csv, and the corrections to it, and says exactly where it cannot."""

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


BOX = ("x", "y", "w", "h")
"""Columns that say where the amount stands on its page: left, top, width, height in pixels."""


class Compare(StrEnum):
    """What is compared with the truth: the text as read, or its value."""

    LABEL = "label"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Labeled:
    """One labeled image.

    Attributes:
        line: Where it stands in labels.csv, from 1.
        file: The image as labels.csv names it.
        path: The image, seen from here.
        page: Which page of it is meant: the column `page`, or 1.
        truth: The right string, or the right amount as a plain decimal.
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


@dataclass(frozen=True)
class LabelSet:
    """A whole labels.csv.

    Attributes:
        path: The csv file.
        compare: Which column holds the truth.
        columns: Names of all columns in order.
        items: The images in the order of the file.
    """

    path: Path
    compare: Compare
    columns: tuple[str, ...]
    items: tuple[Labeled, ...]

    def boxes(self) -> dict[str, tuple[int, int, int, int]]:
        """The fields by path, from the columns x, y, w, h.

        Raises:
            LabelsError: A column is missing, or a row has no box.
        """
        _need(self.path, self.columns, *BOX)
        found = {}
        for item in self.items:
            box = field_box(item)
            if box is None:
                cells = ", ".join(item.row[name] for name in BOX)
                raise LabelsError(
                    f"{self.path}, line {item.line}: '{cells}' is no box; write x, y, w and h as whole pixels"
                )
            found[str(item.path)] = box
        return found


@dataclass(frozen=True)
class Correction:
    """A label that is wrong at its source."""

    line: int
    truth: str
    reason: str


def read_labels(path: Path, compare: Compare | None = None, preferred: Compare = Compare.LABEL) -> LabelSet:
    """Read a labels.csv: a header with `file` and `label` or `amount`, further columns at will.

    Args:
        path: A csv file in UTF-8, with or without a byte order mark. Images are named relative to its folder.
        compare: Which column holds the truth; None takes the one that there is.
        preferred: The one to take where there are both.

    Raises:
        LabelsError: The file cannot be read as such; the message says in which line and why.
    """
    columns, rows = _read_csv(path)
    if compare is None:
        there = [choice for choice in Compare if choice.value in columns]
        compare = there[0] if len(there) == 1 else preferred
    _need(path, columns, "file", compare.value)
    items = [_labeled(path, compare, line, row) for line, row in rows]
    if not items:
        raise LabelsError(f"{path} has a header and no rows: there is nothing to evaluate")
    seen: dict[tuple[str, int], int] = {}
    for item in items:
        earlier = seen.setdefault((item.file, item.page), item.line)
        if earlier != item.line:
            raise LabelsError(
                f"{path}, line {item.line}: '{item.file}' was labeled in line {earlier} already; remove one"
            )
    return LabelSet(path, compare, columns, tuple(items))


def read_corrections(path: Path, compare: Compare) -> dict[str, Correction]:
    """Read a corrections file: `file`, the right `label` (or `amount`, where amounts are compared), `reason`.

    Returns:
        The corrections by file name, as labels.csv spells it.

    Raises:
        LabelsError: The file cannot be read as such.
    """
    columns, rows = _read_csv(path)
    _need(path, columns, "file", compare.value, "reason")
    corrections: dict[str, Correction] = {}
    for line, row in rows:
        item = _labeled(path, compare, line, row)
        if not row["reason"].strip():
            raise LabelsError(f"{path}, line {line}: the correction of '{item.file}' gives no reason")
        if item.file in corrections:
            raise LabelsError(
                f"{path}, line {line}: '{item.file}' was corrected in line {corrections[item.file].line} already"
            )
        corrections[item.file] = Correction(line, item.truth, row["reason"].strip())
    return corrections


def field_box(item: Labeled) -> tuple[int, int, int, int] | None:
    """The labeled field of a page, None where the columns x, y, w, h hold none."""
    cells = [item.row.get(name, "").strip() for name in BOX]
    if not all(re.fullmatch(r"-?[0-9]{1,9}", cell) for cell in cells):
        return None
    x, y, w, h = (int(cell) for cell in cells)
    return (x, y, w, h) if w > 0 and h > 0 else None


def plain_amount(value: Decimal) -> str:
    """An amount in the one form in which amounts are compared: no exponent, no zeros at the end of a fraction.

    >>> plain_amount(Decimal("1200.50")), plain_amount(Decimal("1E+3"))
    ('1200.5', '1000')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _labeled(path: Path, compare: Compare, line: int, row: dict[str, str]) -> Labeled:
    file = row["file"]
    if not file.strip():
        raise LabelsError(f"{path}, line {line}: the column 'file' is empty")
    truth = row[compare.value].strip()
    if not truth:
        raise LabelsError(
            f"{path}, line {line}: the column '{compare.value}' of '{file}' is empty; label it or remove the row"
        )
    if compare is Compare.AMOUNT:
        truth = plain_amount(_amount(path, line, truth))
    return Labeled(line, file, path.parent / file, _page(path, line, row), truth, row)


def _amount(path: Path, line: int, text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite():
        raise LabelsError(
            f"{path}, line {line}: '{text}' is no amount; write a plain decimal number such as 1234.56"
        )
    return value


def _page(path: Path, line: int, row: dict[str, str]) -> int:
    text = (row.get("page") or "1").strip()
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise LabelsError(f"{path}, line {line}: '{text}' is no number of a page")
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
    """The columns of a csv file, and its rows with the lines on which they end."""
    reader = csv.reader(io.StringIO(_read_text(path), newline=""), strict=True)
    rows = _rows(path, reader)
    _, header = next(rows, (1, []))
    columns = tuple(cell.strip() for cell in header)
    if not any(columns):
        raise LabelsError(f"{path} is empty: it needs a header such as 'file,label'")
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise LabelsError(f"{path}, line 1: the column '{twice}' stands there twice")
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
        raise LabelsError(f"'{path}' is no csv file, but a folder or a device")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LabelsError(f"cannot read '{path}': {error.strerror}") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LabelsError(
            f"{path}, line {line}: byte 0x{data[error.start]:02x} is no UTF-8; save the file as UTF-8"
        ) from error
