"""Initialization of a training run from a pretrained model."""

from torch import nn

from docreader.errors import ConfigurationError
from docreader.recognition import line_views
from docreader.recognition.hos import scorer_config
from docreader.training.common.errors import TrainingError
from docreader.training.reader.recipe import default_network
from models.files import LoadedModel, default_hos_path, default_reader_path, load_model
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.line_recognizers import LineRecognizerConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import LineConfig


def resolve_model(name: str, method: str, kinds: tuple[str, ...]) -> LoadedModel:
    """Load a model file or the shipped reader of a method.

    Args:
        name: Path of the file, or 'shipped'.
        method: 'hos' or 'sdnn'.
        kinds: Accepted kinds of models.

    Raises:
        ModelError: The model cannot be used.
    """
    shipped = default_hos_path if method == "hos" else default_reader_path
    return load_model(shipped() if name == "shipped" else name, kind=kinds)


def network_config(
    method: str, backbone: str, pretrained: LoadedModel | None
) -> LineRecognizerConfig | SegmentScorerConfig:
    """Return the configuration of the network: that of a pretrained reader, or one around a pretrained recognizer.

    Args:
        method: 'hos' or 'sdnn'.
        backbone: 'lenet5' or 'wide', for a network without pretrained weights.
        pretrained: Pretrained model; None for random weights.

    Raises:
        ConfigurationError: The pretrained model is of another method.
    """
    if pretrained is None:
        return default_network(method, backbone)
    config = pretrained.config
    if pretrained.metadata.kind == "reader" and pretrained.method == method:
        return config  # type: ignore[no-any-return]
    if pretrained.metadata.kind == "recognizer" and pretrained.method is not None:
        if method == "hos":
            return scorer_config(config)
        if config.backbone == "lenet5":
            return LeNet5SDNNConfig(config.labels, config.rubbish, config.scale)
    raise ConfigurationError(f"model {pretrained.name} cannot initialize a reader of --method {method}")


def line_config(pretrained: LoadedModel | None) -> LineConfig | None:
    """Return the line-image format of a pretrained line recognizer; None is the default of the network.

    Raises:
        MetadataError: The model does not declare it.
    """
    if pretrained is None or pretrained.method != "sdnn":
        return None
    return line_views.line_config(pretrained)


def copy_weights(network: nn.Module, pretrained: nn.Module) -> None:
    """Copy the weights of a network with the same configuration, or those of its recognizer of single characters.

    Args:
        network: Network to initialize, changed in place.
        pretrained: Network with the weights, or a recognizer for the attribute `recognizer` of the network.

    Raises:
        TrainingError: The configurations differ.
    """
    if type(pretrained) is type(getattr(network, "recognizer", None)):
        network = network.recognizer  # type: ignore[assignment]
    if type(pretrained) is not type(network) or pretrained.config != network.config:
        config = getattr(pretrained, "config", type(pretrained).__name__)
        raise TrainingError(f"the pretrained network has another form: {config}, not {network.config}")
    network.load_state_dict(pretrained.state_dict())
