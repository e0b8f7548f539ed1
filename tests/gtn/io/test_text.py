import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import batches

NUMBERS = st.floats(-(2.0**99), 2.0**99, width=32)


@given(graphs=batches(payload=True, acyclic=False))
def test_round_trip(graphs):
    g = gtn.batch(graphs)
    back = gtn.from_text(gtn.to_text(g), dtype=torch.float64)
    assert gtn.equal(back, g) or g.num_arcs == 0 or (back.payload is None and g.payload is not None)
    assert gtn.to_text(back) == gtn.to_text(g)


@given(value=NUMBERS, wide=st.floats(-1e300, 1e300))
def test_weights_come_back_exactly(value, wide):
    for number, dtype in ((value, torch.float32), (wide, torch.float64)):
        g = gtn.string_acceptor([1], torch.full((2,), number, dtype=dtype))
        assert torch.equal(gtn.from_text(gtn.to_text(g), dtype=dtype).weight, g.weight)


def test_symbols_comments_and_states_without_arcs():
    g = gtn.from_text(
        """
        states 4
        start 0        # a comment
        0 1 a <eps> 0.5 @3
        final 1
        """,
        isymbols={7: "a"},
    )
    assert (g.num_states, g.ilabel.tolist(), g.olabel.tolist(), g.payload.tolist()) == (4, [7], [-1], [3])
    text = gtn.to_text(g, isymbols={7: "a"}, osymbols={})
    assert text == "states 4\nstart 0\n0 1 a <eps> 0.5 @3\nfinal 1 0"
    with pytest.raises(gtn.TextError, match="label 7"):
        gtn.to_text(g, isymbols={})


@pytest.mark.parametrize(
    "line", ["0 1 2", "0 1 a b", "final", "states many", "0 1 2 3 4 5", "0 1 2 2 x", "0 1 2 2 0 @y"]
)
def test_a_line_that_can_not_be_read_is_named(line):
    with pytest.raises(gtn.TextError, match="line 2, "):
        gtn.from_text(f"start 0\n{line}\n")


def test_text_without_a_start_state():
    with pytest.raises(gtn.TextError, match="no line 'start"):
        gtn.from_text("0 1 2 2\nfinal 1")
    assert not gtn.from_text("start\n0 1 2 2\nfinal 1").start.any()


@pytest.mark.parametrize(
    "text",
    [
        "states 100000000001",
        "start 99999999999",
        "start 0\n0 99999999999 1 1",
        "start 0\nfinal 99999999999",
    ],
)
def test_a_line_cannot_ask_for_all_memory(text):
    with pytest.raises(gtn.TextError, match="max_states=10,000,000"):
        gtn.from_text(text)


def test_the_limit_on_states_can_be_moved():
    with pytest.raises(gtn.TextError, match="3 states, more than max_states=2"):
        gtn.from_text("start 0\n0 2 1 1\nfinal 2", max_states=2)
    with pytest.raises(gtn.TextError, match="3 states, more than max_states=2"):
        gtn.from_openfst("0 2 1 1\n2", max_states=2)


@pytest.mark.parametrize(
    "line",
    [
        "0 1 99999999999999999999 1",
        "0 -1 1 1",
        "0 99999999999999999999 1 1",
        "0 1 1 1 0 @99999999999999999999",
    ],
)
def test_numbers_that_no_tensor_holds(line):
    with pytest.raises(gtn.TextError, match="line 2"):
        gtn.from_text(f"start 0\n{line}\nfinal 1")
