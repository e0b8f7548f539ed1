"""Networks of the classifier: construction, pretrained weights, frozen layers, preprocessing."""

from pathlib import Path

import torch
from torch import nn

from docreader.classification.preprocessing import MEAN, STD, Preprocessing
from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.common.errors import RecipeError
from models.alexnet import AlexNet, AlexNetConfig
from models.files import load_model
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig
from models.pyramid import PyramidConfig, PyramidNet, load_stack

FORMS = {"alexnet": "2012", "alexnet-owt": "2014", "alexnet-bn": "batch-norm"}


def build(recipe: ClassifierRecipe, labels: tuple[str, ...]) -> nn.Module:
    """Build the network of a recipe with initial weights drawn from its seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        if recipe.arch == "lenet5":
            return LeNetReview(LeNetReviewConfig(labels))
        if recipe.pages:
            return PyramidNet(PyramidConfig(labels, recipe.levels, recipe.hidden, recipe.dropout))
        form = FORMS[recipe.arch]
        module = AlexNet(AlexNetConfig(labels, form, recipe.size, recipe.stride, recipe.dropout))
        if recipe.weight_init != "own":
            module.reset_parameters(recipe.weight_init)
        return module


def load_pretrained(module: nn.Module, path: Path, recipe: ClassifierRecipe) -> list[str]:
    """Load pretrained weights; tensors of another shape (other classes) keep their initial weights.

    Args:
        module: Network.
        path: An .npz file with the convolutions of the 2014 AlexNet, or a classifier of docreader.
        recipe: Recipe with the architecture of the network.

    Returns:
        Names of the tensors that keep their initial weights.

    Raises:
        ModelError: The file cannot be used.
        RecipeError: The file has no tensor for this network.
    """
    if path.suffix == ".npz":
        if recipe.arch not in ("alexnet-owt", "alexnet-pages"):
            raise RecipeError(f"an .npz file has the 2014 convolutions, which do not fit {recipe.arch}")
        load_stack(module, path)
        return [name for name in module.state_dict() if not name.startswith(("stack.", "features."))]
    own = module.state_dict()
    found = {
        name: tensor
        for name, tensor in load_model(path, kind="classifier").module.state_dict().items()
        if name in own and own[name].shape == tensor.shape
    }
    if not found:
        raise RecipeError(f"{path} has no tensor that fits {recipe.arch}")
    module.load_state_dict(found, strict=False)
    return [name for name in own if name not in found]


def freeze(module: nn.Module) -> None:
    """Freeze the convolutions of an AlexNet.

    Raises:
        RecipeError: The network is no AlexNet.
    """
    stack = getattr(module, "stack", None) or getattr(module, "features", None)
    if not isinstance(stack, nn.Module):
        raise RecipeError("--freeze is for the convolutions of AlexNet: leave it out with lenet5")
    for weight in stack.parameters():
        weight.requires_grad_(False)


def preprocessing_of(recipe: ClassifierRecipe) -> Preprocessing:
    """Return the preprocessing of the network of a recipe."""
    if recipe.arch == "lenet5":
        return Preprocessing("square", 32, recipe.resize, (0.5,), (0.5,))
    # "centered raw RGB values" (AlexNet12 sec. 2), which the initial weights are scaled for
    raw = recipe.arch == "alexnet" and recipe.weight_init in ("own", "caffe")
    std = (1 / 255,) * 3 if raw else STD
    return Preprocessing("page" if recipe.pages else "square", recipe.size, recipe.resize, MEAN, std)
