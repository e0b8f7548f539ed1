"""From scores to confidences: a temperature, and the thresholds that keep errors rare."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import gtn
from docreader.decoding.alphabet import DIGITS
from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import best_hypotheses
from docreader.errors import ConfigurationError
from docreader.evaluation.proportions import upper_bound
from docreader.evaluation.rejection import TARGETS
from docreader.recognition.cascade import DEFER_BELOW, needs_next_pass
from docreader.recognition.line_views import form_of
from docreader.training.reader.dataset import Example, load_strings, spelled
from docreader.training.reader.recipe import PieceDistortion, ReaderRecipe
from docreader.training.reader.tasks.base import maker, way
from models.files import LoadedModel
from models.line_recognizers import LineRecognizer
from models.segment_scorer import SegmentScorer

TEMPERATURES = tuple(round(float(value), 3) for value in np.geomspace(0.4, 4.0, 24))

CALIBRATION_N_BEST = 3
"""Answers weighed against each other; the posterior counts all others too."""

FOLDS = 10
"""Parts of the strings, each of which is judged by what the others choose."""

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Bounds of the bins of the reliability diagram: narrow where thresholds lie."""

_FLOOR = 1e-6


def calibrate(graphs: Sequence[Callable[[float], gtn.Graph]], examples: Sequence[Example]) -> dict[str, Any]:
    """Fit temperature and thresholds on strings that the network was not trained on.

    The temperature is the one that makes the confidences of the best answers most probable: the mean of the logarithm
    of the probability that they give to being right (or wrong).

    Args:
        graphs: What the strings may say at a temperature, at each stage of reading, see
            `docreader.training.reader.tasks.base.ReaderTask.graphs`.
        examples: At least one; the thresholds are worth something from a few hundred on.

    Returns:
        What a model file carries: see `fit`.
    """
    found = [_answers([stage(value) for stage in graphs], examples) for value in TEMPERATURES]
    return fit(np.stack([confidences for confidences, _ in found]), np.stack([right for _, right in found]))


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
        recipe = ReaderRecipe(network=network.config, line=form_of(model))
    strings = load_strings(labels, maker(recipe), characters=network.labels)
    found = calibrate(way(recipe).graphs(network, strings), strings)
    kept = {name: value for name, value in (model.metadata.calibration or {}).items() if name == "check"}
    return replace(model, metadata=replace(model.metadata, calibration=kept | found))


def fit(
    confidences: np.ndarray,
    right: np.ndarray,
    settings: Sequence[Any] = TEMPERATURES,
    name: str = "temperature",
) -> dict[str, Any]:
    """Choose a temperature and thresholds, and say what they are worth on strings that they were not chosen on.

    Args:
        confidences: (settings, N) of the best answer of each string with each setting.
        right: (settings, N) whether it is right.
        settings: What is chosen from.
        name: What it is called.

    Returns:
        The setting by its name, `strings`, `exact`; `thresholds`, see there; and, each string judged by what the other
        folds chose, `crossfitted`: for each wanted error how many are accepted and how many of them are wrong, and
        `reliability`: mean confidence, count and number right of the answers in each bin of `EDGES`.
    """
    total = confidences.shape[1]
    sure = confidences.clip(_FLOOR, 1 - _FLOOR)
    merit = np.where(right, np.log(sure), np.log1p(-sure))
    best = int(merit.mean(axis=1).argmax())
    fold = np.random.default_rng(0).permutation(total) % FOLDS
    honest, true = np.zeros(total), np.zeros(total, bool)
    accepted = {target: np.zeros(total, bool) for target in TARGETS}
    for number in range(min(FOLDS, total)):
        held, rest = fold == number, fold != number
        if not rest.any():  # a single string cannot be judged by others
            rest = held
        chosen = int(merit[:, rest].mean(axis=1).argmax())
        honest[held], true[held] = confidences[chosen, held], right[chosen, held]
        limits = thresholds(confidences[chosen, rest], right[chosen, rest])
        for target in TARGETS:
            accepted[target][held] = honest[held] >= limits[str(target)][0]
    place = np.digitize(honest, EDGES[1:-1])
    bins = [(honest[place == k], true[place == k]) for k in range(len(EDGES) - 1)]
    return {
        name: settings[best],
        "strings": total,
        "exact": round(float(right[best].mean()), 4),
        "thresholds": thresholds(confidences[best], right[best]),
        "crossfitted": {
            str(target): [int(taken.sum()), int((taken & ~true).sum())] for target, taken in accepted.items()
        },
        "reliability": [
            [round(float(some.mean()), 4), len(some), int(hit.sum())] for some, hit in bins if len(some)
        ],
    }


def thresholds(confidences: np.ndarray, right: np.ndarray) -> dict[str, list[float]]:
    """For each wanted error the threshold that accepts most.

    Both have to keep to the error: the answers that were counted, and what the confidences themselves promise. A
    hundred answers of which all but one happen to be right would otherwise vouch for confidences of 0.7.

    Returns:
        By wanted error: the threshold, how many of the strings it accepts, how many of those are wrong, and the 95 %
        upper bound of the error among them (Clopper-Pearson): what the strings can vouch for.

    >>> thresholds(np.array([0.99, 0.98, 0.7]), np.array([True, True, False]))["0.02"]
    [0.84, 2, 0, 0.7764]
    """
    order = np.argsort(-confidences, kind="stable")
    falling = confidences[order]
    wrong, expected = np.cumsum(~right[order]), np.cumsum(1 - falling)
    accepted = np.arange(1, len(order) + 1)
    apart = np.append(falling[:-1] > falling[1:], True)  # no threshold comes between equal confidences
    found: dict[str, list[float]] = {}
    for target in TARGETS:
        good = np.nonzero(apart & (np.maximum(wrong, expected) <= target * accepted))[0]
        count = int(good.max()) + 1 if len(good) else 0
        above = float(falling[count - 1]) if count else 1.0
        below = float(falling[count]) if count < len(order) else above
        errors = int(wrong[count - 1]) if count else 0
        middle = round((above + below) / 2, 6)  # half way to the first one refused
        found[str(target)] = [middle, count, errors, round(upper_bound(errors, count), 4)]
    return found


def _answers(stages: Sequence[gtn.Graph], examples: Sequence[Example]) -> tuple[np.ndarray, np.ndarray]:
    """Confidence of each best answer, and whether it is right."""
    answers, *closer = [
        best_hypotheses(graphs, load_grammar("digits"), CALIBRATION_N_BEST) for graphs in stages
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
