"""Graphs drawn at random, and the slow and sure way: list every path."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass

import torch
from hypothesis import strategies as st

import gtn

INF = math.inf


@dataclass(frozen=True)
class OnePath:
    score: float
    ilabels: tuple[int, ...]
    olabels: tuple[int, ...]
    arcs: tuple[int, ...]
    last: int

    @property
    def strings(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        return without_epsilon(self.ilabels), without_epsilon(self.olabels)


def without_epsilon(labels) -> tuple[int, ...]:
    return tuple(label for label in labels if label != gtn.EPSILON)


def paths(g: gtn.Graph, max_length: int | None = None) -> list[OnePath]:
    """Every accepting path of one graph, by depth-first search; arcs numbered in the graph itself."""
    assert len(g) == 1
    arcs = defaultdict(list)
    rows = zip(
        g.src.tolist(), g.dst.tolist(), g.ilabel.tolist(), g.olabel.tolist(), g.weight.tolist(), strict=True
    )
    for number, (src, dst, ilabel, olabel, weight) in enumerate(rows):
        arcs[src].append((number, dst, ilabel, olabel, weight))
    final = g.final_weight.tolist()
    found = []

    def walk(state, score, ilabels, olabels, used):
        if final[state] > -INF:
            found.append(OnePath(score + final[state], ilabels, olabels, used, state))
        if max_length is not None and len(used) == max_length:
            return
        for number, dst, ilabel, olabel, weight in arcs[state]:
            walk(dst, score + weight, (*ilabels, ilabel), (*olabels, olabel), (*used, number))

    for state in g.start.nonzero().flatten().tolist():
        walk(state, 0.0, (), (), ())
    return found


def logsumexp(values) -> float:
    high = max(values, default=-INF)
    return high if high == -INF else high + math.log(sum(math.exp(v - high) for v in values))


def language(g: gtn.Graph, max_length: int | None = None) -> dict[tuple, float]:
    """Log of the sum over paths of exp(score), for each (input string, output string) of one graph."""
    by_strings = defaultdict(list)
    for path in paths(g, max_length):
        by_strings[path.strings].append(path.score)
    return {strings: logsumexp(scores) for strings, scores in by_strings.items() if logsumexp(scores) > -INF}


def close(a: dict, b: dict, tolerance: float = 1e-9) -> bool:
    return a.keys() == b.keys() and all(abs(a[k] - b[k]) < tolerance for k in a)


@st.composite
def graphs(
    draw,
    *,
    max_states: int = 5,
    max_arcs: int = 8,
    labels: int = 2,
    epsilon: bool = True,
    acceptor: bool | None = None,
    acyclic: bool = True,
    forbidden: bool = True,
    payload: bool = False,
):
    """One graph in float64, states numbered in any order, with useless parts, several starts and finals."""
    n = draw(st.integers(1, max_states))
    number = draw(st.permutations(range(n)))
    low = gtn.EPSILON if epsilon else 0
    label = st.integers(low, labels - 1)
    score = st.integers(-8, 8).map(lambda k: k / 4)
    if forbidden:
        score = st.one_of(score, score, score, score, st.just(-INF))
    ends = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1))
    if acyclic:
        ends = ends.filter(lambda e: e[0] != e[1]).map(sorted) if n > 1 else st.nothing()
    arcs = draw(
        st.lists(st.tuples(ends, label, label, score), max_size=max_arcs if n > 1 or not acyclic else 0)
    )
    if draw(st.booleans()) if acceptor is None else acceptor:
        arcs = [(e, i, i, w) for e, i, _, w in arcs]
        olabel = None
    else:
        olabel = [o for _, _, o, _ in arcs]
    some = st.sets(st.integers(0, n - 1), max_size=2)
    final = sorted(draw(some)) or [number[-1]]
    return gtn.Graph.from_arcs(
        [number[e[0]] for e, *_ in arcs],
        [number[e[1]] for e, *_ in arcs],
        [i for _, i, _, _ in arcs],
        olabel,
        torch.tensor([w for *_, w in arcs], dtype=torch.float64),
        num_states=n,
        start=sorted(draw(some)) or [number[0]],
        final=final,
        final_weight=torch.tensor([draw(score) for _ in final], dtype=torch.float64),
        payload=list(range(100, 100 + len(arcs))) if payload else None,
    )


def batches(size: int = 3, **options):
    """A list of 1 to ``size`` graphs."""
    return st.lists(graphs(**options), min_size=1, max_size=size)
