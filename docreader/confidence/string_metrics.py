"""Metrics of read strings: Levenshtein alignment, exact matches, character error rate (CER)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[str, str]
"""A true character and the one read for it; an empty string for a missing or an inserted one."""


@dataclass(frozen=True)
class StringMetrics:
    """Agreement of strings with the ground truth.

    Attributes:
        total: Number of strings.
        right: Number of strings without an error.
        characters: Number of true characters.
        confusion: Count of each pair of the alignments, sorted.
    """

    total: int
    right: int
    characters: int
    confusion: dict[Pair, int]

    @property
    def exact(self) -> float:
        """Fraction of strings without an error; 0 of none."""
        return self.right / self.total if self.total else 0.0

    @property
    def edits(self) -> int:
        """Number of substituted, missing and inserted characters."""
        return sum(count for (true, read), count in self.confusion.items() if true != read)

    @property
    def cer(self) -> float:
        """Edits divided by true characters; 0 of none."""
        return self.edits / self.characters if self.characters else 0.0


def string_metrics(truths: Sequence[str], answers: Sequence[str]) -> StringMetrics:
    """Compare strings with the ground truth.

    >>> found = string_metrics(["1200", "7"], ["120", "7"])
    >>> found.exact, found.edits, found.cer
    (0.5, 1, 0.2)
    """
    pairs = list(zip(truths, answers, strict=True))
    confusion = Counter(pair for truth, answer in pairs for pair in align(truth, answer))
    return StringMetrics(
        total=len(pairs),
        right=sum(truth == answer for truth, answer in pairs),
        characters=sum(map(len, truths)),
        confusion=dict(sorted(confusion.items())),
    )


def align(truth: str, answer: str) -> list[Pair]:
    """Align two strings by the fewest substitutions, insertions and deletions.

    From the end of the strings, alignments of equal cost are ranked: substitution, deletion, insertion.

    Returns:
        Pairs from left to right; those with different sides are the edits.

    >>> align("1200", "120")
    [('1', '1'), ('2', '2'), ('0', ''), ('0', '0')]
    """
    rows = [list(range(len(answer) + 1))]
    for i, true in enumerate(truth, start=1):
        row = [i]
        for j, read in enumerate(answer, start=1):
            row.append(min(rows[-1][j - 1] + (true != read), rows[-1][j] + 1, row[-1] + 1))
        rows.append(row)
    pairs: list[Pair] = []
    i, j = len(truth), len(answer)
    while i or j:
        cost = rows[i][j]
        if i and j and cost == rows[i - 1][j - 1] + (truth[i - 1] != answer[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((truth[i], answer[j]))
        elif i and cost == rows[i - 1][j] + 1:
            i -= 1
            pairs.append((truth[i], ""))
        else:
            j -= 1
            pairs.append(("", answer[j]))
    return pairs[::-1]
