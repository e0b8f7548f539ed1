"""Model files: one safetensors file with the weights and the metadata to use them, without pickle."""

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor, nn

from models import metadata as meta
from models import safetensors_io
from models.alexnet import AlexNet, AlexNetConfig
from models.errors import (
    MetadataError,
    ModelFileError,
    ModelKindError,
    WeightsError,
)
from models.field_locator import FieldLocator, FieldLocatorConfig
from models.historical.lenet1 import LeNet1, LeNet1Config
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig
from models.identity import ModelIdentity
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5, LeNet5Config
from models.lenet5_sdnn import LeNet5SDNN, LeNet5SDNNConfig
from models.metadata import ModelMetadata
from models.pyramid import PyramidConfig, PyramidNet
from models.sdnn import SDNN, SDNNConfig
from models.segment_scorer import SegmentScorer, SegmentScorerConfig

WEIGHTS = Path(__file__).resolve().parent / "weights"


@dataclass(frozen=True)
class Architecture:
    """Configuration class and constructor of a network.

    Attributes:
        configuration: Dataclass of the configuration.
        build: Constructor of the network from its configuration.
    """

    configuration: type[Any]
    build: Callable[[Any], nn.Module]


ARCHITECTURES: Mapping[str, Architecture] = {
    "alexnet": Architecture(AlexNetConfig, AlexNet),
    "field-locator": Architecture(FieldLocatorConfig, FieldLocator),
    "lenet": Architecture(LeNetConfig, LeNet),
    "lenet1": Architecture(LeNet1Config, LeNet1),
    "lenet5": Architecture(LeNet5Config, LeNet5),
    "lenet5-sdnn": Architecture(LeNet5SDNNConfig, LeNet5SDNN),
    "lenet-review": Architecture(LeNetReviewConfig, LeNetReview),
    "segment-scorer": Architecture(SegmentScorerConfig, SegmentScorer),
    "pyramid": Architecture(PyramidConfig, PyramidNet),
    "sdnn": Architecture(SDNNConfig, SDNN),
}


@dataclass(frozen=True)
class LoadedModel:
    """Model loaded from a file, in evaluation mode.

    Attributes:
        module: Network with its weights.
        labels: Classes in the order of the output units.
        metadata: Metadata of the file.
        sha256: Hash of the file, 64 hexadecimal digits.
        name: Name of the model.
        version: Version of the weights.
    """

    module: nn.Module
    labels: tuple[str, ...]
    metadata: ModelMetadata
    sha256: str
    name: str
    version: str

    @property
    def identity(self) -> ModelIdentity:
        """Name, version, hash and calibration of the model."""
        return ModelIdentity(self.name, self.version, self.sha256, self.metadata.calibration)

    @property
    def calibration(self) -> dict[str, Any] | None:
        """Calibration of the model, None without."""
        return self.metadata.calibration

    @property
    def config(self) -> Any:
        """Configuration of the network, as in `ARCHITECTURES`."""
        return self.module.config

    @property
    def method(self) -> str | None:
        """Reading method of the network, sdnn or hos; None for a network that reads no fields."""
        return getattr(self.config, "method", None)


def default_model_path() -> Path:
    """Return the path of the shipped character recognizer."""
    return WEIGHTS / "lenet5-mnist.safetensors"


def default_reader_path() -> Path:
    """Return the path of the shipped line recognizer (sdnn)."""
    return WEIGHTS / "reader-sdnn.safetensors"


def default_hos_path() -> Path:
    """Return the path of the shipped segment scorer (hos)."""
    return WEIGHTS / "reader-hos.safetensors"


def default_classifier_path() -> Path:
    """Return the path of the shipped page classifier."""
    return WEIGHTS / "pages-alexnet.safetensors"


def default_locator_path() -> Path:
    """Return the path of the shipped field locator."""
    return WEIGHTS / "locator.safetensors"


def describe(module: nn.Module, **values: Any) -> ModelMetadata:
    """Build the metadata of a network, with architecture, configuration and labels of the network itself.

    Args:
        module: Network of `ARCHITECTURES`, with its configuration as `config`.
        **values: Other fields of `ModelMetadata`.

    Raises:
        MetadataError: The architecture is unknown, or a value is invalid.
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
    """Write a model file atomically.

    Args:
        path: Target file; a missing folder is created.
        module: Network.
        metadata: Metadata of the network, see `describe`.
        half: Whether to write float16. The weights of the network are rounded as well, so that later measurements match
            the file.

    Returns:
        SHA-256 of the file.

    Raises:
        MetadataError: The metadata belong to another network, or cannot be written.
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
    data = safetensors_io.canonical(safetensors.torch.save(tensors, meta.to_header(metadata)))
    safetensors_io.write_atomically(path, data)
    return hashlib.sha256(data).hexdigest()


def load_model(
    path: str | os.PathLike[str],
    *,
    kind: str | tuple[str, ...] = "recognizer",
    device: str | torch.device = "cpu",
) -> LoadedModel:
    """Read a model file and build its network.

    Args:
        path: Safetensors file written by `save_model`.
        kind: Accepted kinds: 'recognizer', 'reader', 'classifier' or 'locator', or several of these.
        device: Device of the network.

    Returns:
        Model in evaluation mode.

    Raises:
        ModelNotFoundError: The file does not exist, or is a folder.
        NotAModelFileError: The file is truncated, damaged or of another format.
        MetadataError: A field of the metadata is missing or invalid.
        SchemaVersionError: The schema version is not supported.
        ModelKindError: The file holds a model of another kind.
        WeightsError: The tensors do not fit the network, or are not finite.
    """
    data = safetensors_io.read(Path(path))
    try:
        header = safetensors_io.read_header(data)
        metadata = meta.from_header(header)
        kinds = (kind,) if isinstance(kind, str) else kind
        if metadata.kind not in kinds:
            wanted = " or a ".join(kinds)
            raise ModelKindError(
                f"the file holds a {metadata.kind}, not a {wanted}; give it to the command that uses a "
                f"{metadata.kind}, or name a {wanted} file"
            )
        module = _build(metadata)
        _fill(module, safetensors_io.read_tensors(data))
        safetensors_io.check_hash(data, header)
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


def _build(metadata: ModelMetadata) -> nn.Module:
    """Build the network of the metadata with random weights."""
    architecture = ARCHITECTURES.get(metadata.architecture)
    if architecture is None:
        raise MetadataError(
            f"architecture {metadata.architecture!r} is unknown, this docreader knows {list(ARCHITECTURES)}"
        )
    configuration = meta.build_configuration(architecture.configuration, metadata.configuration)
    if tuple(getattr(configuration, "labels", metadata.labels)) != metadata.labels:
        raise MetadataError("the labels differ from those of the configuration")
    with torch.random.fork_rng(devices=[]):  # initial weights must not advance the generator of the caller
        return architecture.build(configuration)


def _fill(module: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Check the tensors and load them into the network."""
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
