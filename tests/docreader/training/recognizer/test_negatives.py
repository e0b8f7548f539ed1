import dataclasses

import numpy as np
import pytest

from docreader.training.recognizer import negatives
from docreader.training.recognizer.negatives import INK, Mixture, make_negatives

NOTHING = Mixture(**{f.name: 0.0 for f in dataclasses.fields(Mixture)})


@pytest.fixture
def drawn(digits):
    return digits.images.astype(np.float32) / 255


@pytest.mark.parametrize("kind", [f.name for f in dataclasses.fields(Mixture)])
def test_each_kind_of_negative_has_ink(drawn, characters, kind):
    rng = np.random.default_rng(0)
    made = make_negatives(drawn, characters, 60, dataclasses.replace(NOTHING, **{kind: 1.0}), rng)
    assert len(made) == 60
    for picture in made:
        assert picture.dtype == np.float32
        assert picture.ndim == 2
        assert (picture > INK).sum() >= 4
        assert 0 <= picture.min() <= picture.max() <= 1


def test_equal_seeds_give_equal_negatives(drawn, characters):
    first, second = (
        make_negatives(drawn, characters, 30, Mixture(), np.random.default_rng(4)) for _ in range(2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_both_parts_of_a_cut_make_the_whole(drawn):
    rng = np.random.default_rng(0)
    for picture in drawn[:20]:
        left, right = negatives.cut(picture, rng, 0.3, 0.7)
        assert np.allclose(left + right, picture, atol=1e-6)
        assert left[:, -1].sum() <= left.sum() / 2 or not left.any()


def test_fragment_lacks_ink_of_its_digit(drawn, characters):
    rng = np.random.default_rng(0)
    fours = drawn[characters == "4"]
    ink = sorted(picture.sum() for picture in fours)
    made = make_negatives(
        fours, np.full(len(fours), "4"), 80, dataclasses.replace(NOTHING, fragment=1.0), rng
    )
    assert max(picture.sum() for picture in made) < 0.75 * ink[-1]


def test_ones_are_not_cut(drawn, characters):
    """A piece of a one is a one: with ones alone to cut, marks must stand in or ones stay whole."""
    rng = np.random.default_rng(0)
    source = negatives._Source(drawn, np.flatnonzero(characters != "1"), rng)
    widths = [source.cut_digit().shape[1] for _ in range(200)]
    ones = {negatives.crop(picture).shape[1] for picture in drawn[characters == "1"]}
    others = {negatives.crop(picture).shape[1] for picture in drawn[characters != "1"]}
    assert set(widths) <= others
    assert min(ones) < min(others)


def test_joined_digits_keep_all_their_ink(drawn, monkeypatch):
    monkeypatch.setattr(negatives, "LIGATURES", 0.0)
    rng = np.random.default_rng(0)
    for start in range(0, 30, 2):
        parts = [negatives.crop(picture) for picture in drawn[start : start + 2]]
        joined, spans = negatives.join_with_spans(parts, rng)
        assert [right - left for left, right in spans] == [part.shape[1] for part in parts]
        assert max(part.sum() for part in parts) <= joined.sum() + 1e-3
        assert joined.sum() <= sum(part.sum() for part in parts) + 1e-3


def test_ligatures_only_add_ink(drawn, monkeypatch):
    parts = [negatives.crop(picture) for picture in drawn[:3]]
    sums = []
    for share in (0.0, 1.0):
        monkeypatch.setattr(negatives, "LIGATURES", share)
        sums.append([negatives.join(parts, np.random.default_rng(seed)).sum() for seed in range(20)])
    assert np.mean(sums[1]) > np.mean(sums[0])


def test_a_window_on_one_digit_is_that_digit():
    parts, spans = [np.ones((4, 10), np.float32)] * 2, [(0, 10), (12, 22)]
    assert negatives._is_digit(0, 11, parts, spans)
    assert negatives._is_digit(11, 25, parts, spans)
    assert negatives._is_digit(-3, 8, parts, spans)
    assert not negatives._is_digit(0, 5, parts, spans)
    assert not negatives._is_digit(0, 16, parts, spans)
    assert not negatives._is_digit(0, 22, parts, spans)


def test_pairs_are_wider_than_digits(drawn, characters):
    rng = np.random.default_rng(0)
    made = make_negatives(drawn, characters, 60, dataclasses.replace(NOTHING, pair=1.0), rng)
    wide = np.mean([negatives.crop(picture).shape[1] for picture in made])
    assert wide > 1.3 * np.mean([negatives.crop(picture).shape[1] for picture in drawn])
