"""Draw the graphs of the benchmark, as plain lists; the seed is fixed."""

from __future__ import annotations

import random
from dataclasses import dataclass

EPSILON = -1


@dataclass(frozen=True)
class Arcs:
    """One graph: states 0 .. num_states - 1, starts in 0; arcs sorted by src. Weights are scores."""

    src: list[int]
    dst: list[int]
    ilabel: list[int]
    olabel: list[int]
    weight: list[float]
    num_states: int
    final: int


def lattice(rng: random.Random, labels: int = 10, states: int = 12, span: int = 4, arcs: int = 380) -> Arcs:
    """Draw a lattice of fragments: arcs (i, j) for j - i <= span, about ``arcs`` of them; no two lattices are alike."""
    places = [
        (i, j, k)
        for i in range(states)
        for j in range(i + 1, min(states, i + span + 1))
        for k in range(labels)
    ]
    kept = sorted(rng.sample(places, min(len(places), rng.randint(arcs - 5, arcs))))
    # at least one arc from every state to the next, so that there is a path
    kept = sorted({*kept, *((i, i + 1, rng.randrange(labels)) for i in range(states - 1))})
    src, dst, label = (list(c) for c in zip(*kept, strict=True))
    return Arcs(src, dst, label, label, [rng.gauss(0, 1) for _ in src], states, states - 1)


def amount_grammar(rng: random.Random) -> Arcs:
    """Build a grammar of amounts: digits, separators and fillers that it erases; 13 states, 13 labels, epsilons.

    Labels: 0 to 9 digits, 10 a point or comma, 11 a dash, 12 dirt.
    """
    arcs: list[tuple[int, int, int, int]] = []

    def digits(src: int, dst: int, first: int = 0) -> None:
        arcs.extend((src, dst, k, k) for k in range(first, 10))

    arcs += [(0, 0, 12, EPSILON), (0, 1, 11, EPSILON), (0, 1, EPSILON, EPSILON)]
    digits(1, 2, 1)
    for src, dst in ((2, 3), (3, 4), (5, 6), (6, 7), (7, 8), (10, 11), (11, 12)):
        digits(src, dst)
    arcs += [(1, 9, 0, 0)]
    arcs += [(s, 5, 10, EPSILON) for s in (2, 3, 4, 8)]
    arcs += [(s, 9, EPSILON, EPSILON) for s in (2, 3, 4, 8)]
    arcs += [(s, s, 12, EPSILON) for s in (2, 3, 4, 6, 7, 8, 9)]
    arcs += [(9, 10, 10, 10), (9, 12, EPSILON, EPSILON), (9, 12, 11, EPSILON), (10, 12, 11, EPSILON)]
    arcs += [(12, 12, 11, EPSILON), (12, 12, 12, EPSILON), (2, 2, 11, EPSILON), (10, 10, 12, EPSILON)]
    arcs.sort(key=lambda arc: arc[0])
    src, dst, ilabel, olabel = (list(c) for c in zip(*arcs, strict=True))
    return Arcs(src, dst, ilabel, olabel, [rng.gauss(0, 0.3) for _ in src], 13, 12)


def large(rng: random.Random, states: int = 2_000, arcs: int = 80_000, span: int = 50) -> Arcs:
    """Draw one acyclic graph of many arcs."""
    kept = {(i, i + 1, 0) for i in range(states - 1)}
    while len(kept) < arcs:
        i = rng.randrange(states - 1)
        kept.add((i, min(states - 1, i + rng.randint(1, span)), rng.randrange(10)))
    src, dst, label = (list(c) for c in zip(*sorted(kept), strict=True))
    return Arcs(src, dst, label, label, [rng.gauss(0, 1) for _ in src], states, states - 1)
