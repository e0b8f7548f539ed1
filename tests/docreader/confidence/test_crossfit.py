"""Folds, and the choice without each of them."""

import numpy as np

from docreader.confidence.crossfit import crossfit, group_folds, random_folds


def test_each_fold_is_held_out_once_and_all_others_choose():
    folds = random_folds(25, folds=4)
    seen = np.zeros(25, int)
    for held, used in crossfit(folds, lambda used: used):
        assert not (held & used).any()
        assert (held | used).all()
        seen += held
    assert (seen == 1).all()


def test_random_folds_are_of_equal_size():
    assert sorted(np.bincount(random_folds(25, folds=4))) == [6, 6, 6, 7]


def test_the_samples_of_a_group_are_in_one_fold():
    folds = group_folds(list("abcabcabc"), folds=2)
    assert folds[:3].tolist() == folds[3:6].tolist() == folds[6:].tolist()
    assert set(folds.tolist()) == {0, 1}


def test_there_are_no_more_folds_than_groups():
    assert group_folds(["a", "a", "b"]).max() == 1


def test_a_single_sample_is_evaluated_by_itself():
    [(held, used)] = crossfit(random_folds(1), lambda used: used)
    assert held.tolist() == used.tolist() == [True]


def test_no_samples_have_no_folds():
    assert list(crossfit(random_folds(0), lambda used: used)) == []
