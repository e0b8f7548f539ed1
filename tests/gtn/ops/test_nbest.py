import pytest
from hypothesis import given
from hypothesis import strategies as st

import gtn
from gtn.backends import use_backend
from tests.gtn.oracle import INF, batches, paths


@given(graphs=batches(payload=True), n=st.integers(1, 4), distinct=st.booleans())
def test_n_best_are_the_best_of_all_paths(graphs, n, distinct):
    check(graphs, n, distinct)
    with use_backend("torch"):
        check(graphs, n, distinct)


def check(graphs, n, distinct):
    found = gtn.n_best(gtn.batch(graphs), n, distinct=distinct)
    assert len(found) == len(graphs)
    for g, best in zip(graphs, found.tolist(), strict=True):
        every = [p for p in paths(g) if p.score > -INF]
        if distinct:
            by_output = {}
            for p in every:
                by_output[p.strings[1]] = max(p.score, by_output.get(p.strings[1], -INF))
            assert len({p.output for p in best}) == len(best)
            assert all(p.score == by_output[p.output] for p in best)
            scores = list(by_output.values())
        else:
            used = [p.arcs for p in best if p.arcs]  # empty paths may differ in their state
            assert len(set(used)) == len(used)
            scores = [p.score for p in every]
        assert [p.score for p in best] == pytest.approx(sorted(scores, reverse=True)[:n])
        for p in best:
            same = [q for q in every if (q.ilabels, q.olabels, q.score) == (p.ilabels, p.olabels, p.score)]
            assert p.payload in [tuple(100 + a for a in q.arcs) for q in same]
