"""The auto segmentation criterion from graphs (Collobert, Puhrsch, Synnaeve 2016): CTC without blanks.

Each label takes one or more frames, scores are not normalised per frame, and moving from one label to
another has a score of its own. The loss is minus the log of the share of the right alignments in all.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.arguments import floats
from gtn.errors import GraphError
from gtn.graph import Graph
from gtn.nn.losses import reduced
from gtn.ops.compose import intersect
from gtn.ops.frame_score import frame_score
from gtn.ragged import lengths_to_offsets


def transition_graph(transitions: Tensor) -> Graph:
    """Make the bigram acceptor of label sequences: state 0 starts, state c + 1 comes after label c; all end.

    Differentiable.

    Args:
        transitions: (C + 1, C) log scores; row 0 of beginning with a label, row i + 1 of going on from label i.

    Raises:
        GraphError: another shape.
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
    """Acceptors of each target with every label repeated one or more times; (as in ``ctc_graph``, without blanks)."""
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
    # each state has the arc by which it is entered, then its loop
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
    """Minus the log of the share of the target's alignments among all label sequences.

    Args:
        scores: (B, T, C) log scores of labels at each frame, not normalised.
        transitions: (C + 1, C), see ``transition_graph``.
        targets: B strings of labels. Two equal neighbours can not be told from one longer label.
        lengths: (B,) frames of each item; None is T.
        reduction: "none", "mean" or "sum".
        zero_infinity: count a target longer than its frames as 0, instead of inf.

    Raises:
        GraphError: shapes do not fit, or reduction is something else.
    """
    scores = floats(scores)
    every = transition_graph(transitions.to(scores.dtype))
    right = intersect(every, asg_graph(targets, dtype=scores.dtype, device=scores.device))
    free, score = frame_score(scores, every, lengths), frame_score(scores, right, lengths)
    possible = score > -torch.inf
    value = torch.where(possible, free, 0.0) - torch.where(possible, score, 0.0)
    return reduced(value.masked_fill(~possible, 0.0 if zero_infinity else torch.inf), reduction)
