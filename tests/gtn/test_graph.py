import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import batches


def one(**changes):
    arcs = {"src": [0, 1], "dst": [1, 2], "ilabel": [3, 4], "num_states": 3, "start": 0, "final": 2}
    return gtn.Graph.from_arcs(**{**arcs, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_states": -1}, "num_states is -1"),
        ({"src": [0, 3]}, "arc 1 leads from state 3 to state 2, outside of the states of its graph, 0 to 2"),
        ({"dst": [-1, 2]}, "arc 0 leads from state 0 to state -1"),
        ({"dst": [1]}, r"dst has shape \(1,\), src has \(2,\)"),
        ({"ilabel": [3, -2]}, "ilabel of arc 1 is -2"),
        ({"olabel": [-7, 3]}, "olabel of arc 0 is -7"),
        ({"ilabel": [0.5, 1.0]}, "ilabel must hold integers"),
        ({"ilabel": torch.tensor([0.5, 1.0])}, "ilabel must hold integers"),
        ({"weight": [0.0]}, "one entry per arc"),
        ({"weight": [0.0, float("nan")]}, r"weight\[1\] is nan"),
        ({"weight": [float("inf"), 0.0]}, r"weight\[0\] is inf"),
        ({"payload": [0, -2]}, "payload of arc 1 is -2"),
        ({"start": 3}, r"start names state \[3\], there are 3"),
        ({"final": [0, -1]}, r"final names state \[0, -1\]"),
        ({"start": torch.tensor([True])}, r"start has shape \(1,\)"),
        ({"final": [0, 1], "final_weight": [0.0]}, "1 scores for 2 final states"),
        ({"final": torch.tensor([True] * 3), "final_weight": [0.0]}, r"final_weight has shape \(1,\)"),
        ({"final": [1, 1], "final_weight": [0.0, 1.0]}, "final names a state twice"),
        ({"final": {1, 2}, "final_weight": [0.0, 1.0]}, "a set, which has no order"),
        ({"final_weight": [float("nan")]}, r"final_weight\[2\] is nan"),
    ],
)
def test_faults_are_named(changes, message):
    with pytest.raises(gtn.GraphError, match=message):
        one(**changes)


def test_arcs_between_graphs_of_a_batch_are_refused():
    g = gtn.batch([one(), one()])
    fields = {name: getattr(g, name) for name in ("arc_offset", "state_offset", "start", "final_weight")}
    with pytest.raises(gtn.GraphError, match="arc 3 leads from state 4 to state 1"):
        gtn.Graph.from_flat(g.src, torch.tensor([1, 2, 4, 1]), g.ilabel, None, g.weight, **fields)
    with pytest.raises(gtn.GraphError, match="arc_offset must rise from 0 to 4"):
        gtn.Graph.from_flat(
            g.src, g.dst, g.ilabel, None, g.weight, **{**fields, "arc_offset": torch.tensor([0, 3, 2])}
        )


def test_nothing_can_be_assigned():
    with pytest.raises(FrozenInstanceError):
        one().weight = torch.zeros(2)


@given(graphs=batches(payload=True), data=st.data())
def test_a_batch_gives_back_its_graphs(graphs, data):
    g = gtn.batch(graphs)
    assert len(g) == len(graphs)
    assert all(gtn.equal(a, b) for a, b in zip(g, graphs, strict=True))
    index = data.draw(st.lists(st.integers(0, len(g) - 1), max_size=4))
    taken = g[index]
    assert [gtn.to_text(x) for x in taken] == [gtn.to_text(graphs[i]) for i in index]
    assert gtn.equal(g[1:], g[list(range(len(g)))[1:]])
    assert gtn.equal(g[-1], graphs[-1])


def test_indices_out_of_range():
    for index in (1, -2):
        with pytest.raises(IndexError):
            one()[index]
    with pytest.raises(gtn.BatchError):
        one()[[0, 1]]


def test_flags_choose_and_numbers_count_from_either_end():
    g = gtn.string_acceptor([[1], [2, 2], [3, 3, 3]])
    for index in (
        [True, False, True],
        torch.tensor([True, False, True]),
        np.array([0, 2]),
        [-3, -1],
        slice(0, 3, 2),
    ):
        assert [one.num_arcs for one in g[index]] == [1, 3]
    assert [one.num_arcs for one in g[::-1]] == [3, 2, 1]
    assert g[np.int64(1)].num_arcs == g[torch.tensor(1)].num_arcs == 2
    assert len(g[[]]) == len(g[[False] * 3]) == 0
    for index in ([True, False], [0.5], [[0, 1]], True):
        with pytest.raises(gtn.BatchError, match="an index is"):
            g[index]


def test_batches_that_do_not_fit():
    with pytest.raises(gtn.BatchError, match="no graphs"):
        gtn.batch([])
    with pytest.raises(gtn.BatchError, match=r"\.to\("):
        gtn.batch([one(), one().to(dtype=torch.float64)])


@given(graphs=batches(payload=True))
def test_pickling(graphs):
    g = gtn.batch(graphs)
    gtn.forward_score(g)  # fills the index, which is not saved
    copy = pickle.loads(pickle.dumps(g))
    assert gtn.equal(copy, g)
    assert copy.is_acceptor == g.is_acceptor
    assert copy.index.arc_order is None
    assert g.index.arc_order is not None


def test_dtypes():
    assert one().dtype == torch.float32
    assert one(weight=torch.zeros(2, dtype=torch.float64)).dtype == torch.float64
    assert one(weight=torch.zeros(2, dtype=torch.bfloat16)).dtype == torch.float32
    assert one(weight=np.zeros(2)).dtype == torch.float64
    assert one().to(dtype=torch.float64).final_weight.dtype == torch.float64
    with pytest.raises(gtn.GraphError, match="float16"):
        one().to(dtype=torch.float16)


def test_gradients_flow_through_moves_and_slices():
    weight = torch.zeros(2, requires_grad=True)
    g = gtn.batch([one(weight=weight), one()])
    g.to(dtype=torch.float64)[0].weight.sum().backward()
    assert weight.grad.tolist() == [1, 1]


def test_other_weights_for_the_same_arcs():
    g = one()
    gtn.viterbi_score(g)
    other = g.with_weight(torch.tensor([1.0, 2.0]))
    assert other.index is g.index
    assert gtn.viterbi_score(other).item() == 3
    with pytest.raises(gtn.GraphError, match="3"):
        g.with_weight(torch.zeros(3))


def test_repr_has_kind_and_sizes():
    assert repr(one()) == "Graph(batch=1, states=3, arcs=2, acceptor, float32)"
    g = one(olabel=[0, 0], payload=[0, 1], weight=torch.zeros(2, dtype=torch.float64, requires_grad=True))
    assert repr(g) == "Graph(batch=1, states=3, arcs=2, transducer, payload, float64, requires_grad)"


def test_final_weights_by_state_and_by_name():
    by_name = one(final=[2, 0], final_weight=[0.5, -1.0])
    mask, score = torch.tensor([True, False, True]), torch.tensor([-1.0, 9.0, 0.5])
    assert gtn.equal(by_name, one(final=mask, final_weight=score))
    assert by_name.final.tolist() == [True, False, True]
    assert gtn.equal(one(start={1, 0}, final=np.int64(2)), one(start=[0, 1], final=2))
