import pytest

from docreader.errors import LabelsError
from docreader.training.reader.transcription import UnreachableLabelError, check_time_steps, encode


def test_equal_neighbors_need_a_time_step_between_them():
    check_time_steps((1, 1), 3, "here")
    with pytest.raises(UnreachableLabelError, match="here: no path accepts '11'"):
        check_time_steps((1, 1), 2, "here")
    check_time_steps((1, 2), 2, "here")


def test_spaces_are_skipped_and_equivalent_characters_share_a_class():
    assert encode("1 234,50=", "x") == ((1, 2, 3, 4, 10, 5, 0, 11), False)
    assert encode("₹ 1,50/-", "x") == ((13, 1, 10, 5, 0, 12, 11), False)
    assert encode("Rs.7 no/100", "x") == encode("$7xx/100", "x")
    with pytest.raises(LabelsError, match="'\\$', which is not read"):
        encode("$7", "x", "0123456789.-")
    with pytest.raises(LabelsError, match="empty"):
        encode(" ", "x")
