"""Scoring of what readers return, image by image, with the ground truth."""

from dataclasses import dataclass
from decimal import Decimal

from docreader.decoding.alphabet import digits_of
from docreader.evaluation.peers.amounts import best_amount, holds_amount, join_lines
from docreader.evaluation.peers.protocol import Answer, Output, PageText
from docreader.io.ground_truth import TruthColumn, normalize_amount
from docreader.io.records import Failure


@dataclass(frozen=True)
class Score:
    """Answer of a reader to an image, compared with the ground truth.

    Attributes:
        answer: Amount or text of the answer; empty without one.
        confidence: Confidence of the answer, 0 to 1.
        right: Whether the answer is right.
        acceptable: Whether some threshold of the confidence accepts it.
        accepted: Whether the reader accepts it by its own threshold; None of a reader that has none.
        in_a_line: Whether some line holds the truth; None of a reader of amounts.
        error: Class and message where the image failed.
    """

    answer: str = ""
    confidence: float = 0.0
    right: bool = False
    acceptable: bool = False
    accepted: bool | None = None
    in_a_line: bool | None = None
    error: str | None = None


def score(output: Output, truth: str, column: TruthColumn, *, single_line: bool) -> Score:
    """Compare the output of a reader with the ground truth.

    The answer of a reader of any text is all of a cut-out amount, and of a whole check the line that is most like an
    amount, see `docreader.evaluation.peers.amounts`. It is right if one of its values is: where `3.975` may be 3975
    or 3.975, both are.

    Args:
        output: Output of a reader.
        truth: True string or amount of the image.
        column: Column of the truth; of strings, the digits alone are compared.
        single_line: Whether the image is a cut-out amount.
    """
    if isinstance(output, Failure):
        return Score(error=f"{output.type}: {output.message}")
    digits = column is TruthColumn.LABEL
    if isinstance(output, Answer):
        return _score_answer(output, truth, digits=digits)
    assert isinstance(output, PageText)
    inside = holds_amount(output, truth, digits=digits)
    found = join_lines(output) if single_line else best_amount(output)
    if found is None:
        return Score(in_a_line=inside)
    answer = digits_of(found.amount.text) if digits else next(iter(found.amount.values), "")
    right = answer == digits_of(truth) if digits else truth in found.amount.values
    shown = truth if right and not digits else answer
    return Score(shown, found.confidence, right, acceptable=bool(answer), in_a_line=inside)


def _score_answer(output: Answer, truth: str, *, digits: bool) -> Score:
    if digits:
        answer, truth = digits_of(output.text), digits_of(truth)
    else:
        answer = "" if output.amount is None else normalize_amount(Decimal(output.amount))
    acceptable = output.acceptable and bool(answer)
    return Score(
        answer, output.confidence, answer == truth != "", acceptable, output.accepted and bool(answer)
    )
