"""How well a network reads labelled lines."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from docreader.evaluation.alignment import align
from docreader.sdnn import collate
from docreader.training.reader.criteria import join_latent, string_loss
from docreader.training.reader.strings import LabelledLine, spell
from models.sdnn import SDNN

BATCH = 64


@dataclass(frozen=True)
class Measured:
    """Figures of some lines.

    Attributes:
        loss: Mean of the criterion, nats for a string.
        exact: Fraction of strings that are read right in every character.
        cer: Wrong, missing and superfluous characters by the characters of the labels.
        read: What was read, by the best frame labels.
    """

    loss: float
    exact: float
    cer: float
    read: tuple[str, ...]


@torch.inference_mode()
def measure(network: SDNN, lines: Sequence[LabelledLine], criterion: str, device: torch.device) -> Measured:
    """Read lines with the best label of each frame, no grammar: what training looks at after each pass."""
    network.eval()
    order = sorted(range(len(lines)), key=lambda number: lines[number].picture.shape[2])
    read = [""] * len(lines)
    loss = 0.0
    for first in range(0, len(order), BATCH):
        chunk = order[first : first + BATCH]
        some = [lines[number] for number in chunk]
        pictures, lengths = collate([line.picture for line in some])
        scores = network(pictures.to(device)).cpu()
        targets, latent = spell(some, network.labels), [line.latent for line in some]
        loss += float(string_loss(scores, lengths, targets, latent, criterion).sum())
        for number, row, length in zip(chunk, scores, lengths.tolist(), strict=True):
            read[number] = best_frames(row[:length], network.labels, latent=lines[number].latent)
    pairs = [pair for text, line in zip(read, lines, strict=True) for pair in align(line.text, text)]
    wrong = sum(wanted != got for wanted, got in pairs)
    return Measured(
        loss / len(lines),
        sum(text == line.text for text, line in zip(read, lines, strict=True)) / len(lines),
        wrong / sum(len(line.target) for line in lines),
        tuple(read),
    )


def best_frames(scores: Tensor, characters: Sequence[str], *, latent: bool) -> str:
    """The string of the best label of each frame: repeats are one character.

    Args:
        scores: (T, C + 1), "no character" last.
        characters: the C labels, digits first.
        latent: digits alone are wanted.
    """
    found = (join_latent(scores, "forward") if latent else scores).argmax(-1).tolist()
    none = 10 if latent else len(characters)
    return "".join(
        characters[label]
        for number, label in enumerate(found)
        if label != none and (number == 0 or found[number - 1] != label)
    )
