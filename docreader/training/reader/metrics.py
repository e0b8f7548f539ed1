"""How well a network reads labeled strings."""

from collections.abc import Sequence
from dataclasses import dataclass

from docreader.evaluation.alignment import align
from docreader.training.reader.dataset import Example, spelled


@dataclass(frozen=True)
class Measured:
    """Figures of some strings.

    Attributes:
        loss: Mean of the criterion, nats for a string.
        exact: Fraction of strings that are read right in every character.
        cer: Wrong, missing and superfluous characters by the characters of the labels.
        read: What was read.
    """

    loss: float
    exact: float
    cer: float
    read: tuple[str, ...]


def judge(loss: float, read: Sequence[str], examples: Sequence[Example]) -> Measured:
    """The figures of what was read.

    Args:
        loss: Sum over all strings.
        read: What was read of each.
        examples: What stands there.
    """
    texts = [spelled(example.target) for example in examples]
    pairs = [pair for text, got in zip(texts, read, strict=True) for pair in align(text, got)]
    wrong = sum(wanted != got for wanted, got in pairs)
    return Measured(
        loss / len(texts),
        sum(text == got for text, got in zip(texts, read, strict=True)) / len(texts),
        wrong / sum(map(len, texts)),
        tuple(read),
    )
