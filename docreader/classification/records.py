"""Records of classified images and their JSON, CSV and text formats.

`classification.schema.json` in this folder is the JSON schema (draft 2020-12). Unreadable images have the error record
of `docreader.io.records`.
"""

import json
from dataclasses import asdict, dataclass

from docreader.io.records import ErrorRecord, ModelInfo

SCHEMA_VERSION = 1
"""Version of the record; it increases when a field changes its name or meaning."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Class with its posterior."""

    label: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Record of a classified page.

    Attributes:
        file: Input, as given by the user.
        page: Number of the page, from 1.
        label: Most probable class.
        confidence: Posterior of `label`, 0 to 1.
        top: Most probable classes, best first; the first is `label`.
        model: Identity of the model.
        schema: Version of the record.
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


def to_json(record: ClassificationRecord) -> str:
    """Encode a record as one line of ASCII JSON, without the line end."""
    return json.dumps(asdict(record), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def to_csv(record: ClassificationRecord) -> list[str]:
    """Encode a record as the fields of `CSV_COLUMNS`; `top` is `label=posterior`, separated by semicolons."""
    page = "" if record.page is None else str(record.page)
    if isinstance(record, ErrorRecord):
        return [record.file or "", page, "", "", "", "", record.error.type, record.error.message]
    top = ";".join(f"{one.label}={one.confidence:.6g}" for one in record.top)
    name = f"{record.model.name} {record.model.version}"
    return [record.file or "", page, record.label, f"{record.confidence:.6g}", top, name, "", ""]


def to_text(record: ClassificationRecord) -> str:
    """Format a record as a line of plain text."""
    name = record.file or "-"
    if record.page is not None and record.page > 1:
        name += f" page {record.page}"
    if isinstance(record, ErrorRecord):
        return f"{name}\tfailed\t{record.error.message}"
    return f"{name}\t" + "\t".join(f"{one.label} {100 * one.confidence:.1f} %" for one in record.top)
