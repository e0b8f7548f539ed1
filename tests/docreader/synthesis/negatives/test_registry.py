"""Kinds are complete and deterministic; an amount is given only where it is valid."""

import re

import numpy as np
import pytest

from docreader.synthesis.errors import UnknownKindError
from docreader.synthesis.negatives import GROUPS, KINDS, VALID, negative, select_kinds


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_drawn_twice_alike_and_has_an_amount_only_if_valid(kind, bank):
    made, again, other = (negative(np.random.default_rng(seed), bank, kind) for seed in (3, 3, 4))
    np.testing.assert_array_equal(made.image, again.image)
    assert (made.text, made.amount) == (again.text, again.amount)
    assert made.image.shape != other.image.shape or (made.image != other.image).any()
    assert made.image.dtype == np.uint8
    assert min(made.image.shape) >= 8
    assert made.image.std() > 1
    assert made.kind == kind
    assert (made.amount is not None) == (kind in VALID)


def test_groups_hold_each_kind_once():
    listed = [kind for kinds in GROUPS.values() for kind in kinds]
    assert sorted(listed) == sorted(KINDS)
    assert len(listed) == len(set(listed))
    assert set(KINDS) > VALID
    assert not set(GROUPS) & set(KINDS)
    assert all(re.fullmatch("[a-z_]+", kind) for kind in KINDS)


def test_a_random_kind_has_no_amount(bank):
    rng = np.random.default_rng(0)
    made = [negative(rng, bank) for _ in range(30)]
    assert all(one.amount is None for one in made)
    assert len({one.kind for one in made}) > 15


def test_kinds_are_chosen_by_name_and_group():
    assert select_kinds("all") == tuple(KINDS)
    assert select_kinds("cut, time,cut_left") == ("time", *GROUPS["cut"])
    with pytest.raises(UnknownKindError, match=r"'tme'.*groups are dates, numbers"):
        select_kinds("time,tme")


def test_an_unknown_kind_is_named(bank):
    with pytest.raises(UnknownKindError, match="'dirt'"):
        negative(np.random.default_rng(0), bank, "dirt")
