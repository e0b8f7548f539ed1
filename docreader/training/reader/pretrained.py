"""Initialization of a training run from a pretrained model."""

from dataclasses import replace

from torch import nn

from docreader.decoding.alphabet import CHARACTERS, OTHER
from docreader.errors import ConfigurationError
from docreader.recognition import line_views
from docreader.recognition.hos import scorer_config
from docreader.training.common.errors import TrainingError
from docreader.training.reader.recipe import default_network
from models.files import LoadedModel, default_hos_path, default_reader_path, load_model
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.line_recognizers import LineRecognizerConfig
from models.sdnn import SDNN, SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.line_image import LineConfig

_UNSEEN = -6.0
"""Bias of a class that pretrained weights lack, nats."""

_FAINT = 0.05
"""Gain of a context layer that pretrained weights lack: with 0 its gradient would vanish."""


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
    method: str, backbone: str, pretrained: LoadedModel | None, *, negatives: bool = False
) -> LineRecognizerConfig | SegmentScorerConfig:
    """Return the configuration of the network: that of a pretrained reader, or one around a pretrained recognizer.

    Args:
        method: 'hos' or 'sdnn'.
        backbone: 'lenet5' or 'wide', for a network without pretrained weights.
        pretrained: Pretrained model; None for random weights.
        negatives: Whether images without a clean amount are trained on: a line recognizer gets the class of other ink
            and the context of the default network if it lacks them.

    Raises:
        ConfigurationError: The pretrained model is of another method.
    """
    if pretrained is None:
        return default_network(method, backbone)
    config = pretrained.config
    if pretrained.metadata.kind == "reader" and pretrained.method == method:
        if negatives and isinstance(config, SDNNConfig):
            default = default_network(method, "wide")
            assert isinstance(default, SDNNConfig)
            labels = tuple(c for c in CHARACTERS if c in config.labels or c == OTHER)
            context = max(config.context, default.context, key=len)
            return replace(config, labels=labels, context=context)
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
        TrainingError: The configurations differ, in more than what `network_config` adds for images without an amount.
    """
    if type(pretrained) is type(getattr(network, "recognizer", None)):
        network = network.recognizer  # type: ignore[assignment]
    if (
        isinstance(network, SDNN)
        and isinstance(pretrained, SDNN)
        and _grown(network.config, pretrained.config)
    ):
        _copy_grown(network, pretrained)
        return
    if type(pretrained) is not type(network) or pretrained.config != network.config:
        config = getattr(pretrained, "config", type(pretrained).__name__)
        raise TrainingError(f"the pretrained network has another form: {config}, not {network.config}")
    network.load_state_dict(pretrained.state_dict())


def _grown(config: SDNNConfig, of: SDNNConfig) -> bool:
    """Return whether a configuration is another one with more classes or more context."""
    grown = replace(of, labels=config.labels, context=config.context)
    return (
        config == grown
        and set(of.labels) <= set(config.labels)
        and of.context == config.context[: len(of.context)]
    )


def _copy_grown(network: SDNN, pretrained: SDNN) -> None:
    """Copy the weights of a network with fewer classes or less context; what is new has little influence at first."""
    own = network.state_dict()
    known = pretrained.state_dict()
    rows = [network.labels.index(character) for character in pretrained.labels] + [len(network.labels)]
    for name, value in known.items():
        if name.startswith("output."):
            own[name].zero_()
            own[name][rows] = value
        else:
            own[name].copy_(value)
    added = [number for number in range(len(network.labels)) if number not in rows]
    own["output.bias"][added] = _UNSEEN
    for number in range(len(pretrained.config.context), len(network.config.context)):
        own[f"context.{number}.norm.weight"].fill_(_FAINT)
    network.load_state_dict(own)
