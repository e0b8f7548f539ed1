"""Conversion of user arguments (states, labels, scores, indices of a batch) to tensors."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import numpy as np
import torch
from torch import Tensor

from gtn.errors import BatchError, GraphError

Ints = Sequence[int] | Tensor
Floats = Sequence[float] | Tensor


def weight_dtype(like: Tensor | None) -> torch.dtype:
    """Return the dtype of weights that are not given: that of the final weights, if those are."""
    return torch.float64 if like is not None and like.dtype == torch.float64 else torch.float32


def floats(values: Floats) -> Tensor:
    """Convert scores to float32 or float64: half precision to float32, NumPy arrays keep their precision."""
    if isinstance(values, np.ndarray):
        values = torch.from_numpy(values)
    if not isinstance(values, Tensor):
        return torch.tensor(values, dtype=torch.float32)
    return values if values.dtype in (torch.float32, torch.float64) else values.float()


def ints(values: Ints, name: str, device: torch.device | None = None) -> Tensor:
    """Convert integers to an int64 tensor; a list goes to the device given."""
    if isinstance(values, Tensor):
        tensor = values
    else:
        tensor = torch.tensor(values, dtype=None if len(values) else torch.int64, device=device)
    if tensor.is_floating_point() or tensor.dtype == torch.bool:
        raise GraphError(f"{name} must hold integers, not {tensor.dtype}")
    return tensor.long()


def mark_states(states: int | Ints, num_states: int, name: str, device: torch.device) -> Tensor:
    """Convert states, given by number or by flags, to flags (S,) bool."""
    if isinstance(states, Tensor) and states.dtype == torch.bool:
        if states.shape != (num_states,):
            raise GraphError(f"{name} has shape {tuple(states.shape)}, expected ({num_states},)")
        return states
    index = _numbers(states, name, device)
    if index.numel() and not 0 <= int(index.min()) <= int(index.max()) < num_states:
        raise GraphError(
            f"{name} names state {index.tolist()}, there are {num_states} (0 to {num_states - 1})"
        )
    marked = torch.zeros(num_states, dtype=torch.bool, device=device)
    marked[index] = True
    return marked


def end_scores(final: int | Ints, final_weight: Floats | None, ends: Tensor, dtype: torch.dtype) -> Tensor:
    """Build the final weights (S,), -inf where a state is not final; differentiable.

    Args:
        final: The final states in the user's form.
        final_weight: A score for each state of ``final``, (S,) where that is a bool tensor; None is 0.
        ends: (S,) bool, the final states.
        dtype: Dtype of the weights.
    """
    scores = torch.full(ends.shape, -torch.inf, dtype=dtype, device=ends.device)
    if final_weight is None:
        return scores.masked_fill(ends, 0.0)
    value = floats(final_weight).to(device=ends.device, dtype=dtype)
    if isinstance(final, Tensor) and final.dtype == torch.bool:
        if value.shape != scores.shape:
            raise GraphError(f"final_weight has shape {tuple(value.shape)}, expected {tuple(scores.shape)}")
        return torch.where(ends, value, scores)
    if isinstance(final, AbstractSet):
        raise GraphError(
            "final is a set, which has no order; give a list, so that final_weight can follow it"
        )
    states = _numbers(final, "final", ends.device)
    if value.shape != states.shape:
        raise GraphError(f"final_weight has {value.numel()} scores for {states.numel()} final states")
    if states.numel() > int(ends.sum()):
        raise GraphError(f"final names a state twice, {states.tolist()[:20]}; each has one final weight")
    return scores.index_put((states,), value)


def item_numbers(index: int | slice | Sequence[int] | Tensor, size: int, device: torch.device) -> Tensor:
    """Convert an index of a batch to the numbers (N,) of its graphs.

    Negative numbers count from the end; flags (B,) select.

    Raises:
        IndexError: A single number is out of range.
        BatchError: One of several numbers is out of range, or the index is of another type.
    """
    if isinstance(index, slice):
        return torch.tensor(list(range(size)[index]), dtype=torch.int64, device=device)
    if isinstance(index, (int, np.integer)) and not isinstance(index, bool):
        number = int(index)
        if not -size <= number < size:
            raise IndexError(f"graph {number} of a batch of {size}")
        return torch.tensor([number % size], device=device)
    chosen = torch.as_tensor(index, device=device)
    if chosen.dtype == torch.bool and chosen.shape == (size,):
        return chosen.nonzero().flatten()
    if chosen.numel() == 0:
        return chosen.flatten().long()
    if chosen.ndim > 1 or chosen.is_floating_point() or chosen.dtype == torch.bool:
        raise BatchError(
            f"an index is a number, a slice, numbers (N,) or flags ({size},); not {tuple(chosen.shape)} {chosen.dtype}"
        )
    chosen = chosen.flatten().long()
    if not -size <= int(chosen.min()) <= int(chosen.max()) < size:
        raise BatchError(f"graphs {chosen.tolist()[:20]} of a batch of {size}")
    return torch.where(chosen < 0, chosen + size, chosen)


def _numbers(states: int | Ints, name: str, device: torch.device) -> Tensor:
    if isinstance(states, (int, np.integer)):
        return torch.tensor([int(states)], device=device)
    return ints(sorted(states) if isinstance(states, AbstractSet) else states, name, device).to(device)
