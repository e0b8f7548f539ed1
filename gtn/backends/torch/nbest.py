"""N-best paths in plain torch: each state keeps its n best incoming partial paths.

Of the n best strings that lead to a state, those that enter by one arc are among the n best of the arc's
source, because an arc appends the same label to every string. So n entries a state are enough, distinct
or not. Strings are compared by a 64-bit hash.
"""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.backends.torch.distance import concatenate_steps
from gtn.backends.torch.levels import levels
from gtn.ragged import lengths_to_offsets, owners
from gtn.tensors import EPSILON, GraphTensors

_MULTIPLIER = 6364136223846793005
_MIXER = -49064778989728563  # 0xFF51AFD7ED558CCD as a signed number


def best_paths(g: GraphTensors, n: int, distinct: bool) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Find the n best paths of each graph.

    Returns:
        The arcs (N,) of all paths end to end, the first arc of each path (P + 1,), the last state (P,) of each
        path, and the first path of each graph (B + 1,).
    """
    shape = (g.num_states, n)
    score = torch.full(shape, -torch.inf, dtype=torch.float64, device=g.device)
    score[:, 0].masked_fill_(g.start, 0.0)
    string = torch.zeros(shape, dtype=torch.int64, device=g.device)
    arc = torch.full(shape, -1, dtype=torch.int64, device=g.device)
    rank = torch.zeros(shape, dtype=torch.int64, device=g.device)
    plan = levels(g)
    weight = g.weight.detach().double()[plan.arcs]
    src, label = g.src[plan.arcs], g.olabel[plan.arcs]
    ways = torch.arange(n, device=g.device)
    for lo, hi, first, last in zip(
        plan.arc_offsets, plan.arc_offsets[1:], plan.state_offsets, plan.state_offsets[1:], strict=False
    ):
        states, at = plan.states[first:last], src[lo:hi]
        begin = score[states, 0]
        row = torch.cat([torch.arange(states.numel(), device=g.device), plan.row[lo:hi].repeat_interleave(n)])
        value = torch.cat([begin, (score[at] + weight[lo:hi, None]).flatten()])
        read = torch.cat([string[states, 0], _append(string[at], label[lo:hi, None]).flatten()])
        through = torch.cat([torch.full_like(states, -1), plan.arcs[lo:hi].repeat_interleave(n)])
        way = torch.cat([torch.zeros_like(states), ways.repeat(hi - lo)])
        kept, place = _top(row, value, read, n, distinct)
        target = states[row[kept]]
        score[states] = -torch.inf
        score[target, place] = value[kept]
        string[target, place] = read[kept]
        arc[target, place] = through[kept]
        rank[target, place] = way[kept]
    total = (score + g.final_weight.detach().double()[:, None]).flatten()
    item = owners(g.state_offset, g.num_states).repeat_interleave(n)
    kept, _ = _top(item, total, string.flatten(), n, distinct)
    offset = lengths_to_offsets(torch.bincount(item[kept], minlength=len(g)))
    arcs, arc_offset = _trace(g, arc, rank, kept // n, kept % n)
    return arcs, arc_offset, kept // n, offset


def _append(string: Tensor, label: Tensor) -> Tensor:
    """Append a label to the hash of a string; an epsilon changes nothing."""
    mixed = (string ^ (label + 2)) * _MULTIPLIER
    mixed = (mixed ^ (mixed >> 29)) * _MIXER
    return torch.where(label == EPSILON, string, mixed ^ (mixed >> 32))


def _top(row: Tensor, value: Tensor, string: Tensor, n: int, distinct: bool) -> tuple[Tensor, Tensor]:
    """Select the n best entries of each row, sorted by row and then best first; return them and their ranks."""
    order = (value > -torch.inf).nonzero().flatten()
    order = order[value[order].argsort(descending=True, stable=True)]
    if distinct and order.numel():
        order = order[string[order].argsort(stable=True)]
        order = order[row[order].argsort(stable=True)]
        again = (row[order].diff() == 0) & (string[order].diff() == 0)
        order = order[torch.nn.functional.pad(~again, (1, 0), value=True)]
        order = order[value[order].argsort(descending=True, stable=True)]
    order = order[row[order].argsort(stable=True)]
    sorted_row = row[order]
    place = torch.arange(order.numel(), device=row.device) - torch.searchsorted(sorted_row, sorted_row)
    return order[place < n], place[place < n]


def _trace(g: GraphTensors, arc: Tensor, rank: Tensor, state: Tensor, place: Tensor) -> tuple[Tensor, Tensor]:
    """Trace the entries back to the start; return the arcs path after path, and the first arc of each path."""
    end, steps = state, []
    for _ in range(len(levels(g).arc_offsets) - 1):
        there, at = state >= 0, state.clamp(min=0)
        entry, place = torch.where(there, arc[at, place], -1), torch.where(there, rank[at, place], 0)
        steps.append(entry)
        state = torch.where(entry >= 0, g.src[entry.clamp(min=0)], -1)
    return concatenate_steps(steps, end)
