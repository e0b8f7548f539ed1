"""Training losses of score sequences (GBL98 sec. V and VI).

The graph of a line is its score sequence composed with the character model. Constrained to the transcription it has the
penalty C_cforw (C_cvit of its best path), unconstrained C_forw (C_vit). Three facts save time:

* Without transcribed separators, time steps of separators, fillers and the blank are interchangeable. Their scores are
  joined before the graph is built (log-sum-exp for forward, maximum for Viterbi criteria).
* The scores of a time step are log-probabilities, and the character model accepts every sequence along one path. So
  C_forw is 0, and the forward criterion equals the discriminative one.
* C_cforw is then the loss of connectionist temporal classification (CTC), for which torch has a fused kernel. A test
  compares it with `graph_loss`.

A line without a clean amount has the transcription `transcription.SPOILED`. Correct are all paths with a time step of
`alphabet.OTHER`, anywhere: a branch beside the amounts, whose posterior is computed in closed form.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

import gtn
from docreader.decoding.alphabet import DIGITS, OTHER
from docreader.training.reader.augmentation.recombination import CharacterRun
from docreader.training.reader.examples_sdnn import LabeledLineImage

VITERBI = ("viterbi", "discriminative-viterbi")

_SMALLEST = 1e-6
"""Smallest probability of the branch of spoiled lines: it bounds the gradient of a line taken for an amount."""


def line_loss(
    scores: Tensor,
    lengths: Tensor,
    targets: Sequence[Sequence[int]],
    digits_only: Sequence[bool],
    criterion: str,
    classes: Sequence[str] = (),
    spoiled: Sequence[bool] = (),
) -> Tensor:
    """Compute the loss of each line.

    Args:
        scores: (B, T, C) log-probabilities, digits first and the blank last.
        lengths: (B,) time steps of each line.
        targets: B transcriptions of classes below C - 1, each reachable.
        digits_only: Whether separators are not transcribed, for each line.
        criterion: One of `docreader.training.reader.recipe.CRITERIA`.
        classes: Characters of the C - 1 classes; may be empty if no line is spoiled and none of them is OTHER.
        spoiled: Whether a line has no clean amount, for each line; empty for none.

    Returns:
        (B,) nats.
    """
    fused = criterion not in VITERBI
    values = scores.new_zeros(len(targets))
    none = spoiled or [False] * len(targets)
    if any(none):
        index = torch.tensor([number for number, value in enumerate(none) if value], device=scores.device)
        loss = spoiled_loss(scores[index][..., list(classes).index(OTHER)], lengths[index.cpu()])
        values = values.index_copy(0, index, loss)
    for choice in (True, False):
        chosen = [n for n, value in enumerate(digits_only) if value == choice and not none[n]]
        if not chosen:
            continue
        index = torch.tensor(chosen, device=scores.device)
        part = join_other_classes(scores[index], criterion, classes) if choice else scores[index]
        strings = [list(targets[number]) for number in chosen]
        if fused:
            loss = _ctc_loss(part, lengths[chosen], strings)
        else:
            loss = graph_loss(part, lengths[chosen], strings, criterion)
        values = values.index_copy(0, index, loss)
    return values


def spoiled_loss(scores: Tensor, lengths: Tensor) -> Tensor:
    """Compute -log P(some time step is `alphabet.OTHER`) of each line.

    Args:
        scores: (B, T) log-probabilities of the class.
        lengths: (B,) time steps of each line.

    Returns:
        (B,) nats.
    """
    within = torch.arange(scores.shape[1], device=scores.device) < lengths.to(scores.device)[:, None]
    without = torch.log1p(-scores.exp().clamp(max=1 - _SMALLEST)).masked_fill(~within, 0.0).sum(1)
    return -torch.log(-torch.expm1(without) + _SMALLEST)


def join_other_classes(scores: Tensor, criterion: str, classes: Sequence[str] = ()) -> Tensor:
    """Join the classes of separators and fillers to the blank; that of other ink is no part of an amount.

    The joined scores of a time step remain a distribution, as torch's kernel takes for granted.

    Args:
        scores: (B, T, C), digits first.
        criterion: Viterbi criteria take the maximum of the joined scores, forward criteria the log-sum-exp.
        classes: Characters of the C - 1 classes; empty for none of other ink.

    Returns:
        (B, T, 11): digits and blank, or (B, T, 12) with other ink between them.
    """
    other = [number for number, character in enumerate(classes) if character == OTHER]
    rest = scores[..., [n for n in range(len(DIGITS), scores.shape[-1]) if n not in other]]
    joined = rest.amax(-1, keepdim=True) if criterion in VITERBI else rest.logsumexp(-1, keepdim=True)
    return torch.cat([scores[..., : len(DIGITS)], scores[..., other], joined], -1)


def graph_loss(scores: Tensor, lengths: Tensor, targets: list[list[int]], criterion: str) -> Tensor:
    """Compute any of the four criteria by graphs.

    Args:
        scores: (B, T, C) log scores, the blank last.
        lengths: (B,) time steps of each line.
        targets: B transcriptions of classes below C - 1.
        criterion: One of `docreader.training.reader.recipe.CRITERIA`.

    Returns:
        (B,) nats; infinite if no path accepts the transcription.
    """
    lengths = lengths.to(scores.device)
    right = gtn.nn.ctc_graph(targets, scores.shape[2] - 1, dtype=scores.dtype, device=scores.device)
    semiring = gtn.TropicalSemiring if criterion in VITERBI else gtn.LogSemiring
    loss = -gtn.frame_score(scores, right, lengths, semiring)
    if criterion.startswith("discriminative"):
        # the character model accepts every sequence: the scores alone are the unconstrained graph
        loss = loss + gtn.forward_score(gtn.linear_graph(scores, lengths), semiring)
    return loss


def _ctc_loss(scores: Tensor, lengths: Tensor, targets: list[list[int]]) -> Tensor:
    flat = torch.tensor([label for target in targets for label in target], device=scores.device)
    sizes = torch.tensor([len(target) for target in targets])
    return F.ctc_loss(
        scores.transpose(0, 1), flat, lengths.cpu(), sizes, blank=scores.shape[2] - 1, reduction="none"
    )


def greedy_runs(
    scores: Tensor, lengths: Tensor, lines: Sequence[LabeledLineImage], characters: Sequence[str]
) -> list[list[CharacterRun]]:
    """Decode the best class of each time step; repeats are one run.

    Args:
        scores: (B, T, C + 1), the blank last.
        lengths: (B,) time steps of each line.
        lines: B lines; those without transcribed separators are decoded to digits alone.
        characters: Characters of the C classes, digits first.
    """
    blank = len(characters)
    joined = join_other_classes(scores, "forward", characters)
    names = torch.tensor([*range(len(DIGITS)), *(n for n, c in enumerate(characters) if c == OTHER), blank])
    digits = names.to(scores.device)[joined.argmax(-1)]
    digits_only = torch.tensor([line.digits_only for line in lines], device=scores.device)
    best = torch.where(digits_only[:, None], digits, scores.argmax(-1)).tolist()
    return [
        _runs(row[:length], blank, characters) for row, length in zip(best, lengths.tolist(), strict=True)
    ]


def _runs(row: list[int], blank: int, characters: Sequence[str]) -> list[CharacterRun]:
    runs: list[CharacterRun] = []
    for step, label in enumerate(row):
        if label == blank:
            continue
        if step and row[step - 1] == label:
            runs[-1] = (*runs[-1][:2], step)
        else:
            runs.append((characters[label], step, step))
    return runs


def collapse(lines: Sequence[Sequence[CharacterRun]]) -> list[str]:
    """Return the strings of runs."""
    return ["".join(character for character, _, _ in runs) for runs in lines]
