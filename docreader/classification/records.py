"""What a classifier says of an image: the record, and its line of JSON, CSV or plain text.

`classification.schema.json` beside this file is the form of the JSON (draft 2020-12). An image that cannot be read has
the same record as in `docreader.io.records`.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any

from docreader.io.records import ErrorRecord, ModelInfo

SCHEMA_VERSION = 1
"""Goes up whenever a field of the record changes its name or meaning."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class and its posterior."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What one page shows.

    Attributes:
        file: The input as it was named.
        page: Number of the page, from 1.
        label: The likeliest class.
        confidence: Its posterior, 0 to 1.
        top: The likeliest classes, best first; the first is `label`.
        model: The model that said so.
        schema: Version of this form.
    """

    file: str | None
    page: int
    label: str
    confidence: float
    top: tuple[Candidate, ...]
    model: ModelInfo
    schema: int = SCHEMA_VERSION


ClassificationRecord = Classification | ErrorRecord

CSV_COLUMNS = ("file", "page", "label", "confidence", "top", "model", "error", "message")


def to_json(answer: ClassificationRecord) -> str:
    """The record as one line of pure ASCII, without the line's end."""
    return json.dumps(asdict(answer), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def to_csv(answer: ClassificationRecord) -> list[str]:
    """The record as the fields of `CSV_COLUMNS`; `top` is `label=posterior` with semicolons between."""
    page = "" if answer.page is None else str(answer.page)
    if isinstance(answer, ErrorRecord):
        return [answer.file or "", page, "", "", "", "", answer.error.type, answer.error.message]
    top = ";".join(f"{one.label}={one.confidence:.6g}" for one in answer.top)
    name = f"{answer.model.name} {answer.model.version}"
    return [answer.file or "", page, answer.label, f"{answer.confidence:.6g}", top, name, "", ""]


def to_text(answer: ClassificationRecord) -> str:
    """The record as a line for people."""
    name = answer.file or "-"
    if answer.page is not None and answer.page > 1:
        name += f" page {answer.page}"
    if isinstance(answer, ErrorRecord):
        return f"{name}\tfailed\t{answer.error.message}"
    return f"{name}\t" + "\t".join(f"{one.label} {100 * one.confidence:.1f} %" for one in answer.top)


def schema() -> dict[str, Any]:
    """The JSON schema of the records."""
    found: dict[str, Any] = json.loads((files(__package__) / "classification.schema.json").read_text())
    return found


def failures(answers: Iterable[ClassificationRecord]) -> int:
    """How many of the records are errors."""
    return sum(isinstance(answer, ErrorRecord) for answer in answers)
