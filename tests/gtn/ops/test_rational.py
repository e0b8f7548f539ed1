from collections import defaultdict

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from tests.gtn.oracle import batches, close, graphs, language, logsumexp

SMALL = {"max_states": 3, "max_arcs": 4}


def joined(pairs):
    scores = defaultdict(list)
    for strings, score in pairs:
        scores[strings].append(score)
    return {strings: logsumexp(values) for strings, values in scores.items()}


def chained(a, b):
    return joined(
        (((x[0] + y[0]), (x[1] + y[1])), p + q)
        for x, p in language(a).items()
        for y, q in language(b).items()
    )


@given(graphs=batches())
def test_projections(graphs):
    for side, project in enumerate((gtn.project_input, gtn.project_output)):
        for got, g in zip(project(gtn.batch(graphs)), graphs, strict=True):
            assert got.is_acceptor
            assert close(language(got), joined((((s[side],) * 2), v) for s, v in language(g).items()))


@given(a=batches(2, **SMALL), b=graphs(**SMALL))
def test_union(a, b):
    for got, g in zip(gtn.union([gtn.batch(a), b]), a, strict=True):
        assert close(language(got), joined([*language(g).items(), *language(b).items()]))


@given(a=batches(2, **SMALL), b=graphs(**SMALL), c=graphs(**SMALL))
def test_concat(a, b, c):
    for got, g in zip(gtn.concat([gtn.batch(a), b]), a, strict=True):
        assert close(language(got), chained(g, b))
    three = gtn.concat([a[0], b, c])
    step = gtn.concat([gtn.concat([a[0], b]), c])
    assert close(language(three), language(step))
    assert gtn.equal(gtn.concat([b]), b)


@given(g=graphs(max_states=3, max_arcs=3, forbidden=False), data=st.data())
def test_closure_accepts_chains(g, data):
    words = language(g)
    if any(not read for (read, _) in words):
        return  # endless ways to read one thing
    parts = data.draw(st.lists(st.sampled_from(sorted(words)), max_size=3)) if words else []
    text = tuple(label for read, _ in parts for label in read)
    ways = [{(): 0.0}] + [{} for _ in text]
    for end in range(1, len(text) + 1):
        ways[end] = joined(
            (before + written, score + value)
            for (read, written), value in words.items()
            if len(read) <= end and text[end - len(read) : end] == read
            for before, score in ways[end - len(read)].items()
        )
    got = language(gtn.compose(gtn.string_acceptor(list(text), dtype=torch.float64), gtn.closure(g)))
    assert close(got, {(text, written): score for written, score in ways[-1].items()})


@given(graphs=batches())
def test_reverse(graphs):
    turned = gtn.reverse(gtn.batch(graphs))
    for got, g in zip(turned, graphs, strict=True):
        assert close(language(got), {(i[::-1], o[::-1]): v for (i, o), v in language(g).items()})
    for got, g in zip(gtn.reverse(turned), graphs, strict=True):
        assert close(language(got), language(g))


@given(graphs=batches(), by=st.sampled_from(["input", "output"]))
def test_arc_sort(graphs, by):
    g = gtn.batch(graphs)
    got = gtn.arc_sort(g, by)
    assert gtn.equal(got, g)
    label = got.ilabel if by == "input" else got.olabel
    keys = list(zip(got.src.tolist(), label.tolist(), strict=True))
    assert keys == sorted(keys)


def test_lists_that_can_not_be_joined():
    a, b = gtn.string_acceptor([[1], [2]]), gtn.string_acceptor([[1], [2], [3]])
    for call in (gtn.union, gtn.concat):
        with pytest.raises(gtn.BatchError, match="no graphs"):
            call([])
        with pytest.raises(gtn.BatchError, match=r"\[2, 3\]"):
            call([a, b])
    with pytest.raises(gtn.GraphError, match="'label'"):
        gtn.arc_sort(a, "label")


def test_union_of_a_whole_batch_is_one_graph():
    g = gtn.union(list(gtn.string_acceptor([[1], [2], [3, 4]])))
    assert set(language(g)) == {((1,), (1,)), ((2,), (2,)), ((3, 4), (3, 4))}
