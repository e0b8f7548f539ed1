"""Wrap other libraries behind one interface.

Each method returns scores as a list, in nats, higher is better, so that all can be compared before anything is timed.
A class lacks the methods that its library has no operation for. Graphs are built outside of the timing, but for `make`.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from graph_cases.data import Arcs


class Numpy:
    """Recursions state by state in plain numpy."""

    name = "numpy"

    def prepare(self, graphs: Sequence[Arcs]) -> Any:
        return [
            (
                np.array(g.src),
                np.array(g.dst),
                np.array(g.weight),
                np.searchsorted(g.src, np.arange(g.num_states + 1)),
                g,
            )
            for g in graphs
        ]

    def viterbi(self, prepared: Any) -> list[float]:
        result = []
        for _, dst, weight, offset, g in prepared:
            alpha = np.full(g.num_states, -np.inf)
            alpha[0] = 0.0
            for s in range(g.num_states):
                out = slice(offset[s], offset[s + 1])
                np.maximum.at(alpha, dst[out], alpha[s] + weight[out])
            result.append(float(alpha[g.final]))
        return result

    def forward(self, prepared: Any) -> list[float]:
        result = []
        for src, dst, weight, offset, g in prepared:
            alpha = np.full(g.num_states, -np.inf)
            alpha[0] = 0.0
            beta = np.full(g.num_states, -np.inf)
            beta[g.final] = 0.0
            for s in range(g.num_states):
                out = slice(offset[s], offset[s + 1])
                np.logaddexp.at(alpha, dst[out], alpha[s] + weight[out])
            for s in range(g.num_states - 1, -1, -1):
                out = slice(offset[s], offset[s + 1])
                if s != g.final:
                    beta[s] = np.logaddexp.reduce(weight[out] + beta[dst[out]])
            np.exp(alpha[src] + weight + beta[dst] - alpha[g.final])  # the gradient
            result.append(float(alpha[g.final]))
        return result


class OpenFst:
    """Libraries whose graphs are built arc by arc, with the weight of an arc as a penalty."""

    name = "openfst"
    module = "openfst"

    def __init__(self) -> None:
        self.lib: Any = importlib.import_module(self.module)

    def new(self, kind: str) -> Any:
        """Make an empty graph."""
        return self.lib.VectorFst()

    def states(self, fst: Any, g: Arcs) -> None:
        """Add the states."""
        for _ in range(g.num_states):
            fst.add_state()
        fst.set_start(0)
        fst.set_final(g.final, 0.0)

    def arc(self, fst: Any, s: int, d: int, i: int, o: int, penalty: float) -> None:
        """Add an arc."""
        raise NotImplementedError

    def make(self, graphs: Sequence[Arcs], kind: str = "standard") -> Any:
        result = []
        for g in graphs:
            fst = self.new(kind)
            self.states(fst, g)
            for s, d, i, o, w in zip(g.src, g.dst, g.ilabel, g.olabel, g.weight, strict=True):
                self.arc(fst, s, d, i + 1, o + 1, -w)
            result.append(fst)
        return result

    def prepare(self, graphs: Sequence[Arcs]) -> Any:
        return self.make(graphs)

    def viterbi(self, prepared: Any) -> list[float]:
        return [self.score(self.best(fst)) for fst in prepared]

    def best(self, fst: Any) -> Any:
        """Return the best path as a graph."""
        return self.lib.shortest_path(fst)

    def score(self, path: Any) -> float:
        """Return the score of a graph of one path."""
        raise NotImplementedError


class Kaldifst(OpenFst):
    """OpenFst by way of kaldifst."""

    name = module = "kaldifst"

    def new(self, kind: str) -> Any:
        return self.lib.StdVectorFst()

    def states(self, fst: Any, g: Arcs) -> None:
        for _ in range(g.num_states):
            fst.add_state()
        fst.start = 0
        fst.set_final(g.final, 0.0)

    def arc(self, fst: Any, s: int, d: int, i: int, o: int, penalty: float) -> None:
        fst.add_arc(s, self.lib.StdArc(i, o, penalty, d))

    def score(self, path: Any) -> float:
        total, state = 0.0, path.start
        while path.num_arcs(state):
            for arc in self.lib.ArcIterator(path, state):
                total -= float(arc.weight.value)
                state = arc.nextstate
                break
        return total - float(path.final(state).value)

    def sorted_grammar(self, grammar: Arcs) -> Any:
        (fst,) = self.make([grammar])
        self.lib.arcsort(fst, sort_type="ilabel")
        return fst

    def prepare_to_compose(self, graphs: Sequence[Arcs]) -> Any:
        result = self.make(graphs)
        for fst in result:
            self.lib.arcsort(fst, sort_type="olabel")  # without it, composition is wrong without an error
        return result

    def grammar_viterbi(self, prepared: Any, grammar: Any) -> list[float]:
        return self.viterbi([self.lib.compose(fst, grammar) for fst in prepared])

    def grammar_n_best(self, prepared: Any, grammar: Any) -> list[float]:
        # paths, not distinct strings: it has no such operation for transducers
        for fst in prepared:
            self.lib.shortest_path(self.lib.compose(fst, grammar), n=5)
        return []


class Pynini(OpenFst):
    """OpenFst by way of pynini (pywrapfst)."""

    name, module = "pynini", "pywrapfst"

    def new(self, kind: str) -> Any:
        return self.lib.VectorFst(arc_type=kind)

    def states(self, fst: Any, g: Arcs) -> None:
        fst.add_states(g.num_states)
        fst.set_start(0)
        fst.set_final(g.final)

    def arc(self, fst: Any, s: int, d: int, i: int, o: int, penalty: float) -> None:
        fst.add_arc(s, self.lib.Arc(i, o, self.lib.Weight(fst.weight_type(), penalty), d))

    def prepare_log(self, graphs: Sequence[Arcs]) -> Any:
        return self.make(graphs, "log64")

    def best(self, fst: Any) -> Any:
        return self.lib.shortestpath(fst)

    def score(self, path: Any) -> float:
        return -float(self.lib.shortestdistance(path, reverse=True)[path.start()])

    def forward(self, prepared: Any) -> list[float]:
        result = []
        for fst in prepared:
            self.lib.shortestdistance(fst)
            result.append(self.score(fst))
        return result

    def sorted_grammar(self, grammar: Arcs) -> Any:
        (fst,) = self.make([grammar])
        return fst.arcsort("ilabel")

    def grammar_viterbi(self, prepared: Any, grammar: Any) -> list[float]:
        return self.viterbi([self.lib.compose(fst, grammar) for fst in prepared])

    def grammar_n_best(self, prepared: Any, grammar: Any) -> list[float]:
        result = []
        for fst in prepared:
            output = self.lib.compose(fst, grammar).project("output").rmepsilon()
            best = self.lib.shortestpath(output, nshortest=5, unique=True)
            distance = self.lib.shortestdistance(best, reverse=True)
            scores = [-float(arc.weight) - float(distance[arc.nextstate]) for arc in best.arcs(best.start())]
            result += sorted(scores, reverse=True)
        return result


class Rustfst(OpenFst):
    """rustfst-python."""

    name = module = "rustfst"

    def arc(self, fst: Any, s: int, d: int, i: int, o: int, penalty: float) -> None:
        fst.add_tr(s, self.lib.Tr(i, o, penalty, d))

    def best(self, fst: Any) -> Any:
        return fst.shortest_path()

    def score(self, path: Any) -> float:
        total, state = 0.0, path.start()
        while path.num_trs(state):
            (tr,) = list(path.trs(state))
            total -= tr.weight
            state = tr.next_state
        return total - float(path.final(state))


class Arcweight(OpenFst):
    """arcweight (Rust). Its weights in Python are tropical only.

    Its composition (0.3.0) gives other scores than OpenFst and gtn if the right side has input epsilons, sorted or
    not, so that it is left out of composing with the grammar.
    """

    name = module = "arcweight"

    def arc(self, fst: Any, s: int, d: int, i: int, o: int, penalty: float) -> None:
        fst.add_arc(s, i, o, penalty, d)

    def best(self, fst: Any) -> Any:
        return self.lib.shortest_path_single(fst)

    def score(self, path: Any) -> float:
        total, state = 0.0, path.start()
        while arcs := path.arcs(state):
            total -= arcs[0].weight()
            state = arcs[0].nextstate()
        return total - float(path.final_weight(state))


class TorchStruct:
    """torch_struct: a semi-Markov chain is the same as a lattice whose arcs span 4 states at most."""

    name = "torch_struct"

    def __init__(self) -> None:
        import torch_struct

        self.lib = torch_struct

    def prepare(self, graphs: Sequence[Arcs]) -> Any:
        span = max(d - s for g in graphs for s, d in zip(g.src, g.dst, strict=True)) + 1
        states = max(g.num_states for g in graphs)
        score = torch.full((len(graphs), states - 1, span, 1, 1), -1e9)
        for b, g in enumerate(graphs):
            for s, d, w in zip(g.src, g.dst, g.weight, strict=True):
                old = float(score[b, s, d - s, 0, 0])
                score[b, s, d - s, 0, 0] = np.logaddexp(old, w)
        return score

    def forward(self, prepared: Any) -> list[float]:
        score = prepared.clone().requires_grad_()
        chain = self.lib.SemiMarkovCRF(score, lengths=torch.full((len(score),), score.shape[1] + 1))
        total = chain.partition
        total.sum().backward()
        return [float(x) for x in total.flatten()]


PEERS = [Numpy, Kaldifst, Pynini, Rustfst, Arcweight, TorchStruct]


def available() -> tuple[list[Any], list[str]]:
    """Return the peers that can be imported, and why the others cannot."""
    found, missing = [], []
    for peer in PEERS:
        try:
            found.append(peer())
        except ImportError as error:
            missing.append(f"{peer.name}: {error}")
    return found, missing
