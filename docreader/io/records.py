r"""Records: the reading of a field, and its line of JSON, CSV or plain text.

`record.schema.json` beside this file is the JSON schema (draft 2020-12); `docreader info --schema` prints it.

File names need not be UTF-8. They are held as Python holds them (`os.fsdecode`: a byte that is no UTF-8
becomes a lone surrogate), JSON carries them as `\udcXX` escapes in pure ASCII, from which
`os.fsencode(json.loads(line)["file"])` makes the exact bytes again, and CSV carries the bytes themselves
(encode it with `errors="surrogateescape"`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from docreader.errors import RecordError
from segment.image.box import Box

if TYPE_CHECKING:
    from models.identity import ModelIdentity

SCHEMA_VERSION = 2
"""Incremented whenever a field of the record changes its name or meaning."""

Decision = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Identity of the model, enough to read again with the same."""

    name: str
    version: str
    sha256: str

    @classmethod
    def of(cls, identity: "ModelIdentity") -> "ModelInfo":
        """Return the identity of a loaded model or ensemble."""
        return cls(identity.name, identity.version, identity.sha256)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another text and its posterior; the first one of a reading is its runner-up."""

    text: str
    amount: str | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Character:
    """One character of the text: its box on the page and its log score."""

    bbox: Box
    character: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The reading of one field: that of a page, or of a check on it.

    Attributes:
        file: The input as it was named; None for an array.
        page: Number of the page, from 1.
        check: Number of the check on its page, from 1; several lie on a sheet.
        text: Text in canonical characters; empty where nothing was read.
        amount: The value as a decimal string, None where the text has none.
        currency: ISO 4217 code, None where neither grammar nor printed symbol determine it; $ is ambiguous.
        confidence: Posterior of the whole text, 0 to 1.
        decision: accept or reject.
        reason: Reason of a rejection; None when accepted.
        alternatives: Further texts, best first.
        bbox: Field on the page, None where none was found.
        characters: Characters from left to right.
        method: hos, sdnn or ensemble.
        model: Identity of the model.
        locator: Identity of the field locator that analyzed the page; None for a cut-out amount.
        quality: Conditions of the image of a whole check, see `segment.page.quality.Quality`: 0 not tested, 1 present,
            2 not present; None for a cut-out amount.
        margin: Confidence minus that of the runner-up.
        schema: Version of the record schema.
    """

    file: str | None
    page: int
    check: int = 1
    text: str
    amount: str | None = None
    currency: str | None = None
    confidence: float
    decision: Decision
    reason: str | None = None
    alternatives: tuple[Alternative, ...] = ()
    bbox: Box | None = None
    characters: tuple[Character, ...] = ()
    method: str
    model: ModelInfo
    locator: ModelInfo | None = None
    quality: Mapping[str, int] | None = None
    margin: float | None = None
    schema: int = SCHEMA_VERSION

    def __post_init__(self) -> None:
        if self.margin is None:
            second = max((other.confidence for other in self.alternatives), default=0.0)
            object.__setattr__(self, "margin", self.confidence - second)
        if not 0.0 <= self.confidence <= 1.0:
            raise RecordError(f"confidence {self.confidence} of '{self.file}' is no probability")
        if self.decision not in ("accept", "reject"):
            raise RecordError(f"decision '{self.decision}' is neither accept nor reject")
        if (self.decision == "accept") != (self.reason is None):
            raise RecordError(f"decision '{self.decision}' does not go with reason {self.reason!r}")

    @property
    def accepted(self) -> bool:
        """Return whether the reading was accepted."""
        return self.decision == "accept"


@dataclass(frozen=True, slots=True)
class Failure:
    """Class and message of an error."""

    type: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRecord:
    """An input, or one page of it, that could not be read.

    Attributes:
        file: The input as it was named; None for an array.
        page: Number of the page, None where the file as a whole failed.
        error: Class and message of the error.
        schema: Version of the record schema.
    """

    file: str | None
    page: int | None = None
    error: Failure
    schema: int = SCHEMA_VERSION

    @classmethod
    def of(cls, file: str | None, error: BaseException, page: int | None = None) -> "ErrorRecord":
        """Make the record of an exception."""
        message = str(error) or type(error).__name__
        return cls(file=file, page=page, error=Failure(type(error).__name__, message))


Record = Reading | ErrorRecord

_NAMES = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (ModelInfo, Alternative, Character, Reading, Failure, ErrorRecord)
}


def to_dict(record: Record) -> dict[str, Any]:
    """Convert a record to JSON types, in the order of its fields."""
    data: dict[str, Any] = _plain(record)
    return data


def _plain(value: Any) -> Any:
    """Convert as `dataclasses.asdict`, which copies every number and takes several times as long."""
    names = _NAMES.get(type(value))
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if type(value) is tuple:
        return tuple(map(_plain, value))
    return value


def to_json(record: Record) -> str:
    """Format a record as one line of ASCII, without the end of line.

    Raises:
        RecordError: A number of the record is infinite or not a number.
    """
    try:
        return json.dumps(to_dict(record), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    except ValueError as error:
        raise RecordError(
            f"the record of '{record.file}' holds a number that JSON has not: {error}"
        ) from error


def from_json(line: str | bytes) -> Record:
    """Parse a record that `to_json` wrote.

    Raises:
        RecordError: The line is not JSON, not a record, or a record of another schema.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RecordError(f"not a line of JSON: {error}") from error
    if not isinstance(data, dict):
        raise RecordError(f"not a record but a {type(data).__name__}")
    if data.get("schema") != SCHEMA_VERSION:
        raise RecordError(
            f"schema {data.get('schema')!r} of the record is not the known one, {SCHEMA_VERSION}"
        )
    try:
        if "error" in data:
            return ErrorRecord(**{**data, "error": Failure(**data["error"])})
        return Reading(**{**data, **_parts(data)})
    except (TypeError, KeyError, ValueError) as error:
        raise RecordError(f"the record of '{data.get('file')}' is malformed: {error}") from error


def _parts(data: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the fields of a reading that are not JSON types."""
    return {
        "alternatives": tuple(Alternative(**item) for item in data["alternatives"]),
        "bbox": None if data["bbox"] is None else Box(*data["bbox"]),
        "characters": tuple(Character(**{**item, "bbox": Box(*item["bbox"])}) for item in data["characters"]),
        "model": ModelInfo(**data["model"]),
        "locator": None if data.get("locator") is None else ModelInfo(**data["locator"]),
    }


CSV_COLUMNS = (
    *("file", "page", "check", "text", "amount", "currency", "confidence", "decision", "reason"),
    *("second_text", "second_amount", "second_confidence"),
    *("x", "y", "w", "h", "method", "model", "model_version", "error_type", "error_message", "schema"),
)
"""Columns of `to_csv`: the record flattened, with the runner-up and without the characters."""


def to_csv(record: Record) -> list[str]:
    """Format a record as the cells of `CSV_COLUMNS`; missing values are empty cells."""
    cells: dict[str, object] = {"file": record.file, "page": record.page, "schema": record.schema}
    if isinstance(record, ErrorRecord):
        cells |= {"error_type": record.error.type, "error_message": record.error.message}
    else:
        for name in ("check", "text", "amount", "currency", "confidence", "decision", "reason", "method"):
            cells[name] = getattr(record, name)
        cells |= {"model": record.model.name, "model_version": record.model.version}
        cells |= dict(zip("xywh", record.bbox or (), strict=False))
        for second in record.alternatives[:1]:
            cells |= {f"second_{name}": getattr(second, name) for name in ("text", "amount", "confidence")}
    return ["" if cells.get(name) is None else str(cells[name]) for name in CSV_COLUMNS]


def to_text(record: Record) -> str:
    """Format a record as a line for people: decision, text, amount, confidence, file, remarks.

    The file comes last, so that columns are aligned. Control characters are escaped.
    """
    place = "array" if record.file is None else record.file
    if record.page is not None and record.page > 1:
        place += f" page {record.page}"
    if isinstance(record, Reading) and record.check > 1:
        place += f" check {record.check}"
    if isinstance(record, ErrorRecord):
        message = record.error.message  # which names the file itself, as a rule
        shown = message if record.file and record.file in message else f"{place}: {message}"
        return printable(f"{'failed':<7} {'':<44} {shown}")
    amount = " ".join(filter(None, (record.amount, record.currency)))
    line = f"{record.decision:<7} {record.text or '-':<18} {amount:<18} {record.confidence:6.4f} {place}"
    if record.reason is not None:
        second = (f"; or {other.text} at {other.confidence:.4f}" for other in record.alternatives[:1])
        line += f"  ({record.reason}{''.join(second)})"
    return printable(line)


def printable(text: str) -> str:
    r"""Escape everything that is not a printable character.

    >>> print(printable("a b\x1b[2J\udcff"))
    a b\x1b[2J\xff
    """
    return "".join(
        character
        if character.isprintable()
        else rf"\x{ord(character) - 0xDC00:02x}"
        if "\udc80" <= character <= "\udcff"
        else character.encode("unicode_escape").decode("ascii")
        for character in text
    )


def schema_text() -> str:
    """Return the JSON schema of a record."""
    return files("docreader.io").joinpath("record.schema.json").read_text(encoding="utf-8")
