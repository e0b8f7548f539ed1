"""Calibration on labeled answers: temperature (or ensemble weights) by likelihood, thresholds by error bounds."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from docreader.confidence.crossfit import crossfit, random_folds
from docreader.confidence.metrics import PROBABILITY_FLOOR, reliability, sort_by_confidence
from docreader.confidence.proportions import upper_bound
from docreader.confidence.thresholds import TARGET_ERRORS

if TYPE_CHECKING:
    from models.files import LoadedModel

TEMPERATURES = tuple(round(float(value), 3) for value in np.geomspace(0.4, 4.0, 24))

EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Bounds of the bins of the stored reliability diagram: narrow near the thresholds."""


def fit_calibration(
    confidences: NDArray[np.float64],
    right: NDArray[np.bool_],
    settings: Sequence[Any] = TEMPERATURES,
    name: str = "temperature",
) -> dict[str, Any]:
    """Choose the setting of greatest likelihood and its thresholds, and measure both by cross-fitting.

    The likelihood is the mean log probability that the confidences give to being right (or wrong).

    Args:
        confidences: (settings, N) of the best answer of each string with each setting.
        right: (settings, N) whether it is right.
        settings: Candidates, such as temperatures.
        name: Name of the setting.

    Returns:
        The setting by its name, `strings`, `exact` (fraction), and `thresholds`, see `choose_thresholds`. From
        cross-fitting: `crossfitted`, for each target error the number accepted and of those wrong, and `reliability`,
        for each bin of `EDGES` the mean confidence, the count and the number right.
    """
    total = confidences.shape[1]
    bounded = confidences.clip(PROBABILITY_FLOOR, 1 - PROBABILITY_FLOOR)
    likelihood = np.where(right, np.log(bounded), np.log1p(-bounded))

    def choose(used: NDArray[np.bool_]) -> tuple[int, dict[str, list[float]]]:
        best = int(likelihood[:, used].mean(axis=1).argmax())
        return best, choose_thresholds(confidences[best, used], right[best, used])

    held_out, true = np.zeros(total), np.zeros(total, bool)
    accepted = {target: np.zeros(total, bool) for target in TARGET_ERRORS}
    for fold, (best, limits) in crossfit(random_folds(total), choose):
        held_out[fold], true[fold] = confidences[best, fold], right[best, fold]
        for target in TARGET_ERRORS:
            accepted[target][fold] = held_out[fold] >= limits[str(target)][0]
    best, limits = choose(np.ones(total, bool))
    return {
        name: settings[best],
        "strings": total,
        "exact": round(float(right[best].mean()), 4),
        "thresholds": limits,
        "crossfitted": {
            str(target): [int(taken.sum()), int((taken & ~true).sum())] for target, taken in accepted.items()
        },
        "reliability": [
            [round(row.confidence, 4), row.count, row.right] for row in reliability(held_out, true, EDGES)
        ],
    }


def choose_thresholds(
    confidences: NDArray[np.float64],
    right: NDArray[np.bool_],
    weights: NDArray[np.float64] | None = None,
) -> dict[str, list[float]]:
    """Choose for each target error the threshold that accepts most.

    Both the counted errors and the errors expected from the confidences must keep to the target: otherwise a hundred
    answers of which 99 happen to be right would justify confidences of 0.7.

    Args:
        confidences: (N,).
        right: (N,) whether the answer is right.
        weights: (N,) pictures that each answer stands for; None for one each.

    Returns:
        By target error: the threshold, the number of strings accepted, the number of those wrong, and the 95 % upper
        bound of the error among them (Clopper-Pearson); with weights, rounded.

    >>> choose_thresholds(np.array([0.99, 0.98, 0.7]), np.array([True, True, False]))["0.02"]
    [0.84, 2, 0, 0.7764]
    """
    order, last = sort_by_confidence(confidences)
    falling = confidences[order]
    weight = np.ones(len(falling)) if weights is None else weights[order]
    accepted, expected = np.cumsum(weight), np.cumsum(weight * (1 - falling))
    wrong = np.cumsum(weight * ~right[order])
    found: dict[str, list[float]] = {}
    for target in TARGET_ERRORS:
        good = np.nonzero(last & (np.maximum(wrong, expected) <= target * accepted))[0]
        count = int(good.max()) + 1 if len(good) else 0
        above = float(falling[count - 1]) if count else 1.0
        below = float(falling[count]) if count < len(falling) else above
        errors, taken = (math.ceil(wrong[count - 1]), round(accepted[count - 1])) if count else (0, 0)
        middle = round((above + below) / 2, 6)  # half way to the first rejected answer
        found[str(target)] = [middle, taken, errors, round(upper_bound(errors, taken), 4)]
    return found


def with_thresholds(
    model: "LoadedModel", field: str, confidences: NDArray[np.float64], right: NDArray[np.bool_]
) -> "LoadedModel":
    """Return a model with thresholds chosen for a kind of field; those of the other kind stay.

    Args:
        model: Reader or recognizer.
        field: `amount` for cut-out amounts, `check` for whole checks.
        confidences: (N,) of answers for images that the model was not trained on.
        right: (N,) whether the answer is right.
    """
    found: dict[str, Any] = {
        "strings": len(right),
        "exact": round(float(right.mean()), 4),
        "thresholds": choose_thresholds(confidences, right),
    }
    calibration = dict(model.metadata.calibration or {})
    if field == "check":
        calibration["check"] = found
    else:  # cross-fitted counts belong to the replaced thresholds
        calibration = {
            k: v for k, v in calibration.items() if k in ("temperature", "check", "evidence")
        } | found
    return replace(model, metadata=replace(model.metadata, calibration=calibration))
