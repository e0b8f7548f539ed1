"""Weights that a network takes over from another of its form."""

from torch import nn

from docreader.training.common.errors import TrainingError


def take_over(network: nn.Module, init: nn.Module) -> None:
    """Put the weights of one network into another.

    Args:
        network: It gets them.
        init: It has them, and stays as it is.

    Raises:
        TrainingError: The forms differ.
    """
    if type(init) is not type(network) or init.config != network.config:
        form = getattr(init, "config", type(init).__name__)
        raise TrainingError(f"the network to begin with has another form: {form}, not {network.config}")
    network.load_state_dict(init.state_dict())
