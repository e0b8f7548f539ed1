"""Rational operations (union, concatenation, closure), reversal, projection and arc sorting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

from gtn.errors import BatchError, GraphError
from gtn.graph import EPSILON, NO_PAYLOAD, Graph
from gtn.ops.batch import batch
from gtn.ragged import expand, group, lengths_to_offsets, owners
from gtn.tensors import select


def project_input(g: Graph) -> Graph:
    """Project to the input labels: an acceptor of x with the *score* of all x -> y. Differentiable."""
    return _with_labels(g, g.ilabel)


def project_output(g: Graph) -> Graph:
    """Project to the output labels: an acceptor of y with the *score* of all x -> y. Differentiable."""
    return _with_labels(g, g.olabel)


def union(graphs: Sequence[Graph]) -> Graph:
    """Unite graphs: *accepts* the strings that any of them accepts, each path with its own *score*.

    Item i of the result joins item i of each batch; batches of one meet every item of the others.
    To join all the items of one batch: ``union(list(batch))``. Differentiable.

    Raises:
        BatchError: The list is empty, or batches, devices or dtypes do not fit.

    Example:
        >>> import gtn
        >>> g = gtn.union([gtn.string_acceptor([1]), gtn.string_acceptor([1, 2])])
        >>> gtn.forward_score(g, gtn.CountingSemiring)
        tensor([2.], dtype=torch.float64)
    """
    return _unite(graphs)[0]


def concat(graphs: Sequence[Graph]) -> Graph:
    """Concatenate graphs: *accepts* xy if the first accepts x and the next y, with the sum of their *scores*.

    An epsilon arc leads from each final state of one to each start state of the next; it has the final
    weight. Items are chained item by item, as in ``union``. Differentiable.

    Raises:
        BatchError: See ``union``.

    Example:
        >>> import gtn
        >>> g = gtn.concat([gtn.string_acceptor([1]), gtn.string_acceptor([2, 3])])
        >>> gtn.n_best(g, 1)[0][0].output
        (1, 2, 3)
    """
    joined, first = _unite(graphs)
    if len(graphs) == 1:
        return joined
    part = owners(first, joined.num_states)  # part k of item i is number i * len(graphs) + k
    is_last = part % len(graphs) == len(graphs) - 1
    is_first = part % len(graphs) == 0
    ends = (joined.final & ~is_last).nonzero().flatten()
    begins = (joined.start & ~is_first).nonzero().flatten()
    begin_offset = lengths_to_offsets(torch.bincount(part[begins], minlength=first.numel() - 1))
    owner, place = expand(begin_offset, part[ends] + 1)
    bridged = _add_arcs(joined, ends[owner], begins[place], joined.final_weight[ends][owner])
    return replace(
        bridged,
        start=bridged.start & is_first,
        final_weight=bridged.final_weight.masked_fill(~is_last, -torch.inf),
    )


def closure(g: Graph) -> Graph:
    """Compute the Kleene closure: *accepts* the empty string with score 0, and every chain of strings of g.

    The *score* of a chain is the sum of its parts'. A new state, both start and final, comes first in
    each item. The result has cycles: compose it with an acyclic graph to compute scores.
    Differentiable.
    """
    joined, place, is_hub = _with_hub(g)
    item = owners(joined.state_offset, joined.num_states)
    begins = (joined.start & ~is_hub).nonzero().flatten()
    ends = (joined.final & ~is_hub).nonzero().flatten()
    score = torch.cat([joined.weight.new_zeros(begins.numel()), joined.final_weight[ends]])
    looped = _add_arcs(
        joined, torch.cat([place[item[begins]], ends]), torch.cat([begins, place[item[ends]]]), score
    )
    return replace(looped, start=is_hub, final_weight=looped.final_weight.masked_fill(~is_hub, -torch.inf))


def reverse(g: Graph) -> Graph:
    """Reverse every path: *accepts* the mirror images of the strings of g, with the same *scores*.

    Final states become start states. Where a final weight is not plain 0, epsilon arcs with the final
    weights lead to them from a new start state, the first of its item. Differentiable.
    """
    ends = g.final
    plain = not g.final_weight.requires_grad and bool((g.final_weight[ends] == 0).all())
    zero = g.weight.new_full((g.num_states,), -torch.inf, requires_grad=False).masked_fill(g.start, 0.0)
    turned = replace(g, src=g.dst, dst=g.src, start=ends, final_weight=zero)
    if plain:
        return turned
    joined, place, is_new = _with_hub(turned)
    begins = (joined.start & ~is_new).nonzero().flatten()
    item = owners(joined.state_offset, joined.num_states)[begins]
    led = _add_arcs(joined, place[item], begins, g.final_weight[ends])
    return replace(led, start=is_new, final_weight=led.final_weight.masked_fill(is_new, -torch.inf))


def arc_sort(g: Graph, by: str = "input") -> Graph:
    """Sort the arcs of each state by label; *accepts* the same with the same *scores*. Differentiable.

    No operation needs it; it makes graphs comparable and readable.

    Args:
        g: a batch.
        by: "input" or "output".

    Raises:
        GraphError: ``by`` is something else.
    """
    if by not in ("input", "output"):
        raise GraphError(f"arcs are sorted by 'input' or 'output', not by {by!r}")
    order = (g.ilabel if by == "input" else g.olabel).argsort(stable=True)
    return take_arcs(g, order[g.src[order].argsort(stable=True)])


def take_arcs(g: Graph, order: Tensor) -> Graph:
    """Reorder the arcs; those of a graph must stay together."""
    ilabel = g.ilabel[order]
    return replace(
        g,
        src=g.src[order],
        dst=g.dst[order],
        ilabel=ilabel,
        olabel=ilabel if g.is_acceptor else g.olabel[order],
        weight=g.weight[order],
        payload=None if g.payload is None else g.payload[order],
    )


def _with_labels(g: Graph, label: Tensor) -> Graph:
    return replace(g, ilabel=label, olabel=label)


def _unite(graphs: Sequence[Graph]) -> tuple[Graph, Tensor]:
    """Unite graphs; also return the first state of each part of each item."""
    graphs = list(graphs)
    if not graphs:
        raise BatchError("no graphs to join: give a list of one or more")
    size = max(len(g) for g in graphs)
    if any(len(g) not in (1, size) for g in graphs):
        raise BatchError(f"batches of {[len(g) for g in graphs]} graphs: they must be of one size, or of 1")
    together, item, shift = batch(graphs), torch.arange(size, device=graphs[0].device), 0
    columns = []
    for g in graphs:
        columns.append(item + shift if len(g) == size else item * 0 + shift)
        shift += len(g)
    parts = Graph(*select(together, torch.stack(columns, 1).flatten()))
    step = len(graphs)
    # copies, since binary searches and kernels need contiguous offsets
    arc_offset, state_offset = parts.arc_offset[::step].contiguous(), parts.state_offset[::step].contiguous()
    joined = replace(parts, arc_offset=arc_offset, state_offset=state_offset)
    return joined, parts.state_offset


def _with_hub(g: Graph) -> tuple[Graph, Tensor, Tensor]:
    """Put a single start state before each graph; also return these states (B,) and flags (S,) of them."""
    size = len(g)
    none = torch.zeros(0, dtype=torch.int64, device=g.device)
    count = torch.arange(size + 1, device=g.device)
    weight = torch.zeros(size, dtype=g.dtype, device=g.device)
    start = torch.ones(size, dtype=torch.bool, device=g.device)
    hub = Graph(none, none, none, none, weight[:0], count * 0, count, start, weight)
    joined, _ = _unite([hub, g])
    place = joined.state_offset[:-1]
    is_hub = torch.zeros(joined.num_states, dtype=torch.bool, device=g.device)
    is_hub[place] = True
    return joined, place, is_hub


def _add_arcs(g: Graph, src: Tensor, dst: Tensor, weight: Tensor) -> Graph:
    """Append epsilon arcs to the arcs of each graph."""
    epsilon = torch.full_like(src, EPSILON)
    ilabel = torch.cat([g.ilabel, epsilon])
    all_src = torch.cat([g.src, src])
    item = owners(g.state_offset, g.num_states)[all_src]
    order, offset = group(item, len(g))
    grown = replace(
        g,
        src=all_src,
        dst=torch.cat([g.dst, dst]),
        ilabel=ilabel,
        olabel=ilabel if g.is_acceptor else torch.cat([g.olabel, epsilon]),
        weight=torch.cat([g.weight, weight]),
        arc_offset=offset,
        payload=None if g.payload is None else torch.cat([g.payload, torch.full_like(src, NO_PAYLOAD)]),
    )
    return take_arcs(grown, order)
