"""The ways to read a field, and which model goes with which."""

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

import gtn
from docreader.decoding.search import Hypothesis
from docreader.errors import ConfigurationError
from docreader.io.records import Character
from docreader.recognition.cascade import Pass
from docreader.recognition.ensemble import EnsembleRecognizer
from docreader.recognition.hos import HosRecognizer
from docreader.recognition.sdnn import SdnnRecognizer
from models.ensemble_file import default_ensemble_path, is_ensemble, load_ensemble
from models.files import LoadedModel, default_hos_path, default_reader_path, load_model
from models.line_recognizers import LineRecognizer

METHODS = (HosRecognizer.name, SdnnRecognizer.name, EnsembleRecognizer.name)

SHIPPED = {
    HosRecognizer.name: default_hos_path,
    SdnnRecognizer.name: default_reader_path,
    EnsembleRecognizer.name: default_ensemble_path,
}
DEFAULT = SdnnRecognizer.name


class Method(Protocol):
    """A way to read: from the pixels of a field to a graph of what they may say."""

    name: str

    def prepare(self, image: NDArray[np.uint8], inner: tuple[int, int, int, int] | None = None) -> Any:
        """Clean one field, on the CPU; what comes of it has `empty`, whether nothing is written.

        Args:
            image: (H, W) gray, 0 black .. 255 white.
            inner: the field itself, where the image shows more than it.
        """

    @property
    def stages(self) -> Sequence[Pass]:
        """How fields are looked at, one stage after the other; the first is `interpret`."""

    def interpret(self, fields: Sequence[Any]) -> gtn.Graph:
        """Graphs of what prepared fields may say, on the CPU."""

    def segments(self, answer: Hypothesis, field: Any) -> list[Character]:
        """Where the characters of an answer stand, in pixels of the field."""


def load_recognizer(
    model: str | os.PathLike[str] | None, name: str | None, device: torch.device
) -> tuple[Method, LoadedModel]:
    """The method of a model, or the model of a method.

    Args:
        model: A model file, or the setting of a pair of readers; None is the one that ships for the method.
        name: hos, sdnn or both; None is the model's, and without a model the one that reads best.
        device: Where it computes.

    Raises:
        ConfigurationError: There is no such method, or the model reads by another.
        ModelError: The model file cannot be used.
    """
    if name is not None and name not in METHODS:
        raise ConfigurationError(f"this model reads by {' or '.join(METHODS)}, not by {name!r}")
    if model is None:
        model = SHIPPED[name or DEFAULT]()
    if is_ensemble(model):
        if name not in (None, EnsembleRecognizer.name):
            raise ConfigurationError(
                f"{os.fspath(model)} is a pair of readers and reads by both, not by {name}"
            )
        return _load_both(model, device)
    loaded = load_model(model, kind=("recognizer", "reader"), device=device)
    method: Method = (
        SdnnRecognizer(loaded, device)
        if isinstance(loaded.module, LineRecognizer)
        else HosRecognizer(loaded, device)
    )
    if name not in (None, method.name):
        raise ConfigurationError(f"model {loaded.name} reads by {method.name}, not by {name}")
    return method, loaded


def _load_both(path: str | os.PathLike[str], device: torch.device) -> tuple[Method, LoadedModel]:
    """The method of a pair, and the pair as one model: its name, version, hash and calibration."""
    pair = load_ensemble(path, device=device)
    if not isinstance(pair.first.module, LineRecognizer) or isinstance(pair.second.module, LineRecognizer):
        raise ConfigurationError(
            f"{os.fspath(path)} must name a model that reads by sdnn, then one that reads by hos"
        )
    first, second = SdnnRecognizer(pair.first, device), HosRecognizer(pair.second, device)
    setting = pair.config
    metadata = replace(pair.first.metadata, calibration=setting.calibration)
    shown = replace(
        pair.first, metadata=metadata, sha256=pair.sha256, name=setting.name, version=setting.version
    )
    return EnsembleRecognizer(first, second, setting.weights, setting.defer_below), shown
