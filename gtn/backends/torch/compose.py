"""Matching pairs of a composition by breadth-first search: all frontier pairs of a batch in one step."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from gtn.backends.torch.levels import reachable, state_levels
from gtn.errors import BudgetError
from gtn.ragged import distinct, expand, group, lengths_to_offsets, owners
from gtn.tensors import EPSILON, NO_PAYLOAD, GraphTensors, Ranks


@dataclass(frozen=True)
class Pairs:
    """The structure of a composition: the states and arcs of a and b behind each of its own.

    Attributes:
        src: (A,) states of the result.
        dst: (A,) states of the result.
        arc_a: (A,) arc of a, -1 where b moves alone.
        arc_b: (A,) arc of b, -1 where a moves alone.
        state_a: (S,) state of a.
        state_b: (S,) state of b.
        first: (S,) bool, False where b has moved alone, so that a may not (the epsilon filter).
        arc_offset: (B + 1,).
        state_offset: (B + 1,).
    """

    src: Tensor
    dst: Tensor
    arc_a: Tensor
    arc_b: Tensor
    state_a: Tensor
    state_b: Tensor
    first: Tensor
    arc_offset: Tensor
    state_offset: Tensor


def over_budget(what: str, found: int, budget: int, name: str) -> BudgetError:
    """Return the error for a composition beyond its budget."""
    return BudgetError(
        f"the composition has {found} or more {what}, its budget is {name}={budget}: prune or trim the "
        f"graphs, compose a smaller batch, or raise {name}"
    )


def ranks(g: GraphTensors) -> Ranks:
    """Number the states so that all arcs lead upwards, if they have no cycle; kept in the index of the graph.

    Returns:
        The states' own numbers if they rise already, or if the arcs have a cycle.
    """
    if g.index.ranks is None:
        g.index.ranks = _ranks(g, g.src, g.dst)
    return g.index.ranks


def epsilon_ranks(g: GraphTensors) -> Ranks:
    """Number the states as ``ranks`` does, over the arcs with an epsilon as input label."""
    if g.index.epsilon_ranks is None:
        silent = g.ilabel == EPSILON
        g.index.epsilon_ranks = _ranks(g, g.src[silent], g.dst[silent])
    return g.index.epsilon_ranks


def _ranks(g: GraphTensors, src: Tensor, dst: Tensor) -> Ranks:
    state = torch.arange(g.num_states, device=g.device)
    found = Ranks(state, state, bool((src < dst).all()))
    if not found.rising:
        level = state_levels(src, dst, g.num_states)
        if bool((level >= 0).all()):
            item = owners(g.state_offset, g.num_states)
            order = (item * max(g.num_states, 1) + level).argsort(stable=True)
            found = Ranks(torch.empty_like(order).scatter_(0, order, state), order, True)
    return found


class _Keys:
    """Pairs of states as single numbers that sort by (graph of the batch, rank in a, rank in b, filter)."""

    def __init__(self, a: GraphTensors, b: GraphTensors, size: int) -> None:
        self.a, self.b = a, b
        rank_a, rank_b = ranks(a), epsilon_ranks(b)
        self.rank_a, self.state_a = rank_a.of_state, rank_a.state
        self.rank_b, self.state_b = rank_b.of_state, rank_b.state
        self.a_all, self.b_all = len(a) == 1 < size, len(b) == 1 < size
        self.width = max(int(b.state_offset.diff().max()) if len(b) else 0, 1)
        self.item_of_a = owners(a.state_offset, a.num_states)
        self.total = a.num_states * (size if self.a_all else 1) * self.width * 2

    def pack(self, item: Tensor, state_a: Tensor, state_b: Tensor, blocked: Tensor) -> Tensor:
        high = self.rank_a[state_a] + (item * self.a.num_states if self.a_all else 0)
        low = self.rank_b[state_b] - (0 if self.b_all else self.b.state_offset[item])
        return (high * self.width + low) * 2 + blocked

    def unpack(self, key: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        blocked, key = key % 2, key // 2
        low, high = key % self.width, key // self.width
        if self.a_all:
            item, high = high // self.a.num_states, high % self.a.num_states
        state_a = self.state_a[high]
        if not self.a_all:
            item = self.item_of_a[state_a]
        return item, state_a, self.state_b[low if self.b_all else low + self.b.state_offset[item]], blocked


def matching_pairs(a: GraphTensors, b: GraphTensors, size: int, max_states: int, max_arcs: int) -> Pairs:
    """Find all pairs of states on a pair of matching paths, and the arcs between them.

    Args:
        a: Operand matched by its output labels.
        b: Operand matched by its input labels.
        size: B, the size of the result; a and b are of this size or of 1.
        max_states: Budget, before trimming.
        max_arcs: Budget, before trimming.

    Raises:
        BudgetError: The result has more states or arcs than the budget.
    """
    keys = _Keys(a, b, size)
    order_a, offset_a = group(a.src, a.num_states)
    has_epsilon = torch.zeros(a.num_states, dtype=torch.bool, device=a.device)
    has_epsilon[a.src[a.olabel == EPSILON]] = True
    # b's arcs by (state, label), for binary search
    labels = 2 + max((int(x.max()) for x in (a.olabel, b.ilabel) if x.numel()), default=0)
    order_b = (b.src * labels + b.ilabel + 1).argsort(stable=True)
    sorted_b = (b.src * labels + b.ilabel + 1)[order_b]

    def arcs_of_b(state: Tensor, label: Tensor) -> tuple[Tensor, Tensor]:
        wanted = state * labels + label + 1
        low = torch.searchsorted(sorted_b, wanted)
        count = torch.searchsorted(sorted_b, wanted, right=True) - low
        owner = torch.arange(wanted.numel(), device=a.device).repeat_interleave(count)
        place = torch.arange(owner.numel(), device=a.device) - (count.cumsum(0) - count - low)[owner]
        return owner, order_b[place]

    frontier = _start_keys(a, b, size, keys)
    seen = frontier
    found: list[tuple[Tensor, Tensor, Tensor, Tensor]] = []
    num_arcs = 0
    while frontier.numel():
        item, state_a, state_b, blocked = keys.unpack(frontier)
        owner, place = expand(offset_a, state_a)
        arc_a = order_a[place]
        epsilon = a.olabel[arc_a] == EPSILON
        # a alone
        free = epsilon & (blocked[owner] == 0)
        at, arc = owner[free], arc_a[free]
        new = [
            (
                at,
                arc,
                torch.full_like(arc, -1),
                keys.pack(item[at], a.dst[arc], state_b[at], torch.zeros_like(at)),
            )
        ]
        # both, on the same label
        at, arc = owner[~epsilon], arc_a[~epsilon]
        match, arc_b = arcs_of_b(state_b[at], a.olabel[arc])
        at, arc = at[match], arc[match]
        new.append((at, arc, arc_b, keys.pack(item[at], a.dst[arc], b.dst[arc_b], torch.zeros_like(at))))
        # b alone; a must then not move alone, where it could
        at, arc_b = arcs_of_b(state_b, torch.full_like(state_b, EPSILON))
        blocks = has_epsilon[state_a[at]].long()
        new.append(
            (at, torch.full_like(at, -1), arc_b, keys.pack(item[at], state_a[at], b.dst[arc_b], blocks))
        )
        at, arc, arc_b, to = (torch.cat(parts) for parts in zip(*new, strict=True))
        found.append((frontier[at], arc, arc_b, to))
        num_arcs += at.numel()
        if num_arcs > max_arcs:
            raise over_budget("arcs", num_arcs, max_arcs, "max_arcs")
        to = distinct(to)
        frontier = to[~_is_in(to, seen)]
        seen = torch.cat([seen, frontier]).sort().values
        if seen.numel() > max_states:
            raise over_budget("states", seen.numel(), max_states, "max_states")
    return _trimmed(a, b, size, keys, seen, found)


def _trimmed(
    a: GraphTensors,
    b: GraphTensors,
    size: int,
    keys: _Keys,
    seen: Tensor,
    found: list[tuple[Tensor, Tensor, Tensor, Tensor]],
) -> Pairs:
    """Trim the search, number states by their keys, and sort arcs as documented in ``compose``."""
    nothing = torch.zeros(0, dtype=torch.int64, device=a.device)
    source, arc_a, arc_b, to = (torch.cat(x) for x in zip(*found, strict=True)) if found else (nothing,) * 4
    src, dst = torch.searchsorted(seen, source), torch.searchsorted(seen, to)
    item, state_a, state_b, blocked = keys.unpack(seen)
    useful = reachable(dst, src, a.final[state_a] & b.final[state_b])
    keep = useful[src] & useful[dst]
    number = useful.long().cumsum(0) - 1
    src, dst, arc_a, arc_b = number[src[keep]], number[dst[keep]], arc_a[keep], arc_b[keep]
    order = arc_b.argsort(stable=True)
    order = order[arc_a[order].argsort(stable=True)]
    # arcs of a alone come first, label -1; arcs of b alone last
    label = _gather(a.olabel, arc_a, torch.iinfo(torch.int64).max)
    order = order[label[order].argsort(stable=True)]
    order = order[src[order].argsort(stable=True)]
    item = item[useful]
    arc_item = item[src] if src.numel() else src
    return Pairs(
        src[order],
        dst[order],
        arc_a[order],
        arc_b[order],
        state_a[useful],
        state_b[useful],
        blocked[useful] == 0,
        lengths_to_offsets(torch.bincount(arc_item, minlength=size)),
        lengths_to_offsets(torch.bincount(item, minlength=size)),
    )


def _start_keys(a: GraphTensors, b: GraphTensors, size: int, keys: _Keys) -> Tensor:
    """Pair every start state of a with every start state of b, for each graph of the batch."""
    count_a = lengths_to_offsets(a.start.long())[a.state_offset]
    count_b = lengths_to_offsets(b.start.long())[b.state_offset]
    items = torch.arange(size, device=a.device)
    item, place = expand(count_a, items % len(a) if len(a) else items)
    state_a = a.start.nonzero().flatten()[place]
    owner, place = expand(count_b, item % len(b) if len(b) else item)
    state_b = b.start.nonzero().flatten()[place]
    return keys.pack(item[owner], state_a[owner], state_b, torch.zeros_like(owner)).sort().values


def _is_in(values: Tensor, table: Tensor) -> Tensor:
    place = torch.searchsorted(table, values).clamp(max=table.numel() - 1)
    return table[place] == values


def columns(a: GraphTensors, b: GraphTensors, found: Pairs) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """Compute input labels, output labels, weights (detached) and payloads of the result."""
    ilabel = _gather(a.ilabel, found.arc_a, EPSILON)
    acceptor = a.is_acceptor and b.is_acceptor
    weight = _gather(a.weight.detach(), found.arc_a, 0) + _gather(b.weight.detach(), found.arc_b, 0)
    payload = None
    if a.payload is not None or b.payload is not None:
        none = torch.full_like(found.src, NO_PAYLOAD)
        first = none if a.payload is None else _gather(a.payload, found.arc_a, NO_PAYLOAD)
        second = none if b.payload is None else _gather(b.payload, found.arc_b, NO_PAYLOAD)
        payload = torch.where(first >= 0, first, second)
    return ilabel, ilabel if acceptor else _gather(b.olabel, found.arc_b, EPSILON), weight, payload


def scatter(arc_a: Tensor, arc_b: Tensor, grad: Tensor, num_a: int, num_b: int) -> tuple[Tensor, Tensor]:
    """Compute the gradients by the weights of a and of b; an operand of 0 arcs is skipped."""
    results = []
    for arc, num in ((arc_a, num_a), (arc_b, num_b)):
        there = arc >= 0
        # accumulated in float64: one arc of a grammar can occur thousands of times
        total = torch.zeros(num, dtype=torch.float64, device=grad.device)
        results.append(total.index_add_(0, arc[there], grad[there].double()) if num else total)
    return results[0], results[1]


def _gather(values: Tensor, index: Tensor, default: int) -> Tensor:
    """Return values[index], and the default where the index is -1."""
    if values.numel() == 0:
        return values.new_full(index.shape, default)
    return torch.where(index >= 0, values[index.clamp(min=0)], default)
