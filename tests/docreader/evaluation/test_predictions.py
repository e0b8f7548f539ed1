"""Files of predictions."""

import pytest

from docreader.errors import LabelsError
from docreader.evaluation.predictions import read_predictions

HEADER = "file,label,truth,answer,outcome,corrected_truth,corrected_outcome,read_confidence,read_reason\n"


def test_confidences_and_corrected_truths(tmp_path):
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text(HEADER + "a,12,12,12,right,12,right,0.99,\nb,34,34,39,wrong,39,right,0.8,\n")
    two.write_text(
        HEADER + "c,5,5,,rejected,5,rejected,0,\nd,6,6,,failed,6,failed,,\ne,7,7,1,rejected,7,rejected,0.4,\n"
    )
    confidences, right = read_predictions([one, two])
    assert confidences.tolist() == [0.99, 0.8, 0.4]
    assert right.tolist() == [True, True, False]


def test_answers_that_a_rule_rejected_are_left_out(tmp_path):
    path = tmp_path / "predictions.csv"
    path.write_text(
        HEADER
        + "a,-500,-500,500,rejected,-500,rejected,0.98,possible_minus\n"
        + "b,7,7,7,rejected,7,rejected,0.97,low_resolution\n"
        + "c,12,12,12,rejected,12,rejected,0.6,low_confidence\n"
        + "d,1.5,1.5,15,rejected,1.5,rejected,0.5,ambiguous_decimal_point\n"
    )
    confidences, right = read_predictions([path])
    assert confidences.tolist() == [0.6, 0.5]
    assert right.tolist() == [True, False]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("file,label\na,1\n", "no column 'read_confidence'"),
        (HEADER, "has an answer"),
        (HEADER + "a,12,12,12,right,12,right,often,\n", "line 2"),
    ],
)
def test_files_without_predictions(tmp_path, content, message):
    path = tmp_path / "predictions.csv"
    path.write_text(content)
    with pytest.raises(LabelsError, match=message):
        read_predictions([path])
