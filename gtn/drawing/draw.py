"""Rendering of a graph to a file: SVG, PNG or DOT."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from torch import Tensor

from gtn.drawing.picture import Picture, describe
from gtn.errors import DrawError
from gtn.graph import Graph
from gtn.io.symbols import Symbols


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
    """Draw one graph into a file, in the format of its suffix: ``.svg``, ``.png`` or ``.dot``.

    Start states have a thick circle, final states a double one (with the final weight, where it is not 0).
    An arc is labeled ``input:output/score``; redundant parts are left out.

    Args:
        g: One graph.
        path: Output file.
        isymbols: Names of input labels.
        osymbols: Names of output labels; None takes isymbols for an acceptor.
        highlight: "best" for the best path, or arcs by number, or (A,) bool.
        title: Title above the drawing.
        engine: "graphviz", "builtin", or "auto": graphviz's dot where it is installed.

    Raises:
        DrawError: g is a batch of other than one, the suffix or the engine is unknown, or dot is requested
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
        raise DrawError(f"{path.name}: the suffix is .svg, .png or .dot")
    dot = shutil.which("dot") if engine != "builtin" else None
    if engine == "graphviz" and dot is None:
        raise DrawError("graphviz's program 'dot' is not installed; use engine='auto' to draw without it")
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
    from gtn.drawing.layout import layered  # deferred: no other part of gtn needs it

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
    from gtn.drawing.layout import layered  # deferred: no other part of gtn needs it

    return layered(describe(g, isymbols, osymbols, highlight, title)).svg()


def to_dot(
    g: Graph,
    *,
    isymbols: Symbols | None = None,
    osymbols: Symbols | None = None,
    highlight: str | Sequence[int] | Tensor | None = None,
    title: str = "",
) -> str:
    """Write one graph in graphviz's DOT language; for arguments see ``draw``."""
    return _dot(describe(g, isymbols, osymbols, highlight, title))


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
        color = ", color=red, fontcolor=red" if any(edge.marked) else ""
        lines.append(f"  {edge.src} -> {edge.dst} [label={quoted(chr(10).join(edge.labels))}{color}];")
    return "\n".join([*lines, "}"])
