"""Registry: the recognizer of a model file, and the model file that ships for a method."""

import os
from typing import Any

import torch

from docreader.errors import ConfigurationError
from docreader.recognition.base import Recognizer
from docreader.recognition.ensemble import EnsembleRecognizer
from docreader.recognition.hos import HosRecognizer
from docreader.recognition.sdnn import SdnnRecognizer
from models.ensemble_file import default_ensemble_path, is_ensemble, load_ensemble
from models.files import LoadedModel, default_hos_path, default_reader_path, load_model
from models.identity import ModelIdentity

SHIPPED = {
    HosRecognizer.name: default_hos_path,
    SdnnRecognizer.name: default_reader_path,
    EnsembleRecognizer.name: default_ensemble_path,
}
"""Path of the model that ships for each method."""

DEFAULT = SdnnRecognizer.name


def load_recognizer(
    model: str | os.PathLike[str] | None, method: str | None, device: torch.device
) -> tuple[Recognizer[Any], ModelIdentity]:
    """Load a model and make its recognizer.

    Args:
        model: A model file or an ensemble file; None is the one that ships for the method.
        method: hos, sdnn or ensemble; None is the model's, and without a model the default one.
        device: Device of the networks.

    Raises:
        ConfigurationError: The method is unknown, or the model is of another.
        ModelError: The model file cannot be used.
    """
    if method is not None and method not in SHIPPED:
        raise ConfigurationError(f"method must be one of {', '.join(SHIPPED)}, not {method!r}")
    path = SHIPPED[method or DEFAULT]() if model is None else model
    recognizer, identity = _load_ensemble(path, device) if is_ensemble(path) else _load_single(path, device)
    if method not in (None, recognizer.name):
        raise ConfigurationError(f"model {identity.name} reads by {recognizer.name}, not by {method}")
    return recognizer, identity


def _load_single(path: str | os.PathLike[str], device: torch.device) -> tuple[Recognizer[Any], ModelIdentity]:
    loaded = load_model(path, kind=("recognizer", "reader"), device=device)
    return make_recognizer(loaded, device), loaded.identity


def make_recognizer(model: LoadedModel, device: torch.device) -> SdnnRecognizer | HosRecognizer:
    """Make the recognizer of a loaded model.

    Raises:
        ConfigurationError: The model reads no amounts.
    """
    return SdnnRecognizer(model, device) if model.method == "sdnn" else HosRecognizer(model, device)


def _load_ensemble(
    path: str | os.PathLike[str], device: torch.device
) -> tuple[Recognizer[Any], ModelIdentity]:
    loaded = load_ensemble(path, device=device)
    if (loaded.first.method, loaded.second.method) != ("sdnn", "hos"):
        raise ConfigurationError(
            f"{os.fspath(path)} must name a model that reads by sdnn, then one that reads by hos"
        )
    first, second = SdnnRecognizer(loaded.first, device), HosRecognizer(loaded.second, device)
    config = loaded.config
    return EnsembleRecognizer(first, second, config.weights, config.defer_below), loaded.identity
