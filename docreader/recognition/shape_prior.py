"""Shape prior of candidate segments: log-linear weights from the typical geometry of characters."""

import torch
from torch import Tensor

from models.segment_scorer import KINDS
from segment.oversegmentation.graph import FEATURES

# Per kind: log prior among candidates; per feature: mean and standard deviation. Set from the geometry of synthesized
# fields; global training refines them.
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


def shape_prior(sharpness: float = 1.0) -> Tensor:
    """Compute initial weights of `models.segment_scorer.SegmentScorer.shape` from typical geometry.

    Args:
        sharpness: Factor of the log-densities; less than 1 beside a recognizer that sees sizes itself.

    Returns:
        (kinds, 1 + 2 * features).
    """
    weight = torch.zeros(len(KINDS), 1 + 2 * len(FEATURES))
    for row, kind in enumerate(KINDS):
        prior, typical = _TYPICAL[kind]
        weight[row, 0] = prior
        for name, (mean, spread) in typical.items():
            column = 1 + FEATURES.index(name)
            # log-density of a normal distribution, term by term
            weight[row, 0] -= mean**2 / (2 * spread**2) + torch.log(torch.tensor(spread))
            weight[row, column] = mean / spread**2
            weight[row, column + len(FEATURES)] = -1 / (2 * spread**2)
    return sharpness * weight
