"""How the lines are made that a network sweeps over: the form belongs to the network that was trained on it."""

from dataclasses import replace

from models.errors import MetadataError
from models.files import LoadedModel
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.line_recognizers import LineRecognizerConfig
from models.metadata import build_configuration
from segment.cleaning.pipeline import CleaningConfig
from segment.line_image import LineConfig

LENET5 = LineConfig(stretch=1.2)
"""LeNet-5 knows digits as MNIST has them, 20 pixels high, which is what the room around them leaves. A window stands at
every fourth pixel: letters are widened by just so much that one falls on each of two narrow ones."""

SLANT = 0.2
"""Where the first look leaves doubt, the line is looked at slanted to both sides, too, pixels sideways for one up."""


def looks(form: LineConfig) -> tuple[LineConfig, ...]:
    """How fields are looked at: the first way each, in the others those of which the first look is not sure."""
    return form, replace(form, slant=SLANT), replace(form, slant=-SLANT)


def usual_form(network: LineRecognizerConfig) -> LineConfig:
    """The lines that a new network is trained on."""
    return LENET5 if isinstance(network, LeNet5SDNNConfig) else LineConfig()


def form_of(model: LoadedModel) -> LineConfig:
    """The lines that a model was trained on, as its file says; the usual ones where the file does not say.

    Raises:
        MetadataError: What the file says makes no sense.
    """
    values = model.metadata.preprocessing
    if not values:
        return usual_form(model.module.config)  # type: ignore[arg-type]
    cleaning = values.get("cleaning", {})
    try:
        if not isinstance(cleaning, dict):
            raise MetadataError(f"cleaning must be a mapping, not {cleaning!r:.40}")
        ready = values | {"cleaning": build_configuration(CleaningConfig, cleaning)}
        return build_configuration(LineConfig, ready)
    except MetadataError as error:
        raise MetadataError(f"model {model.name} does not say how lines are made for it: {error}") from error
