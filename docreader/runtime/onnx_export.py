"""Models as ONNX files for other runtimes, checked against our own scores as they are written."""

import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from docreader.errors import ConfigurationError, MissingExtraError
from models.files import load_model
from models.metadata import KINDS
from models.safetensors_io import write_atomically

OPSET = 18
CLOSE = 1e-4
"""Largest difference of a score that passes, as a share of the largest score."""

INPUT, OUTPUT = "pictures", "scores"


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        path: The ONNX file.
        shape: Of the input `pictures`; a name stands for a size that is free.
        difference: Largest difference between the scores of onnxruntime and ours on random pictures.
    """

    path: Path
    shape: tuple[int | str, ...]
    difference: float


def export_onnx(model: str | os.PathLike[str], out: str | os.PathLike[str]) -> Exported:
    """Write a model file's network as ONNX: input `pictures`, output `scores`, prepared as the model's card says.

    Any number of pictures goes through at once; lines may have any width, whole pages any size.

    Args:
        model: A model file of any kind.
        out: Where to.

    Raises:
        ModelError: The model file cannot be used.
        MissingExtraError: onnx or onnxruntime is not installed.
        ConfigurationError: The architecture is not one that is exported.
    """
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError("ONNX files need two packages more: pip install 'docreader[onnx]'") from error
    loaded = load_model(model, kind=KINDS)
    shape, free = _input(loaded.metadata.architecture, loaded.module)
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # the exporter by tracing, which newer torch calls old: the newer one fixes the number of pictures for LeNet-5
        warnings.simplefilter("ignore")
        torch.onnx.export(
            loaded.module,
            (torch.rand(shape),),
            stream,  # type: ignore[arg-type]
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: free, OUTPUT: {0: "n"}},
        )
    graph = onnx.load_from_string(stream.getvalue())
    for key, value in {"name": loaded.name, "version": loaded.version, "sha256": loaded.sha256}.items():
        entry = graph.metadata_props.add()
        entry.key, entry.value = key, value
    labels = graph.metadata_props.add()
    labels.key, labels.value = "labels", "\n".join(loaded.labels)
    content = graph.SerializeToString()
    other = tuple(
        size + (2 if axis == 0 else 32) if axis in free else size for axis, size in enumerate(shape)
    )
    difference = 0.0
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for size in (shape, other):
        difference = max(difference, _difference(session, loaded.module, size))
    write_atomically(out, content)
    named = tuple(free.get(axis, size) for axis, size in enumerate(shape))
    return Exported(Path(out), named, difference)


def _difference(session: Any, module: nn.Module, shape: tuple[int, ...]) -> float:
    pictures = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        ours = module(pictures).numpy()
    theirs = session.run([OUTPUT], {INPUT: pictures.numpy()})[0]
    difference = float(np.abs(ours - theirs).max())
    if not difference <= CLOSE * max(1.0, float(np.abs(ours).max())):
        raise ConfigurationError(
            f"onnxruntime's scores differ from ours by {difference:g}: nothing was written"
        )
    return difference


def _input(architecture: str, module: nn.Module) -> tuple[tuple[int, ...], dict[int, str]]:
    """Shape of pictures to trace with, and names of the axes that are free."""
    config: Any = module.config
    if architecture == "alexnet":
        return (2, 3, config.size, config.size), {0: "n"}
    if architecture == "pyramid":
        free = {0: "n", 2: "h", 3: "w"} if config.levels == (1,) else {0: "n"}
        side = 384 if len(free) == 1 else 96
        return (2, 3, side, side), free
    if architecture in ("sdnn", "lenet5-sdnn"):
        return (2, config.channels, config.height, 96), {0: "n", 3: "w"}
    if architecture in ("lenet1", "lenet5", "lenet", "lenet-review"):
        return (2, getattr(config, "channels", 1), 32, 32), {0: "n"}
    raise ConfigurationError(f"networks of the architecture {architecture!r} are not exported")
