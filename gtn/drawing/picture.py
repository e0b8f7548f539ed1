"""Picture of a graph: the states, edges, labels and highlights to draw, before layout."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor

from gtn.backends.torch.distance import best_path
from gtn.errors import DrawError
from gtn.graph import EPSILON, Graph
from gtn.io.symbols import Symbols

MOST_LINES = 8
"""Number of arcs between the same two states with labels of their own; further arcs are counted."""


@dataclass(frozen=True)
class Edge:
    """All arcs from one state to another."""

    src: int
    dst: int
    labels: tuple[str, ...]
    marked: tuple[bool, ...]


@dataclass(frozen=True)
class Picture:
    """The parts of a graph to draw."""

    start: tuple[bool, ...]
    final: tuple[bool, ...]
    names: tuple[str, ...]
    marked: frozenset[int]
    edges: tuple[Edge, ...]
    title: str


def describe(
    g: Graph,
    isymbols: Symbols | None,
    osymbols: Symbols | None,
    highlight: str | Sequence[int] | Tensor | None,
    title: str,
) -> Picture:
    """Collect the parts of a graph to draw; for arguments see ``gtn.draw``."""
    if len(g) != 1:
        raise DrawError(f"one graph can be drawn, this is a batch of {len(g)}; take g[i]")
    g = g.detach().to("cpu")
    if osymbols is None:
        osymbols = isymbols
    bold = _marked_arcs(g, highlight)
    edges: dict[tuple[int, int], list[tuple[str, bool]]] = {}
    columns = (g.src, g.dst, g.ilabel, g.olabel, g.weight)
    for number, (s, d, i, o, w) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        text = _name(i, isymbols) if g.is_acceptor or i == o else f"{_name(i, isymbols)}:{_name(o, osymbols)}"
        edges.setdefault((s, d), []).append((f"{text}{_score(w)}", number in bold))
    final = g.final.tolist()
    names = [
        f"{s}{_score(w)}" if end else str(s)
        for s, (w, end) in enumerate(zip(g.final_weight.tolist(), final, strict=True))
    ]
    touched = {int(x) for arc in bold for x in (g.src[arc], g.dst[arc])}
    return Picture(
        tuple(g.start.tolist()),
        tuple(final),
        tuple(names),
        frozenset(touched),
        tuple(Edge(s, d, *_shortened(lines)) for (s, d), lines in edges.items()),
        title,
    )


def _shortened(lines: list[tuple[str, bool]]) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    if len(lines) > MOST_LINES:
        first = sorted(range(len(lines)), key=lambda k: (not lines[k][1], k))[: MOST_LINES - 1]
        rest = len(lines) - len(first)
        lines = [lines[k] for k in sorted(first)] + [(f"and {rest} more", False)]
    return tuple(text for text, _ in lines), tuple(mark for _, mark in lines)


def _marked_arcs(g: Graph, highlight: str | Sequence[int] | Tensor | None) -> set[int]:
    if highlight is None:
        return set()
    if isinstance(highlight, str):
        if highlight != "best":
            raise DrawError(f"highlight is 'best', or arcs; not {highlight!r}")
        return set(best_path(g)[0].tolist())
    if isinstance(highlight, Tensor):
        if highlight.dtype.is_floating_point:
            raise DrawError("highlight names arcs by number, or is a bool tensor; not scores")
        highlight = (highlight.nonzero().flatten() if highlight.dtype.itemsize == 1 else highlight).tolist()
    return {int(arc) for arc in highlight}


def _name(label: int, symbols: Symbols | None) -> str:
    if label == EPSILON:
        return "ε"
    if symbols is None:
        return str(label)
    try:
        return symbols[label]
    except (KeyError, IndexError):
        return str(label)


def _score(weight: float) -> str:
    if weight == 0:
        return ""
    return "/-∞" if weight == -math.inf else f"/{weight:.3g}"
