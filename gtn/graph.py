"""Graphs: batches of weighted finite-state acceptors and transducers (WFSAs, WFSTs) in flat tensors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gtn.arguments import Floats, Ints, end_scores, floats, ints, item_numbers, mark_states, weight_dtype
from gtn.errors import GraphError
from gtn.tensors import EPSILON, NO_PAYLOAD, GraphIndex, GraphTensors, select
from gtn.validation import check

__all__ = ["EPSILON", "NO_PAYLOAD", "Graph"]


@dataclass(frozen=True, eq=False, repr=False)
class Graph(GraphTensors):
    """A batch of weighted finite-state transducers (WFSTs) in flat tensors.

    A batch has B >= 0 graphs and is immutable: operations return new graphs.

    An arc leads from a state to a state, reads an input label, writes an output label and has a
    weight, which is a log score (higher is better). A graph accepts a string if a path from one of
    its start states to one of its final states reads it; the score of the path is the sum of the
    weights of its arcs and of the final weight of its last state. In an acceptor (WFSA) the output
    labels are the input labels. States have *global* numbers: those of graph i are ``state_offset[i]``
    up to ``state_offset[i + 1]``, and its arcs are numbered likewise.

    ``Graph.from_arcs`` (one graph) and ``Graph.from_flat`` (a batch) check their arguments; so do the
    builders, such as ``gtn.string_acceptor``.

    Attributes:
        src: (A,) int64, source state of each arc.
        dst: (A,) int64, destination state of each arc.
        ilabel: (A,) int64, input labels; ``EPSILON`` reads nothing.
        olabel: (A,) int64, output labels; the same tensor as ``ilabel`` in an acceptor.
        weight: (A,) float32 or float64, log scores in nats; -inf forbids the arc. Differentiable.
        arc_offset: (B + 1,) int64, first arc of each graph, and A.
        state_offset: (B + 1,) int64, first state of each graph, and S.
        start: (S,) bool, the start states.
        final_weight: (S,) like weight; -inf where the state is not final. Differentiable.
        payload: (A,) int64 or None: a row number kept with each arc (of a segment, a time step), -1 for none.
        index: Indices derived from the arcs, shared by graphs with the same arcs.

    Example:
        >>> import torch, gtn
        >>> weight = torch.tensor([0.5, 0.25, 1.0], requires_grad=True)
        >>> g = Graph.from_arcs([0, 0, 1], [1, 1, 2], [3, 4, 5], weight=weight, num_states=3, final=2)
        >>> g
        Graph(batch=1, states=3, arcs=3, acceptor, float32, requires_grad)
        >>> gtn.viterbi_score(g).sum().backward()
        >>> weight.grad
        tensor([1., 0., 1.])
    """

    # Construction

    @classmethod
    def from_arcs(
        cls,
        src: Ints,
        dst: Ints,
        ilabel: Ints,
        olabel: Ints | None = None,
        weight: Floats | None = None,
        *,
        num_states: int,
        start: int | Ints = 0,
        final: int | Ints,
        payload: Ints | None = None,
        final_weight: Floats | None = None,
    ) -> Graph:
        """Build one graph from its arcs.

        Args:
            src: (A,) source state of each arc, 0 <= src < num_states.
            dst: (A,) destination state of each arc.
            ilabel: (A,) input labels, >= 0 or ``EPSILON``.
            olabel: (A,) output labels; None makes an acceptor.
            weight: (A,) log scores; None is 0 for every arc. Half precision is converted to float32.
            num_states: S, the number of states.
            start: A state, several states, or an (S,) bool tensor.
            final: A state, several states, or an (S,) bool tensor.
            payload: (A,) a number >= -1 for each arc, or None.
            final_weight: A log score for each state of ``final``, in that order (an (S,) tensor
                where ``final`` is a bool tensor); None is 0.

        Returns:
            A batch of one graph.

        Raises:
            GraphError: Sizes differ, a state, label or payload is out of range, or a weight is NaN or +inf.
        """
        if num_states < 0:
            raise GraphError(f"num_states is {num_states}; a graph has 0 or more states")
        src = ints(src, "src")
        device = src.device
        ilabel = ints(ilabel, "ilabel")
        if weight is None:
            like = final_weight if isinstance(final_weight, Tensor) else None
            weight = torch.zeros(src.shape, dtype=weight_dtype(like), device=device)
        weight = floats(weight)
        begin = mark_states(start, num_states, "start", device)
        end = mark_states(final, num_states, "final", device)
        return cls.from_flat(
            src,
            ints(dst, "dst"),
            ilabel,
            None if olabel is None else ints(olabel, "olabel"),
            weight,
            arc_offset=torch.tensor([0, src.numel()], device=device),
            state_offset=torch.tensor([0, num_states], device=device),
            start=begin,
            final_weight=end_scores(final, final_weight, end, weight.dtype),
            payload=None if payload is None else ints(payload, "payload"),
        )

    @classmethod
    def from_flat(
        cls,
        src: Tensor,
        dst: Tensor,
        ilabel: Tensor,
        olabel: Tensor | None,
        weight: Tensor,
        *,
        arc_offset: Tensor,
        state_offset: Tensor,
        start: Tensor,
        final_weight: Tensor,
        payload: Tensor | None = None,
    ) -> Graph:
        """Build a batch from its tensors, after checking them.

        Args: Those of the class; states have global numbers.

        Raises:
            GraphError: As in ``from_arcs``; or an arc joins two graphs of the batch.
        """
        g = cls(
            src,
            dst,
            ilabel,
            ilabel if olabel is None else olabel,
            floats(weight),
            arc_offset,
            state_offset,
            start,
            floats(final_weight),
            payload,
        )
        check(g)
        return g

    # Container protocol

    def __getitem__(self, index: int | slice | Sequence[int] | Tensor) -> Graph:
        """Return one graph (a batch of one), a slice, the graphs listed by number, or those flagged in (B,) bool.

        Raises:
            IndexError: A single number is out of range.
            BatchError: One of several numbers is out of range, or the index is of another type.
        """
        return Graph(*select(self, item_numbers(index, len(self), self.device)))

    def __iter__(self) -> Iterator[Graph]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        kind = "acceptor" if self.is_acceptor else "transducer"
        payload = "" if self.payload is None else ", payload"
        device = "" if self.device.type == "cpu" else f", {self.device}"
        dtype = str(self.weight.dtype).removeprefix("torch.")
        grad = ", requires_grad" if self.weight.requires_grad or self.final_weight.requires_grad else ""
        size = f"batch={len(self)}, states={self.num_states}, arcs={self.num_arcs}"
        return f"Graph({size}, {kind}{payload}, {dtype}{device}{grad})"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "index"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, index=GraphIndex())

    # Device and weights

    def to(self, device: torch.device | str | None = None, dtype: torch.dtype | None = None) -> Graph:
        """Move to a device, or convert the weights to a dtype; differentiable.

        As in torch, a graph that needs no change is returned itself.

        Raises:
            GraphError: Dtype is neither torch.float32 nor torch.float64.
        """
        if dtype not in (None, torch.float32, torch.float64):
            raise GraphError(f"weights are torch.float32 or torch.float64, not {dtype}")
        device = self.device if device is None else torch.device(device)
        dtype = self.dtype if dtype is None else dtype
        if self.src.to(device) is self.src:
            return (
                self
                if dtype == self.dtype
                else self._weighted(self.weight.to(dtype), self.final_weight.to(dtype))
            )
        ilabel = self.ilabel.to(device)
        return Graph(
            self.src.to(device),
            self.dst.to(device),
            ilabel,
            ilabel if self.is_acceptor else self.olabel.to(device),
            self.weight.to(device=device, dtype=dtype),
            self.arc_offset.to(device),
            self.state_offset.to(device),
            self.start.to(device),
            self.final_weight.to(device=device, dtype=dtype),
            None if self.payload is None else self.payload.to(device),
        )

    def with_weight(self, weight: Tensor, final_weight: Tensor | None = None) -> Graph:
        """Replace the weights; the indices derived from the arcs are shared.

        Args:
            weight: (A,) log scores.
            final_weight: (S,) log scores, -inf where not final; None keeps them.

        Raises:
            GraphError: A shape or the device differs.
        """
        weight = floats(weight)
        final_weight = (self.final_weight if final_weight is None else floats(final_weight)).to(weight.dtype)
        if weight.shape != self.weight.shape or final_weight.shape != self.final_weight.shape:
            raise GraphError(
                f"weights of shape {tuple(weight.shape)}, {tuple(final_weight.shape)} for a graph of "
                f"{self.num_arcs} arcs and {self.num_states} states"
            )
        if weight.device != self.device:
            raise GraphError(f"weights on {weight.device} for a graph on {self.device}; move one with .to()")
        return self._weighted(weight, final_weight)

    def _weighted(self, weight: Tensor, final_weight: Tensor) -> Graph:
        g = replace(self, weight=weight, final_weight=final_weight)
        g.__dict__["index"] = self.index
        return g

    def detach(self) -> Graph:
        """Detach the weights from the autograd tape."""
        return self.with_weight(self.weight.detach(), self.final_weight.detach())
