import pytest
import torch

from models import rbf_codes


def test_every_printable_character_has_a_bitmap_of_7_by_12():
    assert len(rbf_codes.CHARACTERS) == 95
    for character in rbf_codes.CHARACTERS:
        rows = rbf_codes.bitmap(character)
        assert len(rows) == 12
        assert all(len(row) == 7 and set(row) <= {"#", "."} for row in rows)


def test_no_two_characters_have_the_same_code():
    codes = rbf_codes.codes(rbf_codes.CHARACTERS)
    assert len(torch.unique(codes, dim=0)) == 95


def test_only_the_space_is_blank():
    blank = [c for c in rbf_codes.CHARACTERS if "#" not in "".join(rbf_codes.bitmap(c))]
    assert blank == [" "]


def test_codes_are_plus_and_minus_one_row_by_row():
    code = rbf_codes.codes("7")
    assert code.shape == (1, 84)
    assert code.dtype == torch.float32
    assert code[0, :7].tolist() == [1.0] * 7  # the bar of the seven
    assert code[0, 7:14].tolist() == [-1.0] * 6 + [1.0]


def test_similar_characters_have_similar_codes():
    distance = torch.cdist(rbf_codes.codes("0"), rbf_codes.codes("OQ1")).squeeze(0)
    assert max(distance[0], distance[1]) < distance[2]


def test_digits_are_well_apart():
    codes = rbf_codes.codes("0123456789")
    differing = (codes.unsqueeze(0) != codes.unsqueeze(1)).sum(-1) + 99 * torch.eye(10, dtype=torch.int64)
    assert int(differing.min()) >= 10


def test_a_character_without_a_bitmap_is_a_key_error():
    with pytest.raises(KeyError):
        rbf_codes.bitmap("é")
