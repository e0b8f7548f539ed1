"""Losses of the field locator: the negative forward score of the branches, and those of edges, kinds and page."""

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.locator.recipe import LocatorRecipe
from docreader.training.locator.targets import IGNORED, UNREAD, Batch
from models.field_locator import KINDS, PageMap

_KIND_WEIGHTS = {"scene": 0.5, "background": 0.5, "amount": 3.0, "stamp": 1.5}
"""Weights of kinds other than 1: ground is frequent, the amount is what is searched."""


_VOID = 3.0
"""Further weight of a void check: one in ten is."""


def place_loss(maps: PageMap, batch: Batch) -> Tensor:
    """Compute the mean of -log sum_k p(place k) P(label | place k), nats.

    That is the forward score of the interpretation graph with the candidates as branches (GBL98 sec. X), the lattice of
    each composed with the label. A labeled box is a candidate with P = 1; without boxes, P is what a recognizer reads.

    Args:
        maps: Outputs of the network.
        batch: Targets.
    """
    scores = torch.logsumexp(maps.log_field() + batch.likelihood, 1)
    located = batch.located.to(scores.dtype)
    return -(scores * located).sum() / located.sum().clamp_min(1)


def edge_loss(maps: PageMap, batch: Batch) -> Tensor:
    """Compute the mean of -log IoU of the regressed fields, over the cells of candidates weighed by what they read."""
    weight = batch.likelihood[:, :-1].exp() * batch.located[:, None]
    weight = torch.where(batch.likelihood[:, :-1] > UNREAD + 1, weight, 0.0)
    boxes, wanted = maps.boxes().flatten(2), batch.edges.flatten(2)
    low, high, wanted_low, wanted_high = boxes[:, :2], boxes[:, 2:], wanted[:, :2], wanted[:, 2:]
    shared = (torch.minimum(high, wanted_high) - torch.maximum(low, wanted_low)).clamp_min(1e-3).prod(1)
    areas = [(b - a).clamp_min(1e-3).prod(1) for a, b in ((low, high), (wanted_low, wanted_high))]
    iou = shared / (areas[0] + areas[1] - shared).clamp_min(1e-6)
    of_page = weight.sum(1)
    by_page = -(weight * iou.clamp(1e-4, 1).log()).sum(1) / of_page.clamp_min(1e-6)
    return torch.as_tensor(by_page.sum() / (of_page > 1e-3).sum().clamp_min(1))


def kind_loss(maps: PageMap, batch: Batch) -> Tensor:
    """Compute the mean cross-entropy of the known cells' kinds, nats."""
    weights = torch.tensor([_KIND_WEIGHTS.get(kind, 1.0) for kind in KINDS], device=maps.kinds.device)
    # cells of checks that are not upright are trained, too: where the check is must be known before it is turned
    total = F.cross_entropy(maps.kinds, batch.kinds, weights, ignore_index=IGNORED, reduction="sum")
    known = weights[batch.kinds[batch.kinds != IGNORED]].sum()
    return total / known.clamp_min(1)


def page_loss(maps: PageMap, batch: Batch) -> Tensor:
    """Compute the sum of the cross-entropies of orientation, check, and void."""
    known = (batch.orientation != IGNORED).sum().clamp_min(1)
    turns = (
        F.cross_entropy(maps.orientation, batch.orientation, ignore_index=IGNORED, reduction="sum") / known
    )
    check = F.binary_cross_entropy_with_logits(maps.check, batch.check)
    void = F.binary_cross_entropy_with_logits(maps.void, batch.void, batch.check * (1 + _VOID * batch.void))
    return turns + check + void


def total_loss(maps: PageMap, batch: Batch, recipe: LocatorRecipe) -> Tensor:
    """Compute the weighted sum of all losses."""
    return (
        place_loss(maps, batch)
        + recipe.edges * edge_loss(maps, batch)
        + recipe.kinds * kind_loss(maps, batch)
        + recipe.page * page_loss(maps, batch)
    )


@torch.no_grad()
def count_misses(maps: PageMap, batch: Batch) -> Tensor:
    """Count the pages whose likeliest cell, or nowhere, is not of a candidate that reads the amount."""
    best = maps.log_field().argmax(1, keepdim=True)
    hit = batch.likelihood.gather(1, best)[:, 0] > -1.0
    return (~hit & batch.located).sum()
