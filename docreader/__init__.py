"""Reader of handwritten amounts on scanned bank checks.

>>> import docreader
>>> reader = docreader.Reader.load()                  # doctest: +SKIP
>>> [reading] = reader.read("scan.png")               # doctest: +SKIP
>>> reading.text, reading.confidence                  # doctest: +SKIP
('1,234.56', 0.998)

`docreader.Engine` reads many inputs in several processes. The names below load on first use: `import docreader` stays
fast.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from docreader._guard import ShadowedPackageError, check_packages
from docreader.version import __version__

if TYPE_CHECKING:
    from docreader.errors import DocreaderError
    from docreader.io.records import ErrorRecord, Reading, Record
    from docreader.pipeline.reader import Reader
    from docreader.runtime.config import ReaderConfig
    from docreader.runtime.engine import Engine

__all__ = [
    "DocreaderError",
    "Engine",
    "ErrorRecord",
    "Reader",
    "ReaderConfig",
    "Reading",
    "Record",
    "ShadowedPackageError",
    "__version__",
]

_HOME = {
    "DocreaderError": "docreader.errors",
    "Engine": "docreader.runtime.engine",
    "ErrorRecord": "docreader.io.records",
    "Reader": "docreader.pipeline.reader",
    "ReaderConfig": "docreader.runtime.config",
    "Reading": "docreader.io.records",
    "Record": "docreader.io.records",
}

check_packages(Path(__file__).parent.parent)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'docreader' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
