"""From scores to confidences: a temperature, and the thresholds that keep errors rare."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import gtn
from docreader.confidence.calibration import TEMPERATURES, fit_calibration
from docreader.confidence.thresholds import DEFER_BELOW
from docreader.decoding.alphabet import DIGITS
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import best_hypotheses
from docreader.errors import ConfigurationError
from docreader.recognition.cascade import needs_next_pass
from docreader.recognition.line_views import line_config
from docreader.training.reader.dataset import Example, load_strings, spelled
from docreader.training.reader.recipe import PieceDistortion, ReaderRecipe
from docreader.training.reader.tasks.base import maker, way
from models.files import LoadedModel
from models.line_recognizers import LineRecognizer
from models.segment_scorer import SegmentScorer

CALIBRATION_N_BEST = 3
"""Answers weighed against each other; the posterior counts all others too."""


def calibrate(graphs: Sequence[Callable[[float], gtn.Graph]], examples: Sequence[Example]) -> dict[str, Any]:
    """Fit temperature and thresholds on strings that the network was not trained on.

    The temperature is the one that makes the confidences of the best answers most probable: the mean of the logarithm
    of the probability that they give to being right (or wrong).

    Args:
        graphs: What the strings may say at a temperature, at each stage of reading, see
            `docreader.training.reader.tasks.base.ReaderTask.graphs`.
        examples: At least one; the thresholds are worth something from a few hundred on.

    Returns:
        What a model file carries: see `fit_calibration`.
    """
    found = [_answers([stage(value) for stage in graphs], examples) for value in TEMPERATURES]
    return fit_calibration(
        np.stack([confidences for confidences, _ in found]), np.stack([right for _, right in found])
    )


def calibrated_on(labels: Path, model: LoadedModel) -> LoadedModel:
    """A reader with temperature and thresholds fitted on cut-out amounts; thresholds for whole checks stay.

    Args:
        labels: A labels.csv of images that the reader has not learned.
        model: A reader, on the CPU.

    Raises:
        ConfigurationError: It is a recognizer of single characters.
        LabelsError: A label or an image cannot be used.
    """
    network = model.module
    if not isinstance(network, LineRecognizer | SegmentScorer):
        raise ConfigurationError(
            f"model {model.name} recognizes single characters: calibrate a reader of whole amounts"
        )
    if isinstance(network, SegmentScorer):
        recipe = ReaderRecipe(network=network.config, augmentation=PieceDistortion(copies=0))
    else:
        recipe = ReaderRecipe(network=network.config, line=line_config(model))
    strings = load_strings(labels, maker(recipe), characters=network.labels)
    found = calibrate(way(recipe).graphs(network, strings), strings)
    kept = {name: value for name, value in (model.metadata.calibration or {}).items() if name == "check"}
    return replace(model, metadata=replace(model.metadata, calibration=kept | found))


def _answers(stages: Sequence[gtn.Graph], examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of each best answer, and whether it is right."""
    answers, *closer = [
        best_hypotheses(Lattice.of(graphs), load_grammar("digits"), CALIBRATION_N_BEST) for graphs in stages
    ]
    for again in closer:
        answers = [
            other if needs_next_pass(one, DEFER_BELOW) else one
            for one, other in zip(answers, again, strict=True)
        ]
    truths = ["".join(c for c in spelled(example.target) if c in DIGITS) for example in examples]
    confidences = np.array([found[0].posterior if found else 0.0 for found in answers])
    right = [bool(found) and found[0].text == truth for found, truth in zip(answers, truths, strict=True)]
    return confidences, np.array(right)
