"""Graphs of words: scalars, sets of labels, and lexicons as tries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

from gtn.errors import GraphError
from gtn.graph import EPSILON, Graph


def scalar_graph(weight: float | Tensor) -> Graph:
    """Build graphs that accept the empty string with a *score*: one epsilon arc each. Differentiable.

    Args:
        weight: a number, or (B,) scores for a batch.
    """
    value = torch.as_tensor(weight).reshape(-1)
    value = value if value.dtype == torch.float64 else value.float()
    size, device = value.numel(), value.device
    src = 2 * torch.arange(size, device=device)
    label = torch.full_like(src, EPSILON)
    first = torch.tensor([True, False], device=device).repeat(size)
    final_weight = value.new_zeros(2 * size, requires_grad=False).masked_fill(first, -torch.inf)
    offset = torch.arange(size + 1, device=device)
    return Graph(src, src + 1, label, label, value, offset, 2 * offset, first, final_weight)


def label_graph(labels: Sequence[int], weight: Tensor | None = None) -> Graph:
    """Build one graph that accepts any one of the labels. Differentiable.

    Args:
        labels: (N,) labels.
        weight: (N,) their scores; None is 0.
    """
    return Graph.from_arcs([0] * len(labels), [1] * len(labels), labels, weight=weight, num_states=2, final=1)


def lexicon_acceptor(words: Iterable[Sequence[int]], scores: Tensor | None = None) -> Graph:
    """Build one acceptor of a list of words, as a trie: common prefixes share their states.

    Args:
        words: Strings of labels, all different.
        scores: (N,) score of each word, as its final weight; None is 0. Differentiable.

    Raises:
        GraphError: A word occurs twice, or there is not one score per word.

    Example:
        >>> import gtn
        >>> gtn.lexicon_acceptor([[1, 2], [1, 3], [1]])
        Graph(batch=1, states=4, arcs=3, acceptor, float32)
    """
    trie = _Trie()
    ends = [trie.walk(word) for word in words]
    if len(set(ends)) < len(ends):
        raise GraphError("a word of the lexicon comes twice")
    if scores is not None and scores.shape != (len(ends),):
        raise GraphError(f"scores of shape {tuple(scores.shape)} for {len(ends)} words")
    zeros = None if scores is None else scores.new_zeros(len(trie.src), requires_grad=False)
    return Graph.from_arcs(
        trie.src,
        trie.dst,
        trie.label,
        weight=zeros,
        num_states=trie.num_states,
        final=ends,
        final_weight=scores,
    )


def lexicon_transducer(
    spellings: Mapping[int, Sequence[Sequence[int]]], scores: Tensor | None = None
) -> Graph:
    """Build one transducer that reads the spelling of a word and writes the word: a trie of the spellings.

    Words with the same spelling give several paths. ``gtn.closure`` of it reads a text.

    Args:
        spellings: For each word (a label >= 0) its spellings, each of one label or more.
        scores: (N,) score of each spelling, in order, on the arc that writes the word; None is 0. Differentiable.

    Raises:
        GraphError: A spelling is empty, or there is not one score per spelling.

    Example:
        >>> import gtn
        >>> words = gtn.lexicon_transducer({7: [[1, 2]], 8: [[1, 3], [1]]})
        >>> gtn.n_best(gtn.compose(gtn.string_acceptor([1, 3]), words), 1)[0][0].output
        (8,)
    """
    trie = _Trie()
    lines = [(word, list(spelling)) for word, ways in spellings.items() for spelling in ways]
    if any(not spelling for _, spelling in lines):
        raise GraphError("a spelling is empty; a word must be read from one label or more")
    if scores is not None and scores.shape != (len(lines),):
        raise GraphError(f"scores of shape {tuple(scores.shape)} for {len(lines)} spellings")
    stems = [trie.walk(spelling[:-1]) for _, spelling in lines]
    end = trie.num_states
    olabel = [EPSILON] * len(trie.src) + [word for word, _ in lines]
    weight = None
    if scores is not None:
        weight = torch.cat([scores.new_zeros(len(trie.src), requires_grad=False), scores])
    return Graph.from_arcs(
        trie.src + stems,
        trie.dst + [end] * len(lines),
        trie.label + [spelling[-1] for _, spelling in lines],
        olabel,
        weight=weight,
        num_states=end + 1,
        final=end,
    )


class _Trie:
    """A trie whose states are numbered in the order of insertion; state 0 is the root."""

    def __init__(self) -> None:
        self.src: list[int] = []
        self.dst: list[int] = []
        self.label: list[int] = []
        self.num_states = 1
        self._next: dict[tuple[int, int], int] = {}

    def walk(self, word: Sequence[int]) -> int:
        """Insert a word, with new states as needed; return the state in which it ends."""
        state = 0
        for label in word:
            if label < 0:
                raise GraphError(f"a word holds labels >= 0, not {list(word)}")
            entered = self._next.get((state, label))
            if entered is None:
                entered = self._next[state, label] = self.num_states
                self.num_states += 1
                self.src.append(state)
                self.dst.append(entered)
                self.label.append(label)
            state = entered
        return state
