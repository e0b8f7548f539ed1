import numpy as np
from hypothesis import given
from hypothesis.extra import numpy as hnp

from segment.runs import row_runs

MASKS = hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def by_loop(mask: np.ndarray) -> list[tuple[int, int, int]]:
    expected = []
    for number, row in enumerate(mask):
        start = None
        for column, ink in enumerate([*row, False]):
            if ink and start is None:
                start = column
            elif not ink and start is not None:
                expected.append((number, start, column))
                start = None
    return expected


@given(MASKS)
def test_runs_against_a_loop(mask: np.ndarray):
    assert list(zip(*(a.tolist() for a in row_runs(mask)), strict=True)) == by_loop(mask)
