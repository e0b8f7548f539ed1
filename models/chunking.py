"""Greedy chunking of a sequence under a size limit."""

from collections.abc import Iterator, Sequence


def chunk_by_size(sizes: Sequence[int], limit: int) -> Iterator[slice]:
    """Partition a sequence into runs of consecutive items whose sizes sum to at most a limit.

    Args:
        sizes: Sizes of N items.
        limit: Greatest total size of a chunk; an item above it is a chunk of its own.

    >>> list(chunk_by_size([3, 4, 9, 1], 7))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    first = total = 0
    for number, size in enumerate(sizes):
        if number > first and total + size > limit:
            yield slice(first, number)
            first, total = number, 0
        total += size
    if len(sizes):
        yield slice(first, len(sizes))
