from hypothesis import given
from hypothesis import strategies as st

from models.chunking import chunk_by_size


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 20))
def test_chunks_cover_all_items_in_order_within_the_limit(sizes, most):
    found = list(chunk_by_size(sizes, most))
    assert [number for part in found for number in range(len(sizes))[part]] == list(range(len(sizes)))
    for number, part in enumerate(found):
        inside = sizes[part]
        assert sum(inside) <= most or len(inside) == 1
        if number:
            assert sum(sizes[found[number - 1]]) + inside[0] > most
