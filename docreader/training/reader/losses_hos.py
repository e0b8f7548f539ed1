"""Training losses of interpretation graphs (GBL98 sec. V and VI).

A transcription has neither the positions of the characters nor all that is written. A path through the interpretation
graph is correct if it accepts the transcription with dirt, and without transcribed separators with any separators and
fillers, at any position. Of an image without a clean amount, all paths with a segment of `alphabet.OTHER` are correct.
"""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor

import gtn
from docreader.decoding import alphabet
from docreader.training.reader.examples_hos import LabeledSegmentation, SegmentSet
from docreader.training.reader.transcription import SPOILED
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

OTHER = len(alphabet.DIGITS)
"""Label of arcs of separators, fillers and dirt, where separators are not transcribed."""


def segment_loss(
    examples: Sequence[LabeledSegmentation],
    segments: Sequence[SegmentSet],
    scores: Tensor,
    classes: Sequence[str],
    criterion: str,
) -> Tensor:
    """Compute the loss of each image.

    Args:
        examples: B images.
        segments: One variant of each, N segments in all.
        scores: (N, len(classes)) log scores of the segments.
        classes: Characters of the scores.
        criterion: One of `docreader.training.reader.recipe.CRITERIA`.

    Returns:
        (B,) nats.
    """
    values = scores.new_zeros(len(examples))
    for digits_only, chosen, part in _by_transcription(examples, segments, scores):
        graph = gtn.batch([segments[number].graph for number in chosen])
        targets = [target_graph(examples[number].target, digits_only) for number in chosen]
        loss = path_loss(graph, part, classes, targets, digits_only, criterion)
        values = values.index_add(0, torch.tensor(chosen), loss)
    return values


def best_texts(
    examples: Sequence[LabeledSegmentation],
    segments: Sequence[SegmentSet],
    scores: Tensor,
    classes: Sequence[str],
) -> list[str]:
    """Decode the best path of each image: digits alone where separators are not transcribed, else all but dirt."""
    texts = [""] * len(examples)
    for digits_only, chosen, part in _by_transcription(examples, segments, scores):
        graph = gtn.batch([segments[number].graph for number in chosen])
        best = gtn.viterbi_path(interpretation_graphs(graph, part, classes, digits_only, "viterbi"))
        silent = OTHER if digits_only else alphabet.INDEX[alphabet.NON_CHARACTER]
        offsets, labels = best.arc_offset.tolist(), best.ilabel.tolist()
        for index, number in enumerate(chosen):
            path = labels[offsets[index] : offsets[index + 1]]
            text = alphabet.decode(label for label in path if label != silent)
            spoiled = examples[number].target == SPOILED and alphabet.OTHER in text
            texts[number] = alphabet.OTHER if spoiled else text
    return texts


def _by_transcription(
    examples: Sequence[LabeledSegmentation], segments: Sequence[SegmentSet], scores: Tensor
) -> list[tuple[bool, list[int], Tensor]]:
    """Group images by `digits_only`; return it, the numbers of the images, and the scores of their segments."""
    parts = torch.split(scores, [len(some.images) for some in segments])
    found = []
    for digits_only in (True, False):
        chosen = [number for number, example in enumerate(examples) if example.digits_only == digits_only]
        if chosen:
            found.append((digits_only, chosen, torch.cat([parts[number] for number in chosen])))
    return found


def path_loss(
    segmentation: gtn.Graph,
    scores: Tensor,
    classes: Sequence[str],
    targets: Sequence[gtn.Graph],
    digits_only: bool,
    criterion: str,
) -> Tensor:
    """Compute the loss of each image of a batch with one kind of transcription.

    Args:
        segmentation: Batch of B segmentation graphs with N arcs in all.
        scores: (N, len(classes)) log scores, in the order of the arcs.
        classes: Characters of the scores, digits first and dirt last.
        targets: Acceptor of each transcription, see `target_graph`.
        digits_only: Whether separators and fillers are not transcribed.
        criterion: One of `docreader.training.reader.recipe.CRITERIA`.

    Returns:
        (B,) nats; infinite if no path accepts the transcription.
    """
    right = gtn.batch(list(targets)).to(device=scores.device, dtype=scores.dtype)
    loss: Tensor = LOSSES[criterion](
        interpretation_graphs(segmentation, scores, classes, digits_only, criterion), right, reduction="none"
    )
    return loss


def interpretation_graphs(
    segmentation: gtn.Graph, scores: Tensor, classes: Sequence[str], digits_only: bool, criterion: str
) -> gtn.Graph:
    """Build interpretation graphs; with `digits_only`, separators, fillers and dirt are joined to `OTHER`."""
    if digits_only:
        rest = [number for number, name in enumerate(classes) if number >= OTHER and name != alphabet.OTHER]
        spoiled = [number for number, name in enumerate(classes) if name == alphabet.OTHER]
        joined = scores[:, rest].logsumexp(1) if "forward" in criterion else scores[:, rest].amax(1)
        # other ink keeps a label that no transcription has
        return gtn.interpretation_graph(
            segmentation, torch.cat([scores[:, :OTHER], joined[:, None], scores[:, spoiled]], 1)
        )
    return gtn.interpretation_graph(
        segmentation, scores, [alphabet.INDEX[character] for character in classes]
    )


@lru_cache(maxsize=1 << 15)
def target_graph(target: tuple[int, ...], digits_only: bool) -> gtn.Graph:
    """Build the acceptor of a transcription, with dirt or other characters at any position.

    The graphs are cached: to build them took more than half of a step's time on graphs.

    Args:
        target: Numbers of characters in `alphabet.CHARACTERS`.
        digits_only: Whether separators and fillers are not transcribed.
    """
    if target == SPOILED:
        return _spoiled_graph()
    count = len(target)
    between = OTHER if digits_only else alphabet.INDEX[alphabet.NON_CHARACTER]
    states = list(range(count + 1))
    with torch.inference_mode(False):  # cached and later used under autograd: never an inference tensor
        return gtn.Graph.from_arcs(
            [*states[:-1], *states],
            [*states[1:], *states],
            [*target, *[between] * (count + 1)],
            num_states=count + 1,
            start=0,
            final=count,
        )


def _spoiled_graph() -> gtn.Graph:
    """Build the acceptor of the paths with a segment of `alphabet.OTHER`, along one path each."""
    other = alphabet.INDEX[alphabet.OTHER]
    every = range(len(alphabet.INPUT_SYMBOLS))
    arcs = [(0, 0, label) for label in every if label != other] + [(0, 1, other)]
    source, target, label = zip(*arcs, *((1, 1, label) for label in every), strict=True)
    with torch.inference_mode(False):
        return gtn.Graph.from_arcs(list(source), list(target), list(label), num_states=2, start=0, final=1)
