"""What users may pass as states, labels and scores, made into tensors."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from gtn.errors import GraphError

Ints = Sequence[int] | Tensor
Floats = Sequence[float] | Tensor


def weight_dtype(like: Tensor | None) -> torch.dtype:
    """The dtype of weights that are not given: that of the final weights, if those are."""
    return torch.float64 if like is not None and like.dtype == torch.float64 else torch.float32


def floats(values: Floats) -> Tensor:
    """Scores as float32 or float64; half precision is taken up to float32."""
    if not isinstance(values, Tensor):
        return torch.tensor(values, dtype=torch.float32)
    return values if values.dtype in (torch.float32, torch.float64) else values.float()


def ints(values: Ints, name: str, device: torch.device | None = None) -> Tensor:
    """Integers as an int64 tensor; on the device given, if they are a list."""
    if isinstance(values, Tensor):
        tensor = values
    else:
        tensor = torch.tensor(values, dtype=None if len(values) else torch.int64, device=device)
    if tensor.is_floating_point() or tensor.dtype == torch.bool:
        raise GraphError(f"{name} must hold integers, not {tensor.dtype}")
    return tensor.long()


def mark_states(states: int | Ints, num_states: int, name: str, device: torch.device) -> Tensor:
    """States given by number or by flags, as flags (S,)."""
    if isinstance(states, Tensor) and states.dtype == torch.bool:
        if states.shape != (num_states,):
            raise GraphError(f"{name} has shape {tuple(states.shape)}, expected ({num_states},)")
        return states
    index = ints([states] if isinstance(states, int) else states, name, device).to(device)
    if index.numel() and not 0 <= int(index.min()) <= int(index.max()) < num_states:
        raise GraphError(
            f"{name} names state {index.tolist()}, there are {num_states} (0 to {num_states - 1})"
        )
    marked = torch.zeros(num_states, dtype=torch.bool, device=device)
    marked[index] = True
    return marked
