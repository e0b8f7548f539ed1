"""Registry of the readers that are compared, by name or as MODULE:CLASS."""

import difflib
from importlib import import_module

from docreader.errors import PeerError
from docreader.evaluation.peers.protocol import PeerReader, PeerSettings

OWN = "docreader"
"""Name of the reader that the others are compared with."""

READERS = {
    OWN: "docreader.evaluation.peers.own:OwnReader",
    "rapidocr": "docreader.evaluation.peers.rapidocr:RapidOcrReader",
    "tesseract": "docreader.evaluation.peers.tesseract:TesseractReader",
}
"""Classes of the built-in readers by name."""


def find_reader(name: str) -> str:
    """Return the class of a reader as MODULE:CLASS.

    Args:
        name: Name of a built-in reader, or MODULE:CLASS of another; the class follows `PeerReader`.

    Raises:
        PeerError: There is no such name.

    >>> find_reader("tesseract")
    'docreader.evaluation.peers.tesseract:TesseractReader'
    >>> find_reader("tesserract")
    Traceback (most recent call last):
    docreader.errors.PeerError: there is no reader 'tesserract': did you mean tesseract? ...
    """
    if name in READERS:
        return READERS[name]
    if ":" in name.strip(":"):
        return name
    close = difflib.get_close_matches(name.lower(), READERS, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    known = ", ".join(other for other in READERS if other != OWN)
    raise PeerError(
        f"there is no reader '{name}': {meant}Known are {known}, and MODULE:CLASS for one of your own"
    )


def load_reader(name: str, source: str, settings: PeerSettings) -> PeerReader:
    """Load a reader in this process.

    Args:
        name: Name of the reader, for messages.
        source: Its class, MODULE:CLASS.
        settings: Settings of all readers.

    Raises:
        PeerError: The class cannot be imported, or fails with the settings.
        MissingExtraError: The reader is not installed.
    """
    module, _, attribute = source.partition(":")
    try:
        kind = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise PeerError(f"the reader '{name}' cannot be imported: {error}") from error
    reader: PeerReader = kind(settings)
    return reader
