"""Recognition transformer: segmentation graph in, interpretation graph out (GBL98 sec. V-B)."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import gtn
from docreader import labels
from segment.segmentation import FEATURES

KINDS = ("digit", "point", "dash", "dirt", "fragment")
"""What a candidate segment can be by its shape alone. A fragment is part of a character, or more than one:
no path should go through it."""

SAID = labels.DIGITS + labels.POINT + labels.DASH + labels.DIRT
"""The characters that a candidate segment is read as."""

# For each kind and feature the value that is typical and how far it strays (None: says nothing), and the log of how
# common the kind is among candidates. Set from the geometry of synthesised fields; global training refines it.
_TYPICAL: dict[str, tuple[float, dict[str, tuple[float, float]]]] = {
    "digit": (0.0, {"width": (0.6, 0.28), "height": (0.98, 0.2), "centre": (0.5, 0.16), "gap": (0.0, 0.12)}),
    "point": (
        0.0,
        {"width": (0.18, 0.1), "height": (0.22, 0.12), "centre": (0.02, 0.16), "gap": (0.0, 0.05)},
    ),
    "dash": (0.0, {"width": (0.6, 0.35), "height": (0.15, 0.1), "centre": (0.45, 0.2), "gap": (0.0, 0.05)}),
    "dirt": (-1.5, {"width": (0.2, 0.3), "height": (0.1, 0.15), "centre": (0.5, 0.5), "gap": (0.0, 0.05)}),
    "fragment": (-2.0, {"width": (0.5, 0.6), "height": (0.8, 0.5), "centre": (0.5, 0.5), "gap": (0.0, 0.3)}),
}


class ShapeScorer(nn.Module):
    """The segmenter's own score: log-probability of each kind of segment, from its geometry.

    A log-linear model in the features and their squares, so that a bell-shaped preference for each feature (the
    initial setting) is one point in its space, and the graph's gradient moves it from there.

    Attributes:
        weight: (kinds, 1 + 2 * features) parameters for constant, features and squared features.
    """

    def __init__(self) -> None:
        super().__init__()
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
        self.weight = nn.Parameter(weight)

    def forward(self, features: Tensor) -> Tensor:
        """Scores of the kinds.

        Args:
            features: (N, features), see `segment.segmentation.FEATURES`.

        Returns:
            (N, kinds) log-probabilities, nats.
        """
        columns = torch.cat([torch.ones_like(features[:, :1]), features, features.square()], dim=1)
        return F.log_softmax(F.linear(columns, self.weight), dim=1)


class Recognition(nn.Module):
    """Gives every segmentation arc one arc for each character it may be.

    The score of a digit is that of its shape plus the recogniser's log-probability of the class against all other
    classes and "no character"; that of a point, a dash or dirt is its shape's plus the one of "no character".
    """

    def __init__(self) -> None:
        super().__init__()
        self.shape = ShapeScorer()

    def scores(self, log_posteriors: Tensor, features: Tensor) -> Tensor:
        """Score of each character of `SAID` for each segment.

        Args:
            log_posteriors: (N, 11) of the recogniser: ten digits and "no character".
            features: (N, features) geometry.

        Returns:
            (N, 13) log scores, nats.
        """
        kinds = self.shape(features)
        digits = kinds[:, :1] + log_posteriors[:, :10]
        return torch.cat([digits, kinds[:, 1:4] + log_posteriors[:, 10:]], dim=1)

    def forward(self, segmentation: gtn.Graph, log_posteriors: Tensor, features: Tensor) -> gtn.Graph:
        """The interpretation graphs of a batch.

        Args:
            segmentation: batch of segmentation graphs with N arcs in all.
            log_posteriors: (N, 11), in the order of the arcs.
            features: (N, features), likewise.

        Returns:
            Acceptors over `docreader.labels.READ` with the same states; payloads are those of the segmentation's arcs.
        """
        return gtn.interpretation_graph(
            segmentation,
            self.scores(log_posteriors, features),
            [labels.INDEX[character] for character in SAID],
        )
