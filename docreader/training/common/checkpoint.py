"""Checkpoints: the complete state of a training run, in one file without pickle."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LRScheduler

from docreader.training.common.errors import CheckpointError
from models.safetensors_io import write_atomically

SCHEMA = "docreader-checkpoint-2"


@dataclass
class Progress:
    """Progress of a run.

    Attributes:
        epoch: Finished epochs.
        history: Figures of each epoch.
        best: Weights of the best epoch, by name.
        best_epoch: Number of the best epoch, from 1; 0 if there is none.
    """

    epoch: int = 0
    history: list[dict[str, float]] = field(default_factory=list)
    best: dict[str, Tensor] = field(default_factory=dict)
    best_epoch: int = 0


@dataclass(frozen=True)
class TrainingState:
    """Objects that a checkpoint saves and restores.

    Attributes:
        modules: Network, and its EMA if there is one, by name.
        optimizer: Optimizer whose state consists of tensors.
        scheduler: Learning-rate schedule whose state consists of JSON values.
        identity: JSON values that must be equal for a run to be resumed: recipe, hash of the data, device.
    """

    modules: Mapping[str, nn.Module]
    optimizer: torch.optim.Optimizer
    scheduler: LRScheduler
    identity: Mapping[str, Any]

    def save(self, path: Path, progress: Progress) -> None:
        """Write a checkpoint atomically.

        Args:
            path: File to write.
            progress: Progress of the run.
        """
        tensors = {
            f"{prefix}.{name}": tensor
            for prefix, module in self.modules.items()
            for name, tensor in module.state_dict().items()
        }
        tensors |= {f"best.{name}": tensor for name, tensor in progress.best.items()}
        for index, state in self.optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in state.items()}
        header = {
            "format": SCHEMA,
            "identity": json.dumps(self.identity, sort_keys=True),
            "scheduler": json.dumps(self.scheduler.state_dict()),
            "progress": json.dumps(
                {"epoch": progress.epoch, "history": progress.history, "best_epoch": progress.best_epoch}
            ),
        }
        tensors = {name: tensor.detach().cpu().clone().contiguous() for name, tensor in tensors.items()}
        write_atomically(path, safetensors.torch.save(tensors, header))

    def load(self, path: Path) -> Progress:
        """Restore the state of a checkpoint in place.

        Args:
            path: Checkpoint file.

        Returns:
            Progress of the run.

        Raises:
            CheckpointError: The file is missing, damaged or of a run with another recipe or other data.
        """
        try:
            with safetensors.safe_open(path, "pt") as stream:
                header = stream.metadata() or {}
                tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
            if header.get("format") != SCHEMA:
                raise CheckpointError(
                    f"{path} is not a checkpoint of this version: start again without --resume"
                )
            self._check_identity(path, json.loads(header["identity"]))
            for prefix, module in self.modules.items():
                module.load_state_dict(_with_prefix(tensors, f"{prefix}."))
            self._load_optimizer(_with_prefix(tensors, "optimizer."), json.loads(header["scheduler"]))
            progress = json.loads(header["progress"])
            return Progress(best=_with_prefix(tensors, "best."), **progress)
        except FileNotFoundError as error:
            raise CheckpointError(f"there is no checkpoint {path}: start without --resume") from error
        except (OSError, safetensors.SafetensorError, KeyError, TypeError, RuntimeError) as error:
            raise CheckpointError(
                f"{path} is damaged ({error!s:.120}): start again without --resume"
            ) from error

    def _check_identity(self, path: Path, saved: Any) -> None:
        differing = _differences(saved, json.loads(json.dumps(self.identity)))
        if differing:
            raise CheckpointError(
                f"{path} is of another run; it differs in {', '.join(differing)}: give the same options and "
                "data, or start again without --resume"
            )

    def _load_optimizer(self, tensors: Mapping[str, Tensor], schedule: dict[str, Any]) -> None:
        state = self.optimizer.state_dict() | {"state": {}}
        for name, tensor in tensors.items():
            index, _, key = name.partition(".")
            state["state"].setdefault(int(index), {})[key] = tensor
        self.optimizer.load_state_dict(state)
        self.scheduler.load_state_dict(schedule)
        for group, lr in zip(self.optimizer.param_groups, self.scheduler.get_last_lr(), strict=True):
            group["lr"] = lr


def _with_prefix(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _differences(saved: Any, wanted: Any, name: str = "") -> list[str]:
    """Return the names of the settings in which two identities differ."""
    if isinstance(saved, dict) and isinstance(wanted, dict):
        names = sorted(set(saved) | set(wanted))
        return [d for n in names for d in _differences(saved.get(n), wanted.get(n), f"{name}.{n}".strip("."))]
    return [] if saved == wanted else [name]
