"""Graphs as text, one arc a line: our form, whose weights are scores, and OpenFst's, whose weights are costs.

Our form::

    start 0
    0 1 5 7 -0.25      # from state, to state, input label, output label, score
    1 2 -1 8 0 @3      # label -1 (or <eps>) is epsilon; @3 is the payload
    final 2 0

A line may lack the score (it is 0 then). ``states N`` comes first where states without arcs lie at the end.
Graphs of a batch are separated by lines of ``---``. Labels may be written as symbols of a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch

from gtn.batching import batch
from gtn.errors import TextError
from gtn.graph import EPSILON, NO_PAYLOAD, Graph

Symbols = Mapping[int, str] | Sequence[str]
EPSILON_SYMBOL = "<eps>"

MAX_STATES = 10_000_000
"""States of one graph that a text may name: one short line could ask for all the memory there is."""


def to_text(g: Graph, *, isymbols: Symbols | None = None, osymbols: Symbols | None = None) -> str:
    """Write a batch in our form (see the module); ``from_text`` gives back the same batch, exactly.

    Args:
        g: a batch.
        isymbols: names of input labels; None writes numbers.
        osymbols: names of output labels; None takes ``isymbols`` for an acceptor.
    """
    if osymbols is None and g.is_acceptor:
        osymbols = isymbols
    return "\n---\n".join(_one_to_text(one, isymbols, osymbols) for one in g)


def from_text(
    text: str,
    *,
    isymbols: Symbols | None = None,
    osymbols: Symbols | None = None,
    dtype: torch.dtype = torch.float32,
    max_states: int = MAX_STATES,
) -> Graph:
    """Read a batch in our form (see the module). A graph whose labels are equal on every arc is an acceptor.

    Args:
        text: one graph or more.
        isymbols: names of input labels; None reads numbers.
        osymbols: names of output labels; None takes ``isymbols``.
        dtype: of the weights.
        max_states: a graph of more is refused.

    Raises:
        TextError: a line can not be understood (the message names it), or no line says where a graph starts.
        GraphError: the graph described is not well formed.

    Example:
        >>> import gtn
        >>> g = gtn.from_text('''
        ... start 0
        ... 0 1 5 7 -0.25
        ... final 1
        ... ''')
        >>> g
        Graph(batch=1, states=2, arcs=1, transducer, float32)
    """
    read_i, read_o = _reader(isymbols), _reader(isymbols if osymbols is None else osymbols)
    graphs, build = [], _Builder(dtype, max_states)
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        try:
            if not words:
                continue
            if words[0] == "---":
                graphs.append(build.graph())
                build = _Builder(dtype, max_states)
            elif words[0] == "states":
                build.least = _state(words[1])
            elif words[0] == "start":
                build.start += [_state(word) for word in words[1:]]
                build.started = True
            elif words[0] == "final":
                build.final[_state(words[1])] = float(words[2]) if len(words) > 2 else 0.0
            else:
                payload = _integer(words.pop()[1:]) if words[-1].startswith("@") else NO_PAYLOAD
                score = float(words[4]) if len(words) == 5 else 0.0
                src, dst, ilabel, olabel = words[:4]
                if len(words) > 5:
                    raise ValueError("too many columns")
                build.arcs.append((_state(src), _state(dst), read_i(ilabel), read_o(olabel), score, payload))
        except (ValueError, IndexError, KeyError) as error:
            raise TextError(
                f"line {number}, {line.strip()!r}: expected 'from to input output [score] [@payload]', "
                "'start STATE...', 'final STATE [score]', 'states N' or '---'"
            ) from error
    graphs.append(build.graph())
    return batch(graphs)


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
    name_i = _writer(isymbols, shift=1)
    name_o = _writer(isymbols if osymbols is None and g.is_acceptor else osymbols, shift=1)
    columns = (g.src, g.dst, g.ilabel, g.olabel)
    for (s, d, i, o), w in zip(
        zip(*(c.tolist() for c in columns), strict=True), _numbers(g.weight), strict=True
    ):
        lines.append((s != start, f"{s} {d} {name_i(i)} {name_o(o)} {_cost(w)}"))
    for state, w in enumerate(_numbers(g.final_weight)):
        if float(w) > -math.inf:
            lines.append((state != start, f"{state} {_cost(w)}"))
    # the start state's lines come first; sorting is stable
    lines.sort(key=lambda line: line[0])
    if lines and lines[0][0]:
        raise TextError(
            f"start state {start} has no arcs and is not final: OpenFst's form can not say so; trim first"
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
    """Read one graph in OpenFst's text form, whose weights are costs: a score is minus the cost.

    Args:
        text: lines of ``from to input output [cost]`` and ``state [cost]``.
        isymbols: names of input labels; where None, labels are numbers, 0 is epsilon and k means our k - 1.
        osymbols: names of output labels; None takes isymbols.
        acceptor: lines have one label, ``from to label [cost]``.
        dtype: of the weights.
        max_states: a graph of more is refused.

    Raises:
        TextError: a line can not be understood, or names too many states.
    """
    read_i, read_o = _reader(isymbols, shift=1), _reader(isymbols if osymbols is None else osymbols, shift=1)
    build = _Builder(dtype, max_states)
    width = 3 if acceptor else 4
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split()
        if not words:
            continue
        try:
            if not build.start:
                build.start.append(_state(words[0]))
                build.started = True
            if len(words) <= 2:
                build.final[_state(words[0])] = -float(words[1]) if len(words) == 2 else 0.0
                continue
            score = -float(words[width]) if len(words) == width + 1 else 0.0
            if len(words) not in (width, width + 1):
                raise ValueError("wrong number of columns")
            label = read_i(words[2])
            other = label if acceptor else read_o(words[3])
            build.arcs.append((_state(words[0]), _state(words[1]), label, other, score, NO_PAYLOAD))
        except (ValueError, KeyError) as error:
            labels = "label" if acceptor else "input output"
            raise TextError(
                f"line {number}, {line.strip()!r}: expected 'from to {labels} [cost]' or 'state [cost]'"
            ) from error
    return build.graph()


class _Builder:
    """Collects the lines of one graph."""

    def __init__(self, dtype: torch.dtype, max_states: int) -> None:
        self.dtype, self.max_states = dtype, max_states
        self.least = 0
        self.started = False
        self.start: list[int] = []
        self.final: dict[int, float] = {}
        self.arcs: list[tuple[int, int, int, int, float, int]] = []

    def graph(self) -> Graph:
        if self.arcs and not self.started:
            raise TextError("a graph has arcs and no line 'start STATE...'")
        src, dst, ilabel, olabel, score, payload = (
            (list(c) for c in zip(*self.arcs, strict=True)) if self.arcs else ([],) * 6
        )
        states = [*src, *dst, *self.start, *self.final]
        count = max(self.least, 1 + int(max(states, default=-1)))
        if count > self.max_states:
            raise TextError(f"the graph has {count:,} states, more than max_states={self.max_states:,}")
        return Graph.from_arcs(
            src,
            dst,
            ilabel,
            None if ilabel == olabel else olabel,
            torch.tensor(score, dtype=self.dtype),
            num_states=count,
            start=self.start,
            final=list(self.final),
            payload=payload if any(p != NO_PAYLOAD for p in payload) else None,
            final_weight=torch.tensor(list(self.final.values()), dtype=self.dtype),
        )


def _one_to_text(g: Graph, isymbols: Symbols | None, osymbols: Symbols | None) -> str:
    name_i, name_o = _writer(isymbols), _writer(osymbols)
    used = torch.cat([g.src, g.dst, g.start.nonzero().flatten(), g.final.nonzero().flatten()])
    shown = int(used.max()) + 1 if used.numel() else 0
    lines = [f"states {g.num_states}"] if shown < g.num_states else []
    lines.append(" ".join(["start", *map(str, g.start.nonzero().flatten().tolist())]))
    payload: Iterable[int] = [NO_PAYLOAD] * g.num_arcs if g.payload is None else g.payload.tolist()
    columns = zip(g.src.tolist(), g.dst.tolist(), g.ilabel.tolist(), g.olabel.tolist(), payload, strict=True)
    for (s, d, i, o, p), w in zip(columns, _numbers(g.weight), strict=True):
        lines.append(f"{s} {d} {name_i(i)} {name_o(o)} {w}" + ("" if p == NO_PAYLOAD else f" @{p}"))
    for state, w in enumerate(_numbers(g.final_weight)):
        if float(w) > -math.inf:
            lines.append(f"final {state} {w}")
    return "\n".join(lines)


def _numbers(values: torch.Tensor) -> list[str]:
    """The shortest text of each number that reads back as the same float."""
    array = values.detach().cpu().numpy()
    return [
        np.format_float_positional(x, trim="-") if 1e-4 <= abs(x) < 1e9 else f"{x!s}".removesuffix(".0")
        for x in array
    ]


def _cost(score: str) -> str:
    if float(score) == 0:
        return "0"
    if float(score) == -math.inf:
        return "Infinity"
    return score[1:] if score.startswith("-") else "-" + score


class _writer:  # noqa: N801 - a function with a table
    def __init__(self, symbols: Symbols | None, shift: int = 0) -> None:
        self.symbols, self.shift = symbols, shift

    def __call__(self, label: int) -> str:
        if self.symbols is None:
            return str(label + self.shift)
        if label == EPSILON:
            return EPSILON_SYMBOL
        try:
            return self.symbols[label]
        except (KeyError, IndexError):
            raise TextError(f"label {label} is not in the symbol table") from None


class _reader:  # noqa: N801 - a function with a table
    def __init__(self, symbols: Symbols | None, shift: int = 0) -> None:
        self.shift = shift
        self.labels: dict[str, int] | None = None
        if symbols is not None:
            pairs = symbols.items() if isinstance(symbols, Mapping) else enumerate(symbols)
            self.labels = {name: label for label, name in pairs}

    def __call__(self, word: str) -> int:
        if word == EPSILON_SYMBOL:
            return EPSILON
        return _integer(word) - self.shift if self.labels is None else self.labels[word]


def _integer(word: str) -> int:
    """An integer that a tensor can hold.

    Raises:
        ValueError: it is none.
    """
    number = int(word)
    if not -(2**62) <= number <= 2**62:
        raise ValueError(f"{word} is out of range")
    return number


def _state(word: str) -> int:
    number = _integer(word)
    if number < 0:
        raise ValueError(f"there is no state {word}")
    return number
