"""Export of models to ONNX, checked against the scores of PyTorch."""

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
TOLERANCE = 1e-4
"""Largest accepted difference of a score, as a share of the largest score."""

INPUT, OUTPUT = "pictures", "scores"


@dataclass(frozen=True)
class Exported:
    """An exported model.

    Attributes:
        path: The ONNX file.
        shape: Shape of the input `pictures`; a variable size is a name.
        difference: Largest difference between the scores of onnxruntime and PyTorch on random images.
    """

    path: Path
    shape: tuple[int | str, ...]
    difference: float


def export_onnx(model: str | os.PathLike[str], out: str | os.PathLike[str]) -> Exported:
    """Export the network of a model file to ONNX, with the input `pictures` and the output `scores`.

    The batch size is variable, and so are the width of line images and the size of pages. Preprocessing is that of the
    model card.

    Args:
        model: A model file of any kind.
        out: The ONNX file.

    Raises:
        ModelError: The model file cannot be used.
        MissingExtraError: onnx or onnxruntime is not installed.
        ConfigurationError: The architecture cannot be exported, or the scores differ.
    """
    try:
        import onnx
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError("ONNX files need two packages more: pip install 'docreader[onnx]'") from error
    loaded = load_model(model, kind=KINDS)
    shape, free = _input(loaded.metadata.architecture, loaded.module)
    graph = onnx.load_from_string(_trace(loaded.module, shape, free))
    properties = {"name": loaded.name, "version": loaded.version, "sha256": loaded.sha256}
    for key, value in {**properties, "labels": "\n".join(loaded.labels)}.items():
        entry = graph.metadata_props.add()
        entry.key, entry.value = key, value
    content = graph.SerializeToString()
    other = tuple(
        size + (2 if axis == 0 else 32) if axis in free else size for axis, size in enumerate(shape)
    )
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    difference = max(_difference(session, loaded.module, size) for size in (shape, other))
    write_atomically(out, content)
    named = tuple(free.get(axis, size) for axis, size in enumerate(shape))
    return Exported(Path(out), named, difference)


def _trace(module: nn.Module, shape: tuple[int, ...], free: dict[int, str]) -> bytes:
    """Return a network in ONNX format."""
    stream = io.BytesIO()
    with warnings.catch_warnings():
        # the tracing exporter, deprecated in torch: the other one fixes the batch size of LeNet-5
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (torch.rand(shape),),
            stream,  # type: ignore[arg-type]
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: free, OUTPUT: {0: "n"}},
        )
    return stream.getvalue()


def _difference(session: Any, module: nn.Module, shape: tuple[int, ...]) -> float:
    pictures = torch.rand(shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        ours = module(pictures).numpy()
    theirs = session.run([OUTPUT], {INPUT: pictures.numpy()})[0]
    difference = float(np.abs(ours - theirs).max())
    if not difference <= TOLERANCE * max(1.0, float(np.abs(ours).max())):
        raise ConfigurationError(
            f"onnxruntime's scores differ from ours by {difference:g}: nothing was written"
        )
    return difference


def _input(architecture: str, module: nn.Module) -> tuple[tuple[int, ...], dict[int, str]]:
    """Return the input shape to trace with, and the names of the variable axes."""
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
