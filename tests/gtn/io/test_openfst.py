import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import close, graphs, language


@given(g=graphs(max_states=4), symbols=st.booleans())
def test_round_trip(g, symbols):
    names = ["zero", "one"] if symbols else None
    if int(g.start.sum()) != 1:
        with pytest.raises(gtn.TextError, match="one start state"):
            gtn.to_openfst(g)
        return
    start = int(g.start.nonzero())
    if not g.final[start] and not (g.src == start).any():
        if g.num_arcs or g.final.any():
            with pytest.raises(gtn.TextError, match="trim"):
                gtn.to_openfst(g)
        return
    text = gtn.to_openfst(g, isymbols=names, osymbols=names)
    back = gtn.from_openfst(text, isymbols=names, dtype=torch.float64)
    assert close(language(back), language(g))


def test_by_hand():
    g = gtn.from_openfst("2 0 1 0 0.5\n0 1 11 11\n1 0.25\n")
    assert gtn.to_text(g) == "start 2\n2 0 0 -1 -0.5\n0 1 10 10 0\nfinal 1 -0.25"
    assert gtn.from_openfst("0 1 3 0.5\n1", acceptor=True).is_acceptor


@pytest.mark.parametrize("line", ["0 1 2", "0 1 a b", "0 1 2 3 4 5", "0 x"])
def test_a_line_that_can_not_be_read_is_named(line):
    with pytest.raises(gtn.TextError, match="line 2, "):
        gtn.from_openfst(f"0 1 1 1\n{line}\n")
