"""Candidate segments against an enumeration of all runs."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from segment.oversegmentation.candidates import CandidateConfig, find_candidates


def bars(*lefts: int, width: int = 6) -> np.ndarray:
    mask = np.zeros((40, 300), bool)
    for x in lefts:
        mask[5:35, x : x + width] = True
    return mask


def test_neighbors_join_and_distant_fragments_do_not():
    found = find_candidates(bars(10, 18, 100))
    spans = set(zip(found.first.tolist(), found.last.tolist(), strict=True))
    assert spans == {(0, 1), (0, 2), (1, 2), (2, 3)}


def test_no_ink_no_candidate():
    found = find_candidates(np.zeros((20, 30), bool))
    assert len(found) == 0
    assert len(found.fragments) == 0


def test_mask_has_the_fragments_between_the_two_nodes():
    found = find_candidates(bars(10, 18))
    both = next(n for n in range(len(found)) if found.last[n] - found.first[n] == 2)
    assert found.boxes[both].tolist() == [10, 5, 14, 30]
    assert found.mask(both).sum() == 2 * 6 * 30 == found.area[both]
    assert not found.mask(both)[:, 7].any()


@settings(max_examples=60, deadline=None)
@given(
    lefts=st.lists(st.integers(0, 280), min_size=1, max_size=12, unique=True),
    most=st.integers(1, 5),
)
def test_candidates_are_the_allowed_runs_and_every_fragment_alone(lefts, most):
    config = CandidateConfig(max_fragments=most)
    found = find_candidates(bars(*lefts), config)
    fragments = found.fragments
    expected = []
    for first, last in itertools.combinations(range(len(fragments) + 1), 2):
        run = fragments.boxes[first:last]
        left, right = run[:, 0].min(), (run[:, 0] + run[:, 2]).max()
        reached = np.maximum.accumulate(run[:, 0] + run[:, 2])
        gap = max([0, *(run[1:, 0] - reached[:-1])]) / fragments.height
        allowed = right - left <= config.max_width * fragments.height and gap <= config.max_gap
        if last - first == 1 or (last - first <= most and allowed):
            expected.append((first, last, left, right - left, gap))
    got = sorted(zip(found.first, found.last, found.boxes[:, 0], found.boxes[:, 2], found.gap, strict=True))
    assert got == expected
