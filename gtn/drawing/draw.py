"""Drawing a graph to a file: SVG, PNG or DOT."""

from __future__ import annotations

import math
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from gtn.backends.torch.distance import best_path
from gtn.drawing.layout import layered
from gtn.errors import DrawError
from gtn.graph import EPSILON, Graph
from gtn.io.symbols import Symbols

MOST_LINES = 8
"""Arcs between the same two states that are written out; of more, the rest is counted."""


@dataclass(frozen=True)
class Edge:
    """All arcs from one state to another."""

    src: int
    dst: int
    labels: tuple[str, ...]
    marked: tuple[bool, ...]


@dataclass(frozen=True)
class Picture:
    """What is to be drawn of a graph."""

    start: tuple[bool, ...]
    final: tuple[bool, ...]
    names: tuple[str, ...]
    marked: frozenset[int]
    edges: tuple[Edge, ...]
    title: str


def draw(
    g: Graph,
    path: str | Path,
    *,
    isymbols: Symbols | None = None,
    osymbols: Symbols | None = None,
    highlight: str | Sequence[int] | Tensor | None = None,
    title: str = "",
    engine: str = "auto",
) -> None:
    """Draw one graph into a file; its ending says how: ``.svg``, ``.png`` or ``.dot``.

    Start states have a thick ring, final states a double one (with the final weight, where it is not 0).
    An arc reads ``input:output/score``; parts that say nothing are left out.

    Args:
        g: one graph.
        path: where to write.
        isymbols: names of input labels.
        osymbols: names of output labels; None takes isymbols for an acceptor.
        highlight: "best" for the best path, or arcs by number, or (A,) bool.
        title: written above.
        engine: "graphviz", "builtin", or "auto": graphviz's dot where it is installed.

    Raises:
        DrawError: g is a batch of other than one, the ending or the engine is unknown, or dot is asked for
            and missing.
    """
    path = Path(path)
    if engine not in ("auto", "graphviz", "builtin"):
        raise DrawError(f"engine is 'auto', 'graphviz' or 'builtin', not {engine!r}")
    picture = describe(g, isymbols, osymbols, highlight, title)
    kind = path.suffix.lower()
    if kind == ".dot":
        path.write_text(_dot(picture), encoding="utf-8")
        return
    if kind not in (".svg", ".png"):
        raise DrawError(f"{path.name}: the ending says what to draw, and is .svg, .png or .dot")
    dot = shutil.which("dot") if engine != "builtin" else None
    if engine == "graphviz" and dot is None:
        raise DrawError(
            "graphviz's program 'dot' is not installed; leave engine at 'auto' to draw without it"
        )
    if dot is not None:
        done = subprocess.run(
            [dot, f"-T{kind[1:]}"], input=_dot(picture).encode(), capture_output=True, check=False
        )
        if done.returncode == 0:
            path.write_bytes(done.stdout)
            return
        raise DrawError(
            f"graphviz failed: {done.stderr.decode(errors='replace').strip()}; try engine='builtin'"
        )
    canvas = layered(picture)
    if kind == ".svg":
        path.write_text(canvas.svg(), encoding="utf-8")
    else:
        canvas.png(path)


def to_svg(
    g: Graph,
    *,
    isymbols: Symbols | None = None,
    osymbols: Symbols | None = None,
    highlight: str | Sequence[int] | Tensor | None = None,
    title: str = "",
) -> str:
    """Draw one graph as SVG text, with the built-in layout; for arguments see ``draw``."""
    return layered(describe(g, isymbols, osymbols, highlight, title)).svg()


def to_dot(
    g: Graph,
    *,
    isymbols: Symbols | None = None,
    osymbols: Symbols | None = None,
    highlight: str | Sequence[int] | Tensor | None = None,
    title: str = "",
) -> str:
    """Write one graph in graphviz's language; for arguments see ``draw``."""
    return _dot(describe(g, isymbols, osymbols, highlight, title))


def describe(
    g: Graph,
    isymbols: Symbols | None,
    osymbols: Symbols | None,
    highlight: str | Sequence[int] | Tensor | None,
    title: str,
) -> Picture:
    """Turn a graph into words and numbers."""
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


def _dot(picture: Picture) -> str:
    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'

    lines = ["digraph {", "  rankdir=LR; node [shape=circle, fontname=Helvetica]; edge [fontname=Helvetica];"]
    if picture.title:
        lines.append(f"  label={quoted(picture.title)}; labelloc=t;")
    for state, name in enumerate(picture.names):
        style = [f"label={quoted(name)}"]
        style += ["shape=doublecircle"] if picture.final[state] else []
        style += ["penwidth=3"] if picture.start[state] else []
        style += ["color=red"] if state in picture.marked else []
        lines.append(f"  {state} [{', '.join(style)}];")
    for edge in picture.edges:
        colour = ", color=red, fontcolor=red" if any(edge.marked) else ""
        lines.append(f"  {edge.src} -> {edge.dst} [label={quoted(chr(10).join(edge.labels))}{colour}];")
    return "\n".join([*lines, "}"])
