"""Calibration of a reader's confidences on labeled strings: temperature and acceptance thresholds."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gtn
from docreader.confidence.calibration import TEMPERATURES, fit_calibration
from docreader.confidence.thresholds import DEFER_BELOW
from docreader.decoding import alphabet
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import best_hypotheses
from docreader.errors import ConfigurationError
from docreader.recognition.cascade import needs_next_pass
from docreader.recognition.line_views import line_config
from docreader.training.reader.dataset import Example, load_examples
from docreader.training.reader.recipe import ReaderRecipe, SegmentAugmentation
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.transcription import to_text
from models.files import LoadedModel

CALIBRATION_N_BEST = 3
"""Hypotheses per string; the posterior is normalized over all others, too."""


def calibrate(
    graphs: Sequence[Callable[[float], gtn.Graph]],
    examples: Sequence[Example],
    temperatures: Sequence[float] = TEMPERATURES,
) -> dict[str, Any]:
    """Fit temperature and thresholds on strings that the network was not trained on.

    The temperature maximizes the likelihood of the best hypotheses being right or wrong.

    Args:
        graphs: Interpretation graphs as functions of the temperature, one for each pass of reading, see
            `docreader.training.reader.tasks.base.ReaderTask.calibration_graphs`.
        examples: At least one string; the thresholds need a few hundred.
        temperatures: Candidates.

    Returns:
        Calibration of a model file, see `fit_calibration`.
    """
    found = [_best([build(value) for build in graphs], examples) for value in temperatures]
    return fit_calibration(
        np.stack([confidences for confidences, _ in found]),
        np.stack([right for _, right in found]),
        temperatures,
    )


def calibrated_on(labels: Path, model: LoadedModel, temperature: float | None = None) -> LoadedModel:
    """Calibrate a reader on cut-out amounts; its thresholds for whole checks stay.

    Args:
        labels: A labels.csv of images that the reader was not trained on.
        model: Reader, on the CPU.
        temperature: Temperature, None to fit it.

    Raises:
        ConfigurationError: The model recognizes single characters.
        LabelsError: A label or an image is invalid.
    """
    if model.metadata.kind != "reader":
        raise ConfigurationError(
            f"model {model.name} recognizes single characters: calibrate a reader of whole amounts"
        )
    if model.method == "hos":
        recipe = ReaderRecipe(network=model.config, augmentation=SegmentAugmentation(copies=0))
    else:
        recipe = ReaderRecipe(network=model.config, line=line_config(model))
    task = make_task(recipe)
    examples = load_examples(labels, task.example_factory(), characters=model.labels)
    temperatures = TEMPERATURES if temperature is None else (temperature,)
    found = calibrate(task.calibration_graphs(model.module, examples), examples, temperatures)
    kept = {name: value for name, value in (model.metadata.calibration or {}).items() if name == "check"}
    return replace(model, metadata=replace(model.metadata, calibration=kept | found))


def digits_of(target: Sequence[int]) -> str:
    """Return the digits of a transcription."""
    return alphabet.digits_of(to_text(target))


def _best(
    passes: Sequence[gtn.Graph], examples: Sequence[Example]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the confidence of each best hypothesis, and whether it is right."""
    found, *further = [
        best_hypotheses(Lattice.of(graphs), load_grammar("digits"), CALIBRATION_N_BEST) for graphs in passes
    ]
    for again in further:
        found = [
            other if needs_next_pass(one, DEFER_BELOW) else one
            for one, other in zip(found, again, strict=True)
        ]
    truths = [digits_of(example.target) for example in examples]
    confidences = np.array([some[0].posterior if some else 0.0 for some in found])
    right = [bool(some) and some[0].text == truth for some, truth in zip(found, truths, strict=True)]
    return confidences, np.array(right)
