"""What a run was told, kept beside the file of its records: `decode --resume` goes on with the same or not at all."""

import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from docreader.cli.options import GRAMMARS
from docreader.errors import ResumeError
from docreader.runtime.config import ReaderConfig

COMPARED = (
    *("field", "grammar", "method", "n_best", "reject_below", "target_error", "bbox"),
    *("max_pixels", "max_pages", "max_bytes", "max_arcs"),
)
"""The options that records depend on. The model is compared by what the records themselves say."""


def settings_path(records: Path) -> Path:
    """The file beside a file of records."""
    return records.with_name(f"{records.name}.settings")


def check_settings(records: Path, options: ReaderConfig) -> None:
    """See to it that one file holds the readings of one set of options. A file that has no settings is believed.

    Args:
        records: with readings of an earlier run.
        options: of this run.

    Raises:
        ResumeError: the earlier run was told otherwise, or its settings cannot be read.
    """
    path = settings_path(records)
    try:
        if path.exists():
            _compare(json.loads(path.read_text(encoding="utf-8")), told(options), path)
    except (OSError, ValueError) as error:
        raise ResumeError(
            f"cannot read the settings '{path}': {error}; delete them if you are sure of your options"
        ) from error


def write_settings(records: Path, options: ReaderConfig) -> None:
    """Write down what a run is told that begins a file; all or nothing, whatever happens to this process.

    Raises:
        ResumeError: they cannot be written.
    """
    path = settings_path(records)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(told(options)) + "\n")
        Path(name).replace(path)
    except OSError as error:
        raise ResumeError(f"cannot write the settings '{path}': {error.strerror}") from error


def told(options: ReaderConfig) -> dict[str, Any]:
    """What is compared, as JSON gives it back."""
    values = {name: getattr(options, name) for name in COMPARED}
    if options.grammar not in GRAMMARS:
        values["grammar"] = f"sha256 {hashlib.sha256(Path(options.grammar).read_bytes()).hexdigest()}"
    same: dict[str, Any] = json.loads(json.dumps(values))
    return same


def _compare(before: Any, now: dict[str, Any], path: Path) -> None:
    if not isinstance(before, dict):
        raise ValueError("they are no settings")
    for name, value in now.items():
        if name in before and before[name] != value:
            option = "--" + name.replace("_", "-")
            raise ResumeError(
                f"the earlier run was told {option} {_shown(before[name])}, this one {_shown(value)}: repeat the "
                f"former, or begin a new file ('{path}' says what the earlier run was told)"
            )


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)
