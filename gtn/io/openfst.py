"""OpenFst's text form, whose weights are costs: a score is minus the cost."""

from __future__ import annotations

import math

import torch

from gtn.errors import TextError
from gtn.graph import NO_PAYLOAD, Graph
from gtn.io.symbols import (
    MAX_STATES,
    GraphBuilder,
    LabelReader,
    LabelWriter,
    Symbols,
    numbers,
    state_number,
)


def to_openfst(g: Graph, *, isymbols: Symbols | None = None, osymbols: Symbols | None = None) -> str:
    """Write one graph as OpenFst and kaldifst read it: weights are costs, the start state comes first.

    OpenFst's label 0 is epsilon, so that a label k is written as k + 1. Payloads are not written.

    Raises:
        TextError: g is not one graph, or has other than one start state, or a start state without arcs
            that is not the only line.
    """
    if len(g) != 1 or int(g.start.sum()) != 1:
        raise TextError(
            f"OpenFst's form holds one graph with one start state; this is {g!r}, starts {int(g.start.sum())}"
        )
    start = int(g.start.nonzero())
    lines = []
    name_i = LabelWriter(isymbols, shift=1)
    name_o = LabelWriter(isymbols if osymbols is None and g.is_acceptor else osymbols, shift=1)
    columns = (g.src, g.dst, g.ilabel, g.olabel)
    for (s, d, i, o), w in zip(
        zip(*(c.tolist() for c in columns), strict=True), numbers(g.weight), strict=True
    ):
        lines.append((s != start, f"{s} {d} {name_i(i)} {name_o(o)} {_cost(w)}"))
    for state, w in enumerate(numbers(g.final_weight)):
        if float(w) > -math.inf:
            lines.append((state != start, f"{state} {_cost(w)}"))
    # the start state's lines come first; sorting is stable
    lines.sort(key=lambda line: line[0])
    if lines and lines[0][0]:
        raise TextError(
            f"start state {start} has no arcs and is not final: OpenFst's form cannot express that; trim first"
        )
    return "\n".join(line for _, line in lines)


def from_openfst(
    text: str,
    *,
    isymbols: Symbols | None = None,
    osymbols: Symbols | None = None,
    acceptor: bool = False,
    dtype: torch.dtype = torch.float32,
    max_states: int = MAX_STATES,
) -> Graph:
    """Parse one graph in OpenFst's text form, whose weights are costs: a score is minus the cost.

    Args:
        text: Lines of ``from to input output [cost]`` and ``state [cost]``.
        isymbols: Names of input labels; where None, labels are numbers, 0 is epsilon and k means our k - 1.
        osymbols: Names of output labels; None takes isymbols.
        acceptor: True for lines with one label, ``from to label [cost]``.
        dtype: Dtype of the weights.
        max_states: Budget of states of the graph.

    Raises:
        TextError: A line cannot be parsed, or names too many states.
    """
    read_i, read_o = (
        LabelReader(isymbols, shift=1),
        LabelReader(isymbols if osymbols is None else osymbols, shift=1),
    )
    build = GraphBuilder(dtype, max_states)
    width = 3 if acceptor else 4
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            if not build.start:
                build.start.append(state_number(words[0]))
                build.started = True
            if len(words) <= 2:
                build.final[state_number(words[0])] = -float(words[1]) if len(words) == 2 else 0.0
                continue
            score = -float(words[width]) if len(words) == width + 1 else 0.0
            if len(words) not in (width, width + 1):
                raise ValueError("wrong number of columns")
            label = read_i(words[2])
            other = label if acceptor else read_o(words[3])
            build.arcs.append(
                (state_number(words[0]), state_number(words[1]), label, other, score, NO_PAYLOAD)
            )
        except (ValueError, KeyError) as error:
            labels = "label" if acceptor else "input output"
            raise TextError(
                f"line {number}, {line.strip()!r}: expected 'from to {labels} [cost]' or 'state [cost]'"
            ) from error
    return build.graph()


def _cost(score: str) -> str:
    if float(score) == 0:
        return "0"
    if float(score) == -math.inf:
        return "Infinity"
    return score[1:] if score.startswith("-") else "-" + score
