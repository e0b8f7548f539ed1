"""Interpretation graphs from segmentation graphs and class scores."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.errors import GraphError
from gtn.graph import Graph


def interpretation_graph(
    segmentation: Graph, scores: Tensor, labels: Sequence[int] | Tensor | None = None
) -> Graph:
    """Build interpretation graphs: each arc of a segmentation graph becomes one arc per class (GBL98 sec. IV-C).

    Differentiable by ``scores`` and by the weights of ``segmentation``, which are added.

    Args:
        segmentation: A batch; arc k is the candidate segment ``payload[k]``, or k without payloads.
        scores: (A, C) log scores of the classes for each arc of the batch.
        labels: (C,) the labels of the classes; None is 0 .. C - 1.

    Returns:
        A batch of acceptors: arc ``k * C + c`` reads the label of class c, and has the payload of arc k.

    Raises:
        GraphError: Scores are not (A, C), or labels not (C,).
    """
    if scores.ndim != 2 or scores.shape[0] != segmentation.num_arcs:
        raise GraphError(
            f"scores must be ({segmentation.num_arcs}, C), one row per arc; not {tuple(scores.shape)}"
        )
    classes = scores.shape[1]
    if labels is None:
        label = torch.arange(classes, device=segmentation.device)
    else:
        label = torch.as_tensor(labels, dtype=torch.int64, device=segmentation.device)
        if label.shape != (classes,):
            raise GraphError(f"{label.numel()} labels for {classes} classes")
    payload = segmentation.payload
    if payload is None:
        payload = torch.arange(segmentation.num_arcs, device=segmentation.device)
    label = label.repeat(segmentation.num_arcs)
    weight = (segmentation.weight[:, None] + scores.to(segmentation.dtype)).reshape(-1)
    return Graph(
        segmentation.src.repeat_interleave(classes),
        segmentation.dst.repeat_interleave(classes),
        label,
        label,
        weight,
        segmentation.arc_offset * classes,
        segmentation.state_offset,
        segmentation.start,
        segmentation.final_weight,
        payload.repeat_interleave(classes),
    )
