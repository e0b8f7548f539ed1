"""Ragged tensors: rows of different lengths laid end to end, with offsets."""

from __future__ import annotations

import torch
from torch import Tensor


def lengths_to_offsets(lengths: Tensor) -> Tensor:
    """Return the offsets (N + 1,) of rows with the lengths (N,)."""
    return torch.nn.functional.pad(lengths.cumsum(0), (1, 0))


def expand(offsets: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Enumerate the elements of some rows.

    Args:
        offsets: (N + 1,) offsets of the rows.
        rows: (R,) row numbers, in any order.

    Returns:
        (E,) for each element the position in ``rows`` of its row, and (E,) its own position.
    """
    begin = offsets[rows]
    count = offsets[rows + 1] - begin
    owner = torch.arange(rows.numel(), device=rows.device).repeat_interleave(count)
    before = count.cumsum(0) - count
    position = torch.arange(owner.numel(), device=rows.device) - (before - begin)[owner]
    return owner, position


def group(keys: Tensor, num: int) -> tuple[Tensor, Tensor]:
    """Group elements into rows by key, stably.

    Args:
        keys: (E,) int64, 0 <= key < num.
        num: Number of rows.

    Returns:
        (E,) the elements in the order of their rows, and the offsets (num + 1,) of the rows.
    """
    return keys.argsort(stable=True), lengths_to_offsets(torch.bincount(keys, minlength=num))


def distinct(values: Tensor) -> Tensor:
    """Return the distinct values, sorted."""
    result: Tensor = torch.unique_consecutive(values.sort().values)
    return result


def owners(offsets: Tensor, total: int) -> Tensor:
    """Return the row of each element, (total,)."""
    rows = torch.arange(offsets.numel() - 1, device=offsets.device)
    return rows.repeat_interleave(offsets.diff(), output_size=total)
