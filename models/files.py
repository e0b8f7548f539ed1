"""Model files: one .safetensors file with the weights and all that is needed to use them; no pickle."""

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from models import metadata as meta
from models.alexnet import AlexNet, AlexNetConfig
from models.errors import (
    MetadataError,
    ModelFileError,
    ModelKindError,
    ModelNotFoundError,
    NotAModelFileError,
    WeightsError,
)
from models.lenet import LeNet, LeNetConfig
from models.lenet1 import LeNet1, LeNet1Config
from models.lenet5 import LeNet5, LeNet5Config
from models.lenet_review import LeNetReview, LeNetReviewConfig
from models.metadata import ModelMetadata
from models.piece_reader import PieceReader, PieceReaderConfig
from models.pyramid import PyramidConfig, PyramidNet
from models.sdnn import SDNN, SDNNConfig

MAX_HEADER = 4_000_000
"""Largest header that is read, in bytes. Ours are below 20,000; a bomb would claim more."""

MAX_FILE = 4_000_000_000
"""Largest file that is read, in bytes."""

DATA_HASH = "data_sha256"
"""Where the header holds the hash of the tensors' bytes; files that were written without are read, too."""

WEIGHTS = Path(__file__).resolve().parent / "weights"


@dataclass(frozen=True)
class Architecture:
    """How a network is built from its configuration.

    Attributes:
        configuration: The configuration's dataclass.
        build: Makes the network from a configuration.
    """

    configuration: type[Any]
    build: Callable[[Any], nn.Module]


ARCHITECTURES: Mapping[str, Architecture] = {
    "alexnet": Architecture(AlexNetConfig, AlexNet),
    "lenet": Architecture(LeNetConfig, LeNet),
    "lenet1": Architecture(LeNet1Config, LeNet1),
    "lenet5": Architecture(LeNet5Config, LeNet5),
    "lenet-review": Architecture(LeNetReviewConfig, LeNetReview),
    "piece-reader": Architecture(PieceReaderConfig, PieceReader),
    "pyramid": Architecture(PyramidConfig, PyramidNet),
    "sdnn": Architecture(SDNNConfig, SDNN),
}


@dataclass(frozen=True)
class LoadedModel:
    """A model read from a file, in evaluation mode.

    Attributes:
        module: The network with its weights, on the CPU unless asked otherwise.
        labels: The characters of the output units, in order.
        metadata: Everything that the file says about the model.
        sha256: Hash of the file's bytes, 64 hexadecimal digits.
        name: The model's name.
        version: Version of the weights.
    """

    module: nn.Module
    labels: tuple[str, ...]
    metadata: ModelMetadata
    sha256: str
    name: str
    version: str


def default_model_path() -> Path:
    """Path of the recogniser that ships with docreader."""
    return WEIGHTS / "lenet5-mnist.safetensors"


def default_reader_path() -> Path:
    """Path of the reader of whole lines that ships with docreader."""
    return WEIGHTS / "reader-sdnn.safetensors"


def default_hos_path() -> Path:
    """Path of the reader of pieces that ships with docreader."""
    return WEIGHTS / "reader-hos.safetensors"


def default_classifier_path() -> Path:
    """Path of the classifier of pages that ships with docreader."""
    return WEIGHTS / "pages-alexnet.safetensors"


def describe(module: nn.Module, **values: Any) -> ModelMetadata:
    """Metadata of a network: architecture, configuration and labels are taken from the network itself.

    Args:
        module: A network of `ARCHITECTURES`, with its configuration as `config`.
        **values: The other fields of `ModelMetadata`.

    Raises:
        MetadataError: The network is of no known architecture, or a value makes no sense.
    """
    configuration: Any = getattr(module, "config", None)
    for name, architecture in ARCHITECTURES.items():
        if type(configuration) is architecture.configuration:
            settings = json.loads(json.dumps(asdict(configuration)))
            labels = tuple(settings["labels"])
            return ModelMetadata(architecture=name, configuration=settings, labels=labels, **values)
    raise MetadataError(
        f"no architecture is known for {type(module).__name__}: see models.files.ARCHITECTURES"
    )


def save_model(
    path: str | os.PathLike[str], module: nn.Module, metadata: ModelMetadata, *, half: bool = False
) -> str:
    """Write a model file. It appears whole or not at all: a crash leaves an older file as it was.

    Args:
        path: Where to; the folder is made when it is missing.
        module: The network.
        metadata: What to say about it (see `describe`).
        half: Write float16, half the size; the network's own weights are rounded to it, so that what is
            measured afterwards is what was written.

    Returns:
        The file's sha256.

    Raises:
        MetadataError: The metadata are of another network, or cannot be written.
        WeightsError: A weight is NaN or infinite.
    """
    if metadata.configuration != describe(module, kind=metadata.kind, name="-", version="-").configuration:
        raise MetadataError("the metadata's configuration is not that of the network")
    kind = torch.float16 if half else torch.float32
    tensors = {
        name: tensor.detach().cpu().to(kind).contiguous() for name, tensor in module.state_dict().items()
    }
    _check_finite(tensors)
    if half:
        module.load_state_dict(tensors)
    data = _canonical(safetensors.torch.save(tensors, meta.to_header(metadata)))
    write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()


def _canonical(data: bytes) -> bytes:
    """The same file with the names of its header in order and a hash of its tensors.

    The library's order is another in each process; a hash is not part of its form.
    """
    length = int.from_bytes(data[:8], "little")
    names = json.loads(data[8 : 8 + length])
    names["__metadata__"][DATA_HASH] = hashlib.sha256(data[8 + length :]).hexdigest()
    header = json.dumps(names, sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + data[8 + length :]


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file so that readers, and a crash at any moment, see the old content or the new one.

    Args:
        path: Where to; the folder is made when it is missing.
        data: The content.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_model(
    path: str | os.PathLike[str],
    *,
    kind: str | tuple[str, ...] = "recognizer",
    device: str | torch.device = "cpu",
) -> LoadedModel:
    """Read a model file and build its network.

    Args:
        path: A .safetensors file written by `save_model`.
        kind: What the model must be for: 'recognizer', 'reader' or 'classifier', or several of these.
        device: Where the network shall live.

    Returns:
        The model, in evaluation mode.

    Raises:
        ModelNotFoundError: There is no such file, or it is a folder.
        NotAModelFileError: The file is truncated, damaged or of another form.
        MetadataError: A field of its metadata is missing or makes no sense.
        SchemaVersionError: It was written in a form that this version does not read.
        ModelKindError: It holds a model of another kind.
        WeightsError: Its tensors do not fit the network, or are not finite.
    """
    data = _read(Path(path))
    try:
        header = _header(data)
        metadata = meta.from_header(header)
        kinds = (kind,) if isinstance(kind, str) else kind
        if metadata.kind not in kinds:
            wanted = " or a ".join(kinds)
            raise ModelKindError(
                f"the file holds a {metadata.kind}, not a {wanted}; give it to the command that uses a "
                f"{metadata.kind}, or name a {wanted} file"
            )
        module = _build(metadata)
        _fill(module, _tensors(data))
        _check_hash(data, header)
    except ModelFileError as error:
        raise type(error)(f"{path}: {error}") from error
    return LoadedModel(
        module=module.to(device).eval(),
        labels=metadata.labels,
        metadata=metadata,
        sha256=hashlib.sha256(data).hexdigest(),
        name=metadata.name,
        version=metadata.version,
    )


def _read(path: Path) -> bytes:
    """The file's bytes; the same bytes are hashed and loaded."""
    if path.is_dir():
        raise ModelNotFoundError(f"{path} is a folder: name the .safetensors file in it")
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise NotAModelFileError(f"{path} is no file but a pipe, socket or device")
        size = status.st_size
        if size > MAX_FILE:
            raise NotAModelFileError(f"{path} has {size:,} bytes, more than a model file may have")
        return path.read_bytes()
    except FileNotFoundError as error:
        raise ModelNotFoundError(
            f"there is no model file {path}: check the path, or leave the option out to use the model "
            "that ships with docreader"
        ) from error
    except OSError as error:
        raise NotAModelFileError(f"{path} cannot be read: {error.strerror}") from error


def _header(data: bytes) -> dict[str, str]:
    """The metadata strings of a .safetensors file: eight bytes of header length, then JSON."""
    if len(data) < 8:
        raise NotAModelFileError(f"{len(data)} bytes are no .safetensors file: copy or download it again")
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER:
        raise NotAModelFileError(
            f"this is no .safetensors file, or a damaged one (it claims a header of {length:,} bytes)"
        )
    if 8 + length > len(data):
        raise NotAModelFileError("the file is truncated within its header: copy or download it again")
    try:
        header = json.loads(data[8 : 8 + length].decode())
    except (ValueError, RecursionError) as error:
        raise NotAModelFileError(
            f"this is no .safetensors file: its header is no JSON ({error!s:.80})"
        ) from error
    values = header.get("__metadata__", {}) if isinstance(header, dict) else None
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise NotAModelFileError("this is no .safetensors file: its metadata are not strings")
    return values


def _tensors(data: bytes) -> dict[str, Tensor]:
    """The tensors of a .safetensors file, whose form the library checks (offsets, sizes, element types)."""
    try:
        return safetensors.torch.load(data)
    except (safetensors.SafetensorError, KeyError, ValueError) as error:
        raise NotAModelFileError(
            f"the file is truncated or damaged: copy or download it again ({error!s:.120})"
        ) from error


def _check_hash(data: bytes, header: Mapping[str, str]) -> None:
    """See to it that the tensors are those that were written, where the file says which."""
    start = 8 + int.from_bytes(data[:8], "little")
    if DATA_HASH in header and hashlib.sha256(data[start:]).hexdigest() != header[DATA_HASH]:
        raise NotAModelFileError(
            "the weights are not those that were written: copy or download the file again"
        )


def _build(metadata: ModelMetadata) -> nn.Module:
    """The network that the metadata describe, with weights still random."""
    architecture = ARCHITECTURES.get(metadata.architecture)
    if architecture is None:
        raise MetadataError(
            f"architecture {metadata.architecture!r} is unknown, this docreader knows {list(ARCHITECTURES)}"
        )
    configuration = meta.build_configuration(architecture.configuration, metadata.configuration)
    if tuple(getattr(configuration, "labels", metadata.labels)) != metadata.labels:
        raise MetadataError("the labels differ from those of the configuration")
    with torch.random.fork_rng(
        devices=[]
    ):  # building draws initial weights: leave the caller's generator alone
        return architecture.build(configuration)


def _fill(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Put the tensors into the network, each checked."""
    wanted = module.state_dict()
    if set(tensors) != set(wanted):
        odd = ", ".join(sorted(set(tensors) ^ set(wanted)))
        raise WeightsError(f"the tensors are not those of the network; missing or superfluous: {odd:.200}")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise WeightsError(
                f"tensor {name} has shape {tuple(tensor.shape)}, not {tuple(wanted[name].shape)}"
            )
        if tensor.dtype not in (torch.float32, torch.float16):
            raise WeightsError(f"tensor {name} has elements of type {tensor.dtype}, not float32 or float16")
    _check_finite(tensors)
    module.load_state_dict(dict(tensors))


def _check_finite(tensors: Mapping[str, Tensor]) -> None:
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise WeightsError(f"tensor {name} holds values that are not finite: the training diverged")
