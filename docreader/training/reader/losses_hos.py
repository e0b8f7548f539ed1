"""The four criteria of global training for interpretation graphs (GBL98 sec. V and VI).

A string label says nothing of where its characters stand, nor what else is written: among all paths through the
interpretation graph of a field, those are right that say the label with dirt, and where separators are not transcribed
any separators and fillers, anywhere between.
"""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

import gtn
from docreader.decoding import alphabet
from gtn.nn import (
    discriminative_forward_loss,
    discriminative_viterbi_loss,
    forward_loss,
    viterbi_loss,
)

LOSSES = {
    "viterbi": viterbi_loss,
    "discriminative-viterbi": discriminative_viterbi_loss,
    "forward": forward_loss,
    "discriminative-forward": discriminative_forward_loss,
}

REST = len(alphabet.DIGITS)
"""Label of an arc that says no digit, where what it says does not matter."""


def path_loss(
    segmentation: gtn.Graph,
    scores: Tensor,
    said: Sequence[str],
    targets: Sequence[gtn.Graph],
    latent: bool,
    criterion: str,
) -> Tensor:
    """Loss of each field of a batch whose labels are all of one sort.

    Args:
        segmentation: batch of B segmentation graphs with N arcs in all.
        scores: (N, len(classes)) log scores, in the order of the arcs.
        said: the characters of the scores, digits first and dirt last.
        targets: an acceptor for each, see `target_graph`.
        latent: whether separators and fillers are latent.
        criterion: one of `docreader.training.reader.recipe.CRITERIA`.

    Returns:
        (B,) nats; infinite where no path says the label.
    """
    right = gtn.batch(list(targets)).to(device=scores.device, dtype=scores.dtype)
    loss: Tensor = LOSSES[criterion](
        scored(segmentation, scores, said, latent, criterion), right, reduction="none"
    )
    return loss


def scored(
    segmentation: gtn.Graph, scores: Tensor, said: Sequence[str], latent: bool, criterion: str
) -> gtn.Graph:
    """Interpretation graphs; where separators are latent, all that is no digit is one label, `REST`."""
    if latent:
        rest = scores[:, REST:]
        joined = rest.logsumexp(1) if "forward" in criterion else rest.amax(1)
        return gtn.interpretation_graph(segmentation, torch.cat([scores[:, :REST], joined[:, None]], 1))
    return gtn.interpretation_graph(segmentation, scores, [alphabet.INDEX[character] for character in said])


@lru_cache(maxsize=1 << 15)
def target_graph(target: tuple[int, ...], latent: bool) -> gtn.Graph:
    """What the paths of a field may say: its label, with anything of no account between.

    Graphs are kept: every pass asks for the same ones, and to make them took more than half of a step's time on graphs.

    Args:
        target: numbers of characters in `alphabet.CHARACTERS`.
        latent: whether separators and fillers are latent, and only digits in the label.
    """
    count = len(target)
    between = REST if latent else alphabet.INDEX[alphabet.NON_CHARACTER]
    states = list(range(count + 1))
    with torch.inference_mode(False):  # whoever asks first, others train with it
        return gtn.Graph.from_arcs(
            [*states[:-1], *states],
            [*states[1:], *states],
            [*target, *[between] * (count + 1)],
            num_states=count + 1,
            start=0,
            final=count,
        )
