"""Things of different sizes, taken a few at a time."""

from collections.abc import Iterator, Sequence


def groups(sizes: Sequence[int], most: int) -> Iterator[slice]:
    """Neighbors, as many at once as have `most` together, and one at least.

    Args:
        sizes: Of N things.
        most: Of a group together; a thing that has more stands alone.

    >>> list(groups([3, 4, 9, 1], 7))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    first = held = 0
    for number, size in enumerate(sizes):
        if number > first and held + size > most:
            yield slice(first, number)
            first, held = number, 0
        held += size
    if len(sizes):
        yield slice(first, len(sizes))
