"""The auto segmentation criterion (ASG) from graphs (Collobert, Puhrsch, Synnaeve 2016): CTC without blanks.

Each label spans one or more time steps, scores are not normalized per time step, and transitions between labels
have scores of their own. The loss is minus the log of the share of the right alignments in all.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.arguments import floats
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.nn.losses import reduce_loss
from gtn.ops.compose import intersect
from gtn.ops.frame_score import frame_score
from gtn.ragged import lengths_to_offsets


def transition_graph(transitions: Tensor) -> Graph:
    """Build the bigram acceptor of label sequences: state 0 starts, state c + 1 follows label c; all are final.

    Differentiable.

    Args:
        transitions: (C + 1, C) log scores; row 0 of the first label, row i + 1 of the labels after label i.

    Raises:
        GraphError: Another shape.
    """
    if transitions.ndim != 2 or transitions.shape[0] != transitions.shape[1] + 1:
        raise GraphError(f"transitions must be (C + 1, C), not {tuple(transitions.shape)}")
    classes = transitions.shape[1]
    device = transitions.device
    label = torch.arange(classes, device=device).repeat(classes + 1)
    return Graph.from_arcs(
        torch.arange(classes + 1, device=device).repeat_interleave(classes),
        label + 1,
        label,
        weight=transitions.reshape(-1),
        num_states=classes + 1,
        start=0,
        final=torch.ones(classes + 1, dtype=torch.bool, device=device),
    )


def asg_graph(targets: Sequence[Sequence[int]], *, dtype: torch.dtype, device: torch.device) -> Graph:
    """Build the alignment graph of each target: every label repeated one or more times, no blanks."""
    length = torch.tensor([len(t) for t in targets], dtype=torch.int64, device=device)
    label = torch.tensor([x for t in targets for x in t], dtype=torch.int64, device=device)
    item = torch.arange(length.numel(), device=device).repeat_interleave(length)
    dst = torch.arange(label.numel(), device=device) + item + 1
    state_offset = lengths_to_offsets(length + 1)
    final_weight = torch.full((label.numel() + length.numel(),), -torch.inf, dtype=dtype, device=device)
    final_weight[state_offset[1:] - 1] = 0.0
    start = torch.zeros_like(final_weight, dtype=torch.bool)
    start[state_offset[:-1]] = True
    twice = label.repeat_interleave(2)
    # for each state the arc that enters it, then its loop
    return Graph(
        torch.stack([dst - 1, dst], 1).flatten(),
        dst.repeat_interleave(2),
        twice,
        twice,
        torch.zeros(twice.numel(), dtype=dtype, device=device),
        lengths_to_offsets(2 * length),
        state_offset,
        start,
        final_weight,
    )


def asg_loss(
    scores: Tensor,
    transitions: Tensor,
    targets: Sequence[Sequence[int]],
    lengths: Tensor | Sequence[int] | None = None,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Compute the ASG loss: minus the log of the share of the target's alignments among all label sequences.

    Args:
        scores: (B, T, C) log scores of labels at each time step, not normalized.
        transitions: (C + 1, C), see ``transition_graph``.
        targets: B strings of labels. Two equal neighbors are indistinguishable from one longer label.
        lengths: (B,) time steps of each item; None is T.
        reduction: "none", "mean" or "sum".
        zero_infinity: Count a target longer than its time steps as 0, instead of inf.

    Raises:
        GraphError: Shapes do not fit, or reduction is something else.
    """
    scores = floats(scores)
    every = transition_graph(transitions.to(scores.dtype))
    right = intersect(every, asg_graph(targets, dtype=scores.dtype, device=scores.device))
    free, score = frame_score(scores, every, lengths), frame_score(scores, right, lengths)
    possible = score > -torch.inf
    value = torch.where(possible, free, 0.0) - torch.where(possible, score, 0.0)
    return reduce_loss(value.masked_fill(~possible, 0.0 if zero_infinity else torch.inf), reduction)
