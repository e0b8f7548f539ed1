import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import batches


@given(graphs=batches(5, payload=True), tensors=st.booleans())
def test_same_as_one_by_one(graphs, tensors):
    def columns(name):
        values = [getattr(g, name) for g in graphs]
        return values if tensors else [v.tolist() for v in values]

    got = gtn.graphs_from_arcs(
        columns("src"),
        columns("dst"),
        columns("ilabel"),
        columns("olabel"),
        [g.weight for g in graphs],
        num_states=[g.num_states for g in graphs],
        start=[0 for _ in graphs],
        payload=columns("payload"),
        final_weight=[0.25 * k for k, _ in enumerate(graphs)],
    )
    for k, (one, g) in enumerate(zip(got, graphs, strict=True)):
        expected = gtn.Graph.from_arcs(
            g.src, g.dst, g.ilabel, g.olabel, g.weight,
            num_states=g.num_states, start=0, final=g.num_states - 1, payload=g.payload, final_weight=[0.25 * k],
        )  # fmt: skip
        assert gtn.equal(one, expected)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dst": [[1]]}, "of 2, 1, 2, 2 graphs"),
        ({"dst": [[1], [1, 1]]}, "one length"),
        ({"num_states": [2, 0]}, ">= 1"),
        ({"final": [1, 2]}, r"final is \[1, 2\]"),
        ({"start": -3}, "start is -3"),
        ({"final_weight": [0.5]}, r"final_weight has shape \(1,\), expected \(2,\)"),
        ({"ilabel": [[0], [0.5]]}, "integers"),
        ({"dst": [[1], [2]]}, "arc 1 leads from state 2 to state 4"),
    ],
)
def test_errors(changes, message):
    arcs = {"src": [[0], [0]], "dst": [[1], [1]], "ilabel": [[0], [0]], "num_states": [2, 2]}
    with pytest.raises(gtn.GraphError, match=message):
        gtn.graphs_from_arcs(**{**arcs, **changes})


def test_a_large_batch_is_checked_in_one_pass_with_the_same_messages():
    chain = list(range(6000))
    after = [n + 1 for n in chain]
    assert gtn.graphs_from_arcs([chain], [after], [chain], num_states=[6001]).num_arcs == 6000
    with pytest.raises(gtn.GraphError, match="arc 5999 leads from state 5999 to state 6000"):
        gtn.graphs_from_arcs([chain], [after], [chain], num_states=[6000])
    bad = torch.zeros(6000)
    bad[17] = float("nan")
    with pytest.raises(gtn.GraphError, match=r"weight\[17\] is nan"):
        gtn.graphs_from_arcs([chain], [after], [chain], weight=bad, num_states=[6001])
