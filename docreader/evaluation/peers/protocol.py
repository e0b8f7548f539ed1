"""Protocol of a reader that is compared: its settings, the pages it gets, the text or answer it returns."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from docreader.io.records import Failure
from docreader.runtime.config import ReaderConfig
from segment.image.box import Box


@dataclass(frozen=True)
class PageFile:
    """Page of an image file.

    Attributes:
        path: Path of the file.
        page: Number of the page, from 1.
    """

    path: str
    page: int = 1


@dataclass(frozen=True)
class Line:
    """Line of text on a page.

    Attributes:
        text: The text as read.
        confidence: Confidence of the reader, 0 to 1.
        box: Place on the page in pixels.
    """

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True)
class PageText:
    """All lines of a page, from a reader of any text.

    Attributes:
        width: Width of the page in pixels.
        lines: The lines in the order of the reader.
    """

    width: int
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Answer:
    """Amount of a page, from a reader of amounts.

    Attributes:
        text: Text of the amount; empty without one.
        amount: Its value as a decimal string; None where the text has none.
        confidence: Confidence of the answer, 0 to 1.
        acceptable: Whether some threshold of the confidence accepts it.
        accepted: Whether the reader accepts it by its own threshold.
    """

    text: str
    amount: str | None
    confidence: float
    acceptable: bool = True
    accepted: bool = True


Output = PageText | Answer | Failure
"""What a reader returns for a page; a page that cannot be read is a failure."""


@dataclass(frozen=True)
class PeerSettings:
    """Settings of all readers.

    Attributes:
        config: Settings of docreader; others use its limits alone.
        single_line: Whether the images are cut-out amounts, one line each.
        digits: Whether the digits alone are compared.
        threads: Number of threads of each reader.
    """

    config: ReaderConfig
    single_line: bool = False
    digits: bool = False
    threads: int = 1


class PeerReader(Protocol):
    """Reader that is compared: a class called with the `PeerSettings`.

    Attributes:
        version: Name and version of program and models, for the report.
    """

    version: str

    def read(self, pages: Sequence[PageFile]) -> Sequence[Output]:
        """Return text or answer of each page, in order. What it raises costs the page that it is raised for."""
        ...


def output_to_json(output: Output) -> dict[str, Any]:
    """Convert the output of a reader to JSON types."""
    return {"kind": type(output).__name__, **asdict(output)}


def output_from_json(data: dict[str, Any]) -> Output:
    """Convert back what `output_to_json` returned.

    Raises:
        KeyError, TypeError, ValueError: The data are of another form.
    """
    kind, fields = data["kind"], {name: value for name, value in data.items() if name != "kind"}
    if kind == "PageText":
        lines = (Line(line["text"], line["confidence"], Box(*line["box"])) for line in fields["lines"])
        return PageText(fields["width"], tuple(lines))
    return Answer(**fields) if kind == "Answer" else Failure(**fields)
