"""Configuration of a reader: one frozen dataclass, from Python or from the command line."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docreader.decoding.limits import MAX_ARCS
from docreader.decoding.names import NAMES, SHOWN, GrammarName
from docreader.errors import ConfigurationError, GrammarError
from docreader.recognition.names import MethodName
from models.errors import ModelNotFoundError
from segment.io.limits import DEFAULT_LIMITS, Limits
from segment.page.kind import FieldKind

PixelBox = tuple[int, int, int, int]

MAX_N_BEST = 1_000
"""Longest list of alternatives."""


@dataclass(frozen=True, kw_only=True)
class ReaderConfig:
    """Settings of a reader. Picklable: worker processes load their own reader from it.

    Attributes:
        field: Content of the images, a `FieldKind`.
        grammar: A `GrammarName`, a currency's ISO 4217 code in lower case, or the path of a grammar file.
        method: A `MethodName`; None for the model's, and without a model for the most accurate one.
        model: A model file (.safetensors) or an ensemble file (.json); None for the model that ships.
        locator: A model file of a field locator (.safetensors); None for the one that ships.
        device: auto, cpu, cuda or cuda:N; auto is CUDA where available.
        n_best: Number of alternatives in a record, the answer included.
        reject_below: Confidence below which an answer is rejected; None for the model's threshold for 1 % error, or
            0.5 without calibration.
        target_error: Accepted share of wrong answers, from which the model's calibration gives the threshold;
            excludes `reject_below`.
        bbox: (x, y, w, h) of the amount field, pixels, on every page or by path; None to locate it.
        limits: Limits of files and pages.
        max_arcs: Largest graph of a page that is searched, arcs.

    Example:
        >>> config = ReaderConfig(field="amount", grammar="usd", n_best=3)
        >>> config.validate()
        >>> ReaderConfig(n_best=0).validate()
        Traceback (most recent call last):
        docreader.errors.ConfigurationError: n_best is 0; it must be between 1 and 1000
    """

    field: str = FieldKind.AUTO
    grammar: str = GrammarName.AMOUNT
    method: str | None = None
    model: str | os.PathLike[str] | None = None
    locator: str | os.PathLike[str] | None = None
    device: str = "auto"
    n_best: int = 5
    reject_below: float | None = None
    target_error: float | None = None
    bbox: PixelBox | Mapping[str, PixelBox] | None = None
    limits: Limits = DEFAULT_LIMITS
    max_arcs: int = MAX_ARCS

    def box_of(self, file: str | None) -> PixelBox | None:
        """Return the known box of the field in a file, None where it is to be located."""
        return self.bbox.get(file or "") if isinstance(self.bbox, Mapping) else self.bbox

    def validate(self) -> None:
        """Refuse values that cannot be used, before anything heavy is imported.

        Raises:
            ConfigurationError: A value cannot be used, or two contradict each other; `setting` names the attribute.
            GrammarError: The grammar is neither built in nor a file.
            ModelNotFoundError: There is no such model file.
        """
        _check_choice("field", self.field, FieldKind)
        if self.method is not None:
            _check_choice("method", self.method, MethodName)
        named = re.fullmatch(r"auto|cpu|cuda(:\d+)?", self.device) is not None
        _require("device", named, f"{self.device!r} is none of auto, cpu, cuda, cuda:0, cuda:1 ...")
        if self.grammar not in NAMES and not Path(self.grammar).is_file():
            raise GrammarError(f"{self.grammar!r} is neither {SHOWN}, nor a file", "grammar")
        for file in (self.model, self.locator):
            if file is not None and not Path(file).is_file():
                raise ModelNotFoundError(f"there is no model file '{os.fspath(file)}'")
        listed = 1 <= self.n_best <= MAX_N_BEST
        _require("n_best", listed, f"n_best is {self.n_best}; it must be between 1 and {MAX_N_BEST}")
        _require("max_arcs", self.max_arcs >= 1, f"max_arcs is {self.max_arcs}; it must be at least 1")
        low, error = self.reject_below, self.target_error
        both = "choose one of reject_below and target_error: both set the threshold of acceptance"
        _require("target_error", low is None or error is None, both)
        confidence = low is None or 0 <= low <= 1
        _require("reject_below", confidence, f"reject_below is {low}; a confidence lies between 0 and 1")
        share = error is None or 0 < error < 1
        _require("target_error", share, f"{error} is not between 0 and 1, such as 0.01 for one in a hundred")


def _require(setting: str, valid: bool, message: str) -> None:
    if not valid:
        raise ConfigurationError(message, setting)


def _check_choice(setting: str, value: str, names: Any) -> None:
    _require(setting, value in list(names), f"{setting} {value!r} is none of {', '.join(names)}")
