"""How well a network reads labeled strings."""

from collections.abc import Sequence
from dataclasses import dataclass

from docreader.confidence.string_metrics import string_metrics
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
    strings = string_metrics([spelled(example.target) for example in examples], read)
    return Measured(loss / len(examples), strings.exact, strings.cer, tuple(read))
