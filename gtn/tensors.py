"""The tensors of a batch of graphs with the indices derived from them: the data that the back ends work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import torch
from torch import Tensor

from gtn.errors import GraphError
from gtn.ragged import expand, lengths_to_offsets

EPSILON = -1
"""The label of an arc that reads (or writes) nothing. All other labels are >= 0."""

NO_PAYLOAD = -1
"""The payload of an arc without one, in a graph where other arcs have one."""

IntArray: TypeAlias = "np.ndarray[tuple[Any, ...], np.dtype[np.int64]]"  # numpy.typing is slow to import
Fields: TypeAlias = tuple[
    Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor | None
]


@dataclass(frozen=True)
class Levels:
    """The arcs and states of a batch, sorted by topological level.

    Attributes:
        arcs: (A',) arcs sorted by (level of dst, dst, arc); those on useless cycles are left out.
        states: (S',) the states entered by these arcs, sorted by level.
        row: (A',) for each arc of ``arcs`` the position of its dst among the states of that level.
        arc_offsets: The first arc of each level in ``arcs``, and the end.
        state_offsets: The first state of each level in ``states``, and the end.
    """

    arcs: Tensor
    states: Tensor
    row: Tensor
    arc_offsets: list[int]
    state_offsets: list[int]


@dataclass(frozen=True)
class Ranks:
    """Another numbering of the states, topological where there is one.

    Attributes:
        of_state: (S,) int64, the rank of each state, unique over the batch and rising from graph to graph.
        state: (S,) int64, the state of each rank.
        rising: True if all arcs lead to higher ranks.
    """

    of_state: Tensor
    state: Tensor
    rising: bool


@dataclass(frozen=True)
class ArcOrder:
    """A sequence of arcs: the arcs of a state are adjacent, and follow all arcs that enter the state.

    Attributes:
        num: Number of arcs in the sequence; arcs on useless cycles are left out.
        arcs: (num,) the sequence; empty for the arcs' own order.
        rank: (S,) a number for each state that rises along every arc; empty for the states' own numbers.
        complete: True if no arc is left out.
    """

    num: int
    arcs: IntArray
    rank: IntArray
    complete: bool


class GraphIndex:
    """Indices derived from the arcs of a batch.

    Each is None until a back end computes it. Graphs with the same arcs and other weights share one object.

    Attributes:
        levels: Arcs by topological level.
        arc_order: Arcs in topological order.
        ranks: Topological numbering over all arcs.
        epsilon_ranks: Topological numbering over the arcs whose input label is ``EPSILON``.
        sorted_by_src: True if the arcs are sorted by src.
        arcs_by_src: The arcs sorted by src (empty if they are so already), and the offsets (S + 1,) of the states.
        highest_ilabel: The highest input label, -1 without arcs.
        highest_olabel: The highest output label, -1 without arcs.
        lowest_ilabel: The lowest input label, 0 without arcs.
        lowest_olabel: The lowest output label, 0 without arcs.
        label_tables: The arcs sorted by (src, label), for each (side, number of labels + 1); see
            ``gtn.backends.numba.operands.label_table``.
    """

    levels: Levels | None = None
    arc_order: ArcOrder | None = None
    ranks: Ranks | None = None
    epsilon_ranks: Ranks | None = None
    sorted_by_src: bool | None = None
    arcs_by_src: tuple[IntArray, IntArray] | None = None
    highest_ilabel: int | None = None
    highest_olabel: int | None = None
    lowest_ilabel: int | None = None
    lowest_olabel: int | None = None

    def __init__(self) -> None:
        self.label_tables: dict[tuple[str, int], tuple[IntArray, IntArray, IntArray, IntArray]] = {}


@dataclass(frozen=True, eq=False, repr=False)
class GraphTensors:
    """The fields of ``gtn.Graph``, documented there."""

    src: Tensor
    dst: Tensor
    ilabel: Tensor
    olabel: Tensor
    weight: Tensor
    arc_offset: Tensor
    state_offset: Tensor
    start: Tensor
    final_weight: Tensor
    payload: Tensor | None = None
    index: GraphIndex = field(default_factory=GraphIndex, init=False, compare=False)

    def __len__(self) -> int:
        return self.state_offset.numel() - 1

    @property
    def num_states(self) -> int:
        """Number of states of the whole batch."""
        return self.start.numel()

    @property
    def num_arcs(self) -> int:
        """Number of arcs of the whole batch."""
        return self.src.numel()

    @property
    def device(self) -> torch.device:
        """Device of all tensors."""
        return self.src.device

    @property
    def dtype(self) -> torch.dtype:
        """Dtype of the weights: torch.float32 or torch.float64."""
        return self.weight.dtype

    @property
    def is_acceptor(self) -> bool:
        """True if input and output labels are one tensor (equal labels in two tensors make a transducer)."""
        return self.olabel is self.ilabel

    @property
    def final(self) -> Tensor:
        """(S,) bool, the final states."""
        return self.final_weight > -torch.inf


def select(g: GraphTensors, items: Tensor) -> Fields:
    """Gather the graphs listed, in that order; one may be listed several times.

    Args:
        g: A batch.
        items: (N,) int64, 0 <= items < len(g).

    Returns:
        The fields of the new batch, in the order of ``gtn.Graph``.
    """
    arc_owner, arcs = expand(g.arc_offset, items)
    _, states = expand(g.state_offset, items)
    state_offset = lengths_to_offsets(g.state_offset.diff()[items])
    shift = (state_offset[:-1] - g.state_offset[items])[arc_owner]
    ilabel = g.ilabel[arcs]
    return (
        g.src[arcs] + shift,
        g.dst[arcs] + shift,
        ilabel,
        ilabel if g.is_acceptor else g.olabel[arcs],
        g.weight[arcs],
        lengths_to_offsets(g.arc_offset.diff()[items]),
        state_offset,
        g.start[states],
        g.final_weight[states],
        None if g.payload is None else g.payload[arcs],
    )


def reject_nan(g: GraphTensors) -> None:
    """Raise GraphError if a weight is NaN: comparisons of paths would pass over it in silence."""
    if bool(torch.isnan(g.weight.detach()).any()) or bool(torch.isnan(g.final_weight.detach()).any()):
        raise nan_error()


def nan_error() -> GraphError:
    """Return the error for a weight that is NaN where paths are compared."""
    return GraphError("a weight is NaN or +inf, so that no path is the best; check the source of the weights")
