"""Validation of the tensors of a graph."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn import backends
from gtn.errors import GraphError
from gtn.tensors import EPSILON, NO_PAYLOAD, GraphTensors

COMPILED_FROM = 5_000
"""Number of arcs from which the compiled check is used: below, compilation takes longer than it saves."""


def check(g: GraphTensors) -> None:
    """Check that a graph is well formed.

    Raises:
        GraphError: The first fault found, with the arc or state concerned.
    """
    _check_shapes(g)
    _check_offsets(g.arc_offset, g.num_arcs, "arc_offset", "arcs")
    _check_offsets(g.state_offset, g.num_states, "state_offset", "states")
    if g.num_arcs == 0:
        _check_scores(g.final_weight, "final_weight")
        return
    if g.num_arcs >= COMPILED_FROM and backends.uses_numba(g.src) and _well_formed(g):
        _check_scores(g.final_weight, "final_weight")
        return
    low = g.state_offset[:-1].repeat_interleave(g.arc_offset.diff(), output_size=g.num_arcs)
    high = g.state_offset[1:].repeat_interleave(g.arc_offset.diff(), output_size=g.num_arcs)
    wrong = (g.src < low) | (g.src >= high) | (g.dst < low) | (g.dst >= high)
    if bool(wrong.any()):
        arc = int(wrong.nonzero()[0])
        raise GraphError(
            f"arc {arc} leads from state {int(g.src[arc])} to state {int(g.dst[arc])}, outside of the states "
            f"of its graph, {int(low[arc])} to {int(high[arc]) - 1}"
        )
    _check_least(g.ilabel, EPSILON, "ilabel")
    if not g.is_acceptor:
        _check_least(g.olabel, EPSILON, "olabel")
    if g.payload is not None:
        _check_least(g.payload, NO_PAYLOAD, "payload")
    _check_scores(g.weight, "weight")
    _check_scores(g.final_weight, "final_weight")


def _well_formed(g: GraphTensors) -> bool:
    from gtn.backends.numba.checks import well_formed  # deferred: slow to import
    from gtn.backends.numba.jit import floats, ints

    none = g.src[:0]
    return bool(
        well_formed(
            ints(g.arc_offset),
            ints(g.state_offset),
            ints(g.src),
            ints(g.dst),
            ints(g.ilabel),
            ints(none if g.is_acceptor else g.olabel),
            ints(none if g.payload is None else g.payload),
            floats(g.weight),
        )
    )


def _check_shapes(g: GraphTensors) -> None:
    arcs, states = g.src.shape, g.start.shape
    if len(arcs) != 1 or len(states) != 1:
        raise GraphError(
            f"src and start must be of one dimension, not of shape {tuple(arcs)}, {tuple(states)}"
        )
    ints = {"src": g.src, "dst": g.dst, "ilabel": g.ilabel, "olabel": g.olabel}
    if g.payload is not None:
        ints["payload"] = g.payload
    for name, tensor in ints.items():
        if tensor.shape != arcs:
            raise GraphError(
                f"{name} has shape {tuple(tensor.shape)}, src has {tuple(arcs)}: one entry per arc"
            )
        if tensor.dtype != torch.int64:
            raise GraphError(f"{name} must be torch.int64, not {tensor.dtype}")
    if g.weight.shape != arcs:
        raise GraphError(
            f"weight has shape {tuple(g.weight.shape)}, src has {tuple(arcs)}: one entry per arc"
        )
    if g.final_weight.shape != states:
        raise GraphError(f"final_weight has shape {tuple(g.final_weight.shape)}, start has {tuple(states)}")
    if g.start.dtype != torch.bool:
        raise GraphError(f"start must be torch.bool, not {g.start.dtype}")
    if g.weight.dtype != g.final_weight.dtype:
        raise GraphError(
            f"weight is {g.weight.dtype}, final_weight {g.final_weight.dtype}; they must be the same"
        )
    places = {
        t.device for t in (*ints.values(), g.weight, g.final_weight, g.start, g.arc_offset, g.state_offset)
    }
    if len(places) > 1:
        raise GraphError(f"tensors lie on {sorted(map(str, places))}; move them to one device")


def _check_offsets(offset: Tensor, total: int, name: str, what: str) -> None:
    if offset.ndim != 1 or offset.numel() == 0 or offset.dtype != torch.int64:
        raise GraphError(f"{name} must be (B + 1,) torch.int64, not {tuple(offset.shape)} {offset.dtype}")
    if int(offset[0]) != 0 or int(offset[-1]) != total or bool((offset.diff() < 0).any()):
        raise GraphError(
            f"{name} must rise from 0 to {total}, the number of {what}; it is {offset.tolist()[:20]}"
        )


def _check_least(values: Tensor, least: int, name: str) -> None:
    if int(values.min()) < least:
        raise GraphError(
            f"{name} of arc {int(values.argmin())} is {int(values.min())}; the least allowed is {least}"
        )


def _check_scores(values: Tensor, name: str) -> None:
    # NaN fails the comparison too
    bad = ~(values.detach() < torch.inf)
    if bool(bad.any()):
        index = int(bad.nonzero()[0])
        raise GraphError(f"{name}[{index}] is {float(values[index])}; scores are finite, or -inf to forbid")
