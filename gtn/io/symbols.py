"""Shared parts of the text forms: symbol tables, numbers, and the assembly of a graph from its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from gtn.errors import TextError
from gtn.graph import EPSILON, NO_PAYLOAD, Graph

Symbols = Mapping[int, str] | Sequence[str]
EPSILON_SYMBOL = "<eps>"

MAX_STATES = 10_000_000
"""States of one graph that a text may name: one short line could ask for all the memory there is."""


class GraphBuilder:
    """Collect the lines of one graph."""

    def __init__(self, dtype: torch.dtype, max_states: int) -> None:
        self.dtype, self.max_states = dtype, max_states
        self.least = 0
        self.started = False
        self.start: list[int] = []
        self.final: dict[int, float] = {}
        self.arcs: list[tuple[int, int, int, int, float, int]] = []

    def graph(self) -> Graph:
        """Build the graph of the lines so far."""
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


class LabelWriter:
    """Format labels: as symbols of a table, or as numbers, with an offset."""

    def __init__(self, symbols: Symbols | None, shift: int = 0) -> None:
        self.symbols, self.shift = symbols, shift

    def __call__(self, label: int) -> str:
        """Format a label, or raise TextError."""
        if self.symbols is None:
            return str(label + self.shift)
        if label == EPSILON:
            return EPSILON_SYMBOL
        try:
            return self.symbols[label]
        except (KeyError, IndexError):
            raise TextError(f"label {label} is not in the symbol table") from None


class LabelReader:
    """Parse labels: symbols of a table, or numbers, with an offset."""

    def __init__(self, symbols: Symbols | None, shift: int = 0) -> None:
        self.shift = shift
        self.labels: dict[str, int] | None = None
        if symbols is not None:
            pairs = symbols.items() if isinstance(symbols, Mapping) else enumerate(symbols)
            self.labels = {name: label for label, name in pairs}

    def __call__(self, word: str) -> int:
        """Parse a label, or raise ValueError or KeyError."""
        if word == EPSILON_SYMBOL:
            return EPSILON
        return integer(word) - self.shift if self.labels is None else self.labels[word]


def integer(word: str) -> int:
    """Parse an integer that fits a tensor.

    Raises:
        ValueError: It is none.
    """
    number = int(word)
    if not -(2**62) <= number <= 2**62:
        raise ValueError(f"{word} is out of range")
    return number


def state_number(word: str) -> int:
    """Parse the number of a state; ValueError if it is none."""
    number = integer(word)
    if number < 0:
        raise ValueError(f"there is no state {word}")
    return number


def numbers(values: torch.Tensor) -> list[str]:
    """Format each number with the fewest digits that parse to the same float."""
    array = values.detach().cpu().numpy()
    return [
        np.format_float_positional(x, trim="-") if 1e-4 <= abs(x) < 1e9 else f"{x!s}".removesuffix(".0")
        for x in array
    ]
