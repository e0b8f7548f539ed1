"""What a training run of a reader begins with: a model, and the form of network that goes with it."""

from docreader.errors import ConfigurationError
from docreader.recognition.hos import scorer_config
from docreader.recognition.line_views import line_config
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.hos import piece_config
from models.files import LoadedModel, default_hos_path, default_reader_path, load_model
from models.lenet import LeNet
from models.lenet5 import LeNet5
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.line_recognizers import LineRecognizer, LineRecognizerConfig
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.line_image import LineConfig


def model_named(name: str, method: str, kinds: tuple[str, ...]) -> LoadedModel:
    """A model file, or the reader that ships.

    Args:
        name: Path of the file, or `shipped`.
        method: `hos` or `sdnn`: which of the readers ships under that name.
        kinds: What the model may be for.

    Raises:
        ModelError: It cannot be used.
    """
    shipped = default_hos_path if method == "hos" else default_reader_path
    return load_model(shipped() if name == "shipped" else name, kind=kinds)


def network_form(
    method: str, recognizer: str, begin: LoadedModel | None
) -> LineRecognizerConfig | SegmentScorerConfig:
    """The form of the network: that of the reader to begin with, or one that the recognizer to begin with fits in.

    Args:
        method: `hos` or `sdnn`.
        recognizer: `lenet5` or `lenet`, where nothing is begun with.
        begin: The model to begin with; None for none.

    Raises:
        ConfigurationError: The model to begin with reads by another method.
    """
    if method == "hos":
        if begin is None:
            return piece_config(recognizer)
        if isinstance(begin.module, SegmentScorer):
            return begin.module.config
        if isinstance(begin.module, LeNet5 | LeNet):
            return scorer_config(begin.module)
    elif begin is None:
        return LeNet5SDNNConfig() if recognizer == "lenet5" else ReaderRecipe().network
    elif isinstance(begin.module, LineRecognizer):
        return begin.module.config
    elif isinstance(begin.module, LeNet5):
        values = begin.module.config
        return LeNet5SDNNConfig(values.labels, values.rubbish, values.scale)
    raise ConfigurationError(f"model {begin.name} is not one that --method {method} can begin with")


def line_form(begin: LoadedModel | None) -> LineConfig | None:
    """How lines are made for the reader to begin with; None is as usual.

    Raises:
        MetadataError: The model does not say.
    """
    return line_config(begin) if begin is not None and isinstance(begin.module, LineRecognizer) else None
