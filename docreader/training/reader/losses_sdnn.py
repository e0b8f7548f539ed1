"""The four criteria of global training for score sequences (GBL98 sec. V and VI).

The graph of a line is its score sequence composed with the character model. Constrained to the right string it has the
penalty C_cforw (C_cvit of its best path), unconstrained C_forw (C_vit). Three facts keep this quick:

* Where a label does not transcribe separators, frames of points, fillers and "no character" are interchangeable: their
  scores are joined before the graph is made (the logarithm of the sum for forward, the maximum for Viterbi criteria).
* The scores of a frame are log-probabilities, and the character model takes every sequence of frames along one path: so
  C_forw is 0, and the forward criterion is the discriminative one.
* C_cforw is then the loss of connectionist temporal classification, for which torch has a fused kernel;
  `graph_loss` says the same by graphs, and a test compares them.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

import gtn
from docreader.decoding.alphabet import DIGITS

VITERBI = ("viterbi", "discriminative-viterbi")


def string_loss(
    scores: Tensor,
    lengths: Tensor,
    targets: Sequence[Sequence[int]],
    latent: Sequence[bool],
    criterion: str,
) -> Tensor:
    """Loss of each line.

    Args:
        scores: (B, T, C) log-probabilities, digits first and "no character" last.
        lengths: (B,) frames of each line.
        targets: B strings of labels below C - 1, each reachable.
        latent: whether separators are latent in each.
        criterion: one of `docreader.training.reader.recipe.CRITERIA`.

    Returns:
        (B,) nats.
    """
    quick = criterion not in VITERBI  # forward and discriminative forward are one, see above
    values = scores.new_zeros(len(targets))
    for choice in (True, False):
        chosen = [number for number, value in enumerate(latent) if value == choice]
        if not chosen:
            continue
        index = torch.tensor(chosen, device=scores.device)
        part = join_latent(scores[index], criterion) if choice else scores[index]
        strings = [list(targets[number]) for number in chosen]
        if quick:
            loss = _fused(part, lengths[chosen], strings)
        else:
            loss = graph_loss(part, lengths[chosen], strings, criterion)
        values = values.index_copy(0, index, loss)
    return values


def join_latent(scores: Tensor, criterion: str) -> Tensor:
    """Score sequences in which everything but digits is "no character".

    Args:
        scores: (B, T, C), digits first.
        criterion: Viterbi criteria take the best of what is joined, forward ones the sum.

    Returns:
        (B, T, 11).
    """
    rest = scores[..., len(DIGITS) :]
    joined = rest.amax(-1, keepdim=True) if criterion in VITERBI else rest.logsumexp(-1, keepdim=True)
    return torch.cat([scores[..., : len(DIGITS)], joined], -1)


def graph_loss(scores: Tensor, lengths: Tensor, targets: list[list[int]], criterion: str) -> Tensor:
    """Any of the four criteria by graphs.

    Args:
        scores: (B, T, C) log scores, "no character" last.
        lengths: (B,) frames of each line.
        targets: B strings of labels below C - 1.
        criterion: which.

    Returns:
        (B,) nats; infinite where no path says the target.
    """
    lengths = lengths.to(scores.device)
    right = gtn.nn.ctc_graph(targets, scores.shape[2] - 1, dtype=scores.dtype, device=scores.device)
    semiring = gtn.TropicalSemiring if criterion in VITERBI else gtn.LogSemiring
    loss = -gtn.frame_score(scores, right, lengths, semiring)
    if criterion.startswith("discriminative"):
        # The character model takes every sequence of frames: the frames alone are the unconstrained graph.
        loss = loss + gtn.forward_score(gtn.linear_graph(scores, lengths), semiring)
    return loss


def _fused(scores: Tensor, lengths: Tensor, targets: list[list[int]]) -> Tensor:
    flat = torch.tensor([label for target in targets for label in target], device=scores.device)
    sizes = torch.tensor([len(target) for target in targets])
    return F.ctc_loss(
        scores.transpose(0, 1), flat, lengths.cpu(), sizes, blank=scores.shape[2] - 1, reduction="none"
    )
