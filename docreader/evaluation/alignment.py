"""Levenshtein distance with its alignment: which character was read as which."""

Pair = tuple[str, str]
"""A character of the truth and what was read for it; an empty string on the side that has none."""


def align(truth: str, answer: str) -> list[Pair]:
    """Align two strings by as few substitutions, insertions and deletions as possible.

    Among alignments of the same cost substitutions are preferred, then deletions (a character of the truth
    was missed), looked at from the end.

    Returns:
        The pairs from left to right; those whose sides differ are the edits.

    >>> align("1200", "120")
    [('1', '1'), ('2', '2'), ('0', ''), ('0', '0')]
    """
    rows = [list(range(len(answer) + 1))]
    for i, wanted in enumerate(truth, start=1):
        row = [i]
        for j, read in enumerate(answer, start=1):
            row.append(min(rows[-1][j - 1] + (wanted != read), rows[-1][j] + 1, row[-1] + 1))
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


def distance(truth: str, answer: str) -> int:
    """Number of edits between two strings.

    >>> distance("kitten", "sitting")
    3
    """
    return sum(wanted != read for wanted, read in align(truth, answer))
