"""Compute device by name."""

import torch

from docreader.errors import ConfigurationError


def find_device(name: str) -> torch.device:
    """Return the device of a name.

    Args:
        name: 'cpu', 'cuda', 'cuda:1', ...; 'auto' is CUDA where available.

    Raises:
        ConfigurationError: This machine has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise ConfigurationError(
            f"device {name!r} cannot be used ({reason}): give auto, cpu, cuda or cuda:N",
            "device",
        ) from error
    return device
