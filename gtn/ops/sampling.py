"""Random sampling of paths."""

from __future__ import annotations

import torch
from torch import Tensor

from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.ops.shortest import distances
from gtn.paths import Paths, collect
from gtn.ragged import expand, group, lengths_to_offsets
from gtn.semirings import LogSemiring
from gtn.tensors import reject_nan


def sample(g: Graph, n: int = 1, *, generator: torch.Generator | None = None) -> Paths:
    """Sample n paths of each graph, with probability proportional to exp(score), independently.

    Backward sampling: the last state is drawn by its share of the forward score, then arc after arc by its share in
    the distance of the state it enters.

    Args:
        g: A batch of acyclic graphs; one that accepts nothing gives no paths.
        n: Number of paths, >= 1.
        generator: Random generator, on the device of the graph; None is torch's own.

    Returns:
        n paths of each graph, in the order drawn. Differentiable by their scores, not by the choice.

    Raises:
        CycleError: A graph has a useful cycle.
        GraphError: n < 1, or a weight is NaN.
    """
    if not isinstance(n, int) or n < 1:
        raise GraphError(f"n is {n!r}; draw 1 or more paths")
    reject_nan(g)
    score, alpha = distances(g, LogSemiring)
    weight = g.weight.detach().double()
    alive = (score > -torch.inf).nonzero().flatten().repeat_interleave(n)
    offset = lengths_to_offsets((score > -torch.inf).long() * n)
    owner, state = expand(g.state_offset, alive)
    chosen = _draw(owner, alpha[state] + g.final_weight.detach().double()[state], alive.numel(), generator)
    end = state = state[chosen]
    order, entering = group(g.dst, g.num_states)
    path = torch.arange(alive.numel(), device=g.device)
    arcs, paths = [path[:0]], [path[:0]]
    while path.numel():
        owner, place = expand(entering, state)
        arc = order[place]
        # In a start state the path may begin: one more choice, after the arcs.
        begin = g.start[state].nonzero().flatten()
        choices = torch.cat([alpha[g.src[arc]] + weight[arc], torch.zeros_like(begin, dtype=torch.float64)])
        chosen = _draw(torch.cat([owner, begin]), choices, path.numel(), generator)
        more = chosen < arc.numel()
        path, arc = path[more], arc[chosen[more]]
        arcs.append(arc)
        paths.append(path)
        state = g.src[arc]
    found, of = torch.cat(arcs[::-1]), torch.cat(paths[::-1])
    arc_offset = lengths_to_offsets(torch.bincount(of, minlength=alive.numel()))
    return collect(g, found[of.argsort(stable=True)], arc_offset, end, offset)


def _draw(row: Tensor, score: Tensor, num: int, generator: torch.Generator | None) -> Tensor:
    """Draw one element of each row with probability proportional to exp(score); its position, (num,)."""
    # Gumbel-max trick: the argmax of scores plus Gumbel noise is a draw from the softmax.
    noise = torch.empty_like(score).exponential_(generator=generator).log()
    value = score - noise
    high = torch.full((num,), -torch.inf, dtype=torch.float64, device=row.device)
    high.scatter_reduce_(0, row, value, "amax")
    place = torch.arange(row.numel(), device=row.device).masked_fill(value < high[row], row.numel())
    first = torch.full((num,), row.numel(), dtype=torch.int64, device=row.device)
    return first.scatter_reduce_(0, row, place, "amin")
