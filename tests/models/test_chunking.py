from hypothesis import given
from hypothesis import strategies as st

from models.chunking import groups


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 20))
def test_groups_are_all_things_in_order_and_no_larger_than_wanted(sizes, most):
    found = list(groups(sizes, most))
    assert [number for part in found for number in range(len(sizes))[part]] == list(range(len(sizes)))
    for number, part in enumerate(found):
        inside = sizes[part]
        assert sum(inside) <= most or len(inside) == 1
        if number:
            assert sum(sizes[found[number - 1]]) + inside[0] > most
