from collections import defaultdict

from hypothesis import given

import gtn
from gtn.backend import plain_torch
from tests.gtn.oracle import close, graphs, language, logsumexp, paths


def expected(a, b):
    """Every pair of matching paths, once."""
    joined = defaultdict(list)
    for p in paths(a):
        for q in paths(b):
            if p.strings[1] == q.strings[0]:
                joined[p.strings[0], q.strings[1]].append(p.score + q.score)
    return {k: logsumexp(v) for k, v in joined.items() if logsumexp(v) > -float("inf")}


SMALL = {"max_states": 4, "max_arcs": 6}


@given(a=graphs(**SMALL), b=graphs(**SMALL))
def test_accepts_matching_pairs_once(a, b):
    c = gtn.compose(a, b)
    assert close(language(c), expected(a, b))
    with plain_torch():
        assert gtn.to_text(gtn.compose(a, b)) == gtn.to_text(c)
    assert gtn.equal(gtn.trim(c), c)
