"""Acceptance thresholds on the confidence, from a model's calibration."""

from typing import TYPE_CHECKING, NamedTuple

from docreader.errors import CalibrationError

if TYPE_CHECKING:
    from docreader.decoding.grammar import Grammar
    from models.files import LoadedModel
    from models.identity import ModelIdentity

REJECT_BELOW = 0.5
"""Threshold of a model without calibration: an answer that is less likely right than wrong is rejected."""

UNCALIBRATED_CHECK_THRESHOLD = 0.95
"""Least threshold of whole checks without calibration on checks: print beside the amount misleads the reader."""

DEFER_BELOW = 0.98
"""A field goes to the next pass of the cascade when its best answer has less confidence than this."""

TARGET_ERROR = 0.01
"""Default error among the accepted answers of a calibrated model: a wrong amount costs more than a manual check."""

TARGET_ERRORS = (0.001, 0.005, 0.01, 0.02, 0.05)
"""Errors among the accepted for which thresholds are chosen and read rates are reported."""


class Thresholds(NamedTuple):
    """Least confidences of accepted answers.

    Attributes:
        amount: For a cut-out amount.
        check: For a whole check.
        unsigned: For a field of a whole check without a printed currency symbol on its left.
    """

    amount: float
    check: float
    unsigned: float

    @classmethod
    def for_target(
        cls, model: "ModelIdentity | LoadedModel", target_error: float | None, grammar: "Grammar"
    ) -> "Thresholds":
        """Return the thresholds of a model for a target error, see `threshold`.

        The calibration of cut-out amounts comes from strings of digits; checks have amounts with cents or grouped
        digits. If the grammar reads such amounts and the model is calibrated on checks, the threshold of cut-out
        amounts is not below that of checks. The checks used for calibration have a printed currency symbol: without
        one, the threshold is at least `UNCALIBRATED_CHECK_THRESHOLD`.

        Raises:
            CalibrationError: The model has no threshold for the target error.
        """
        amount, check = threshold(model, target_error), threshold(model, target_error, "check")
        if grammar.has_amount and "check" in (model.calibration or {}):
            amount = max(amount, check)
        return cls(amount, check, max(UNCALIBRATED_CHECK_THRESHOLD, check))


def threshold(
    model: "ModelIdentity | LoadedModel", target_error: float | None, field: str = "amount"
) -> float:
    """Return the least confidence of accepted answers.

    Args:
        model: Model with or without calibration.
        target_error: Greatest fraction of wrong answers among the accepted; None means `TARGET_ERROR` for a calibrated
            model and `REJECT_BELOW` for another.
        field: `amount`, or `check` for whole checks: their thresholds are stored under `check`. Without those, the
            thresholds of cut-out amounts apply, but not below `UNCALIBRATED_CHECK_THRESHOLD`.

    Raises:
        CalibrationError: The model has no threshold for the target error.
    """
    calibration = model.calibration or {}
    own = calibration.get("check", {}).get("thresholds", {}) if field == "check" else {}
    if field == "check" and not own:
        return max(UNCALIBRATED_CHECK_THRESHOLD, threshold(model, target_error))
    known = own or calibration.get("thresholds", {})
    if target_error is None:
        found = known.get(str(TARGET_ERROR), [REJECT_BELOW])
    else:
        within = [target for target in known if float(target) <= target_error]
        if not known:
            raise CalibrationError(
                f"model {model.name} carries no calibration, so no threshold for an error of {target_error} is "
                "known: choose one with --reject-below, from the reject curve of 'docreader evaluate'"
            )
        if not within:
            raise CalibrationError(
                f"model {model.name} is calibrated for errors of {min(map(float, known))} and more, not {target_error}"
            )
        found = known[max(within, key=float)]
    return float(found[0])
