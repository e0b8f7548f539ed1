"""EMA and checkpoints of the trainers that do not use `docreader.training.common.fit` yet."""

import copy
import json
from pathlib import Path
from typing import Any, Generic, TypeVar

import safetensors
import safetensors.torch
import torch
from torch import nn

from docreader.training.common.checkpoint import Progress, _differences, _with_prefix
from docreader.training.common.errors import CheckpointError
from models.safetensors_io import write_atomically

SCHEMA = "docreader-checkpoint-1"

Network = TypeVar("Network", bound=nn.Module)


class EMA(nn.Module, Generic[Network]):
    """A network and the exponential mean of its weights, kept and saved together.

    Args:
        module: The network that is trained.
        decay: Share of the mean that stays at each step; 0 makes the mean the network itself.
    """

    def __init__(self, module: Network, decay: float) -> None:
        super().__init__()
        self.module: Network = module
        self.decay = decay
        self.mean: Network = copy.deepcopy(module) if decay else module

    def update(self, step: int) -> None:
        """Take a step of the network into the mean.

        Args:
            step: Its number in the whole run, from 0: the mean of few steps forgets the initial weights soon.
        """
        if not self.decay:
            return
        decay = min(self.decay, (1 + step) / (10 + step))
        with torch.no_grad():
            for mean, own in zip(
                self.mean.state_dict().values(), self.module.state_dict().values(), strict=True
            ):
                if mean.is_floating_point():
                    mean.lerp_(own, 1 - decay)
                else:
                    mean.copy_(own)


def save_checkpoint(
    path: Path,
    module: nn.Module,
    optimizer: torch.optim.Optimizer,
    progress: Progress,
    identity: dict[str, Any],
) -> None:
    """Write a checkpoint; a crash leaves the one before.

    Args:
        path: Where to.
        module: The network.
        optimizer: Adam or another whose state is tensors.
        progress: Where the run stands.
        identity: What must be equal for a run to be continued: recipe and hash of the data, JSON values.
    """
    tensors = {f"module.{name}": t.detach().cpu() for name, t in module.state_dict().items()}
    tensors |= {f"best.{name}": t.detach().cpu() for name, t in progress.best.items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(t).cpu() for name, t in state.items()}
    header = {
        "format": SCHEMA,
        "identity": json.dumps(identity, sort_keys=True),
        "progress": json.dumps(
            {"epoch": progress.epoch, "history": progress.history, "best_epoch": progress.best_epoch}
        ),
    }
    tensors = {name: t.clone().contiguous() for name, t in tensors.items()}
    write_atomically(path, safetensors.torch.save(tensors, header))


def load_checkpoint(
    path: Path, module: nn.Module, optimizer: torch.optim.Optimizer, identity: dict[str, Any]
) -> Progress:
    """Put a checkpoint's state into a network and its optimizer.

    Args:
        path: The file.
        module: The network, of the same form.
        optimizer: Its optimizer, of the same form.
        identity: Recipe and data of this run.

    Returns:
        Where the run stood.

    Raises:
        CheckpointError: There is none, it is damaged, or it is of a run with another recipe or other data.
    """
    try:
        with safetensors.safe_open(path, "pt") as stream:
            header = stream.metadata() or {}
            tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
        if header.get("format") != SCHEMA:
            raise CheckpointError(f"{path} is no checkpoint of docreader: start anew without --resume")
        saved, state = json.loads(header["identity"]), json.loads(header["progress"])
        differing = _differences(saved, identity)
        if differing:
            raise CheckpointError(
                f"{path} is of another run; it differs in {', '.join(differing)}: give the same options and "
                "data, or start anew without --resume"
            )
        module.load_state_dict(_with_prefix(tensors, "module."))
        wanted = optimizer.state_dict()
        wanted["state"] = {}
        for name, tensor in _with_prefix(tensors, "optimizer.").items():
            index, _, key = name.partition(".")
            wanted["state"].setdefault(int(index), {})[key] = tensor
        optimizer.load_state_dict(wanted)
        return Progress(
            epoch=int(state["epoch"]),
            history=list(state["history"]),
            best=_with_prefix(tensors, "best."),
            best_epoch=int(state["best_epoch"]),
        )
    except FileNotFoundError as error:
        raise CheckpointError(f"there is no checkpoint {path}: start without --resume") from error
    except (OSError, safetensors.SafetensorError, KeyError, TypeError, RuntimeError) as error:
        raise CheckpointError(f"{path} is damaged ({error!s:.120}): start anew without --resume") from error


def same_recipe(recipe: Any, data: str, device: str) -> dict[str, Any]:
    """The identity of a run: its recipe, the hash of its data, its device."""
    identity: dict[str, Any] = json.loads(
        json.dumps({"recipe": recipe.to_json(), "data": data, "device": device})
    )
    return identity
