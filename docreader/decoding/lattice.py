"""Recognition transformer: segmentation graph in, interpretation graph out (GBL98 sec. V-B)."""

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import Tensor

import gtn
from docreader.decoding import alphabet
from models.segment_scorer import KINDS
from segment.oversegmentation.graph import FEATURES

# For each kind and feature the value that is typical and how far it strays (None: says nothing), and the log of how
# common the kind is among candidates. Set from the geometry of synthesized fields; global training refines it.
_TYPICAL: dict[str, tuple[float, dict[str, tuple[float, float]]]] = {
    "digit": (0.0, {"width": (0.6, 0.28), "height": (0.98, 0.2), "center": (0.5, 0.16), "gap": (0.0, 0.12)}),
    "point": (
        0.0,
        {"width": (0.18, 0.1), "height": (0.22, 0.12), "center": (0.02, 0.16), "gap": (0.0, 0.05)},
    ),
    "dash": (0.0, {"width": (0.6, 0.35), "height": (0.15, 0.1), "center": (0.45, 0.2), "gap": (0.0, 0.05)}),
    "dirt": (-1.5, {"width": (0.2, 0.3), "height": (0.1, 0.15), "center": (0.5, 0.5), "gap": (0.0, 0.05)}),
    "fragment": (-2.0, {"width": (0.5, 0.6), "height": (0.8, 0.5), "center": (0.5, 0.5), "gap": (0.0, 0.3)}),
}


def typical_shapes(sharpness: float = 1.0) -> Tensor:
    """Weights of `models.segment_scorer.SegmentScorer.shape` that know what characters look like, before any training.

    Args:
        sharpness: 1 for all that the shapes say; less where a recognizer that sees sizes is to say it.

    Returns:
        (kinds, 1 + 2 * features).
    """
    weight = torch.zeros(len(KINDS), 1 + 2 * len(FEATURES))
    for row, kind in enumerate(KINDS):
        prior, typical = _TYPICAL[kind]
        weight[row, 0] = prior
        for name, (mean, spread) in typical.items():
            column = 1 + FEATURES.index(name)
            # The logarithm of a normal density, term by term.
            weight[row, 0] -= mean**2 / (2 * spread**2) + torch.log(torch.tensor(spread))
            weight[row, column] = mean / spread**2
            weight[row, column + len(FEATURES)] = -1 / (2 * spread**2)
    return sharpness * weight


def interpretation(segmentation: gtn.Graph, scores: Tensor, said: Sequence[str]) -> gtn.Graph:
    """The interpretation graphs of a batch: every segmentation arc becomes one arc for each character it may be.

    Args:
        segmentation: batch of segmentation graphs with N arcs in all.
        scores: (N, len(said)) log scores, in the order of the arcs.
        said: characters of `alphabet.INPUT_SYMBOLS`.

    Returns:
        Acceptors over `alphabet.INPUT_SYMBOLS` with the same states; payloads are those of the segmentation's arcs.
    """
    return gtn.interpretation_graph(segmentation, scores, [alphabet.INDEX[character] for character in said])


def numbered(graph: gtn.Graph, number: int, count: int) -> gtn.Graph:
    """A graph that is to stand beside others, with payloads that tell through which of them a path goes.

    Args:
        graph: its arcs carry payloads; arcs without one (-1) stay so.
        number: which of the graphs it is, from 0.
        count: graphs in all.

    Returns:
        The graph with payloads of payload * count + number.
    """
    assert graph.payload is not None  # segments and frames have theirs
    payload = torch.where(graph.payload < 0, graph.payload, graph.payload * count + number)
    return replace(graph, payload=payload)
