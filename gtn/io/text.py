"""Our text form: one arc a line, weights as scores.

For example::

    start 0
    0 1 5 7 -0.25      # from state, to state, input label, output label, score
    1 2 -1 8 0 @3      # label -1 (or <eps>) is epsilon; @3 is the payload
    final 2 0

The score of a line is optional and defaults to 0. ``states N`` comes first where the last states have no arcs.
Graphs of a batch are separated by lines of ``---``. Labels may be written as symbols of a table.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import torch

from gtn.errors import TextError
from gtn.graph import NO_PAYLOAD, Graph
from gtn.io.symbols import (
    MAX_STATES,
    GraphBuilder,
    LabelReader,
    LabelWriter,
    Symbols,
    integer,
    numbers,
    state_number,
)
from gtn.ops.batch import batch


def to_text(g: Graph, *, isymbols: Symbols | None = None, osymbols: Symbols | None = None) -> str:
    """Write a batch in our text form (see the module); ``from_text`` restores the batch exactly.

    Args:
        g: A batch.
        isymbols: Names of input labels; None writes numbers.
        osymbols: Names of output labels; None takes ``isymbols`` for an acceptor.
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
    """Parse a batch in our text form (see the module). A graph with equal labels on every arc is an acceptor.

    Args:
        text: One graph or more.
        isymbols: Names of input labels; None reads numbers.
        osymbols: Names of output labels; None takes ``isymbols``.
        dtype: Dtype of the weights.
        max_states: Budget of states of each graph.

    Raises:
        TextError: A line cannot be parsed (the message names it), or no line names the start states.
        GraphError: The graph is not well formed.

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
    read_i, read_o = LabelReader(isymbols), LabelReader(isymbols if osymbols is None else osymbols)
    graphs, build = [], GraphBuilder(dtype, max_states)
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#", 1)[0].split()
        try:
            if not words:
                continue
            if words[0] == "---":
                graphs.append(build.graph())
                build = GraphBuilder(dtype, max_states)
            elif words[0] == "states":
                build.least = state_number(words[1])
            elif words[0] == "start":
                build.start += [state_number(word) for word in words[1:]]
                build.started = True
            elif words[0] == "final":
                build.final[state_number(words[1])] = float(words[2]) if len(words) > 2 else 0.0
            else:
                payload = integer(words.pop()[1:]) if words[-1].startswith("@") else NO_PAYLOAD
                score = float(words[4]) if len(words) == 5 else 0.0
                src, dst, ilabel, olabel = words[:4]
                if len(words) > 5:
                    raise ValueError("too many columns")
                build.arcs.append(
                    (state_number(src), state_number(dst), read_i(ilabel), read_o(olabel), score, payload)
                )
        except (ValueError, IndexError, KeyError) as error:
            raise TextError(
                f"line {number}, {line.strip()!r}: expected 'from to input output [score] [@payload]', "
                "'start STATE...', 'final STATE [score]', 'states N' or '---'"
            ) from error
    graphs.append(build.graph())
    return batch(graphs)


def _one_to_text(g: Graph, isymbols: Symbols | None, osymbols: Symbols | None) -> str:
    name_i, name_o = LabelWriter(isymbols), LabelWriter(osymbols)
    used = torch.cat([g.src, g.dst, g.start.nonzero().flatten(), g.final.nonzero().flatten()])
    shown = int(used.max()) + 1 if used.numel() else 0
    lines = [f"states {g.num_states}"] if shown < g.num_states else []
    lines.append(" ".join(["start", *map(str, g.start.nonzero().flatten().tolist())]))
    payload: Iterable[int] = [NO_PAYLOAD] * g.num_arcs if g.payload is None else g.payload.tolist()
    columns = zip(g.src.tolist(), g.dst.tolist(), g.ilabel.tolist(), g.olabel.tolist(), payload, strict=True)
    for (s, d, i, o, p), w in zip(columns, numbers(g.weight), strict=True):
        lines.append(f"{s} {d} {name_i(i)} {name_o(o)} {w}" + ("" if p == NO_PAYLOAD else f" @{p}"))
    for state, w in enumerate(numbers(g.final_weight)):
        if float(w) > -math.inf:
            lines.append(f"final {state} {w}")
    return "\n".join(lines)
