"""Options of a run, saved beside its records: `decode --resume` continues with the same options or not at all."""

import hashlib
import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from docreader.cli.options import option_name
from docreader.decoding.names import NAMES
from docreader.errors import ResumeError
from docreader.runtime.config import ReaderConfig

IGNORED = ("model", "device")
"""Settings that are not compared: records name their model, and do not depend on the device."""


def settings_path(records: Path) -> Path:
    """Return the path of the settings of a file of records."""
    return records.with_name(f"{records.name}.settings")


def check_settings(records: Path, config: ReaderConfig) -> None:
    """Check that a file of records was written with the same options; one without settings is accepted.

    Args:
        records: Records of an earlier run.
        config: Options of this run.

    Raises:
        ResumeError: The options differ, or the settings cannot be read.
    """
    path = settings_path(records)
    try:
        if path.exists():
            _compare(json.loads(path.read_text(encoding="utf-8")), options_fingerprint(config), path)
    except (OSError, ValueError) as error:
        raise ResumeError(
            f"cannot read the settings '{path}': {error}; delete them if you are sure of your options"
        ) from error


def write_settings(records: Path, config: ReaderConfig) -> None:
    """Save the options of a run that begins a file, whole or not at all.

    Raises:
        ResumeError: They cannot be written.
    """
    path = settings_path(records)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(json.dumps(options_fingerprint(config)) + "\n")
        Path(name).replace(path)
    except OSError as error:
        raise ResumeError(f"cannot write the settings '{path}': {error.strerror}") from error


def options_fingerprint(config: ReaderConfig) -> dict[str, Any]:
    """Return the options that records depend on, in JSON's types; files are represented by their hashes."""
    values = asdict(config)
    values.update(values.pop("limits"))
    if config.grammar not in NAMES:
        values["grammar"] = f"sha256 {hashlib.sha256(Path(config.grammar).read_bytes()).hexdigest()}"
    if config.locator is not None:
        values["locator"] = f"sha256 {hashlib.sha256(Path(config.locator).read_bytes()).hexdigest()}"
    values = {name: value for name, value in values.items() if name not in IGNORED}
    plain: dict[str, Any] = json.loads(json.dumps(values))
    return plain


def _compare(before: Any, now: dict[str, Any], path: Path) -> None:
    if not isinstance(before, dict):
        raise ValueError("they are no settings")
    for name, value in now.items():
        if name in before and before[name] != value:
            raise ResumeError(
                f"the earlier run had {option_name(name)} {_shown(before[name])}, this one {_shown(value)}: repeat "
                f"the former, or begin a new file (the options of the earlier run are in '{path}')"
            )


def _shown(value: Any) -> str:
    return "nothing" if value is None else str(value)
