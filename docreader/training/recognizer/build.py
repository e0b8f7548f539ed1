"""The recognizers that can be trained, and what each makes small."""

import torch
import torch.nn.functional as F
from torch import Tensor

from docreader.training.recognizer.recipe import Recipe
from models import criteria
from models.historical.lenet1 import LeNet1, LeNet1Config
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5, LeNet5Config

Recognizer = LeNet5 | LeNet | LeNetReview | LeNet1


def build(recipe: Recipe) -> Recognizer:
    """The network that a recipe names, its initial weights drawn from the recipe's seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        if recipe.arch == "lenet5-review":
            return LeNetReview(LeNetReviewConfig(recipe.labels))
        if recipe.arch == "lenet1":
            return LeNet1(LeNet1Config(recipe.labels))
        if recipe.arch == "lenet":
            return LeNet(LeNetConfig(recipe.labels, maps=recipe.maps, dropout=recipe.dropout))
        return LeNet5(LeNet5Config(recipe.labels, recipe.rubbish_constant, recipe.scale))


def loss_and_choices(
    module: Recognizer, pictures: Tensor, targets: Tensor, recipe: Recipe
) -> tuple[Tensor, Tensor]:
    """The criterion of a batch, and the classes that the network takes the pictures for.

    LeNet-5's criteria are those of GBL98; the other networks have a softmax, whose criterion is minus the log-posterior
    of the right class.

    Args:
        module: The network.
        pictures: (N, 1, 32, 32), 0 paper to 1 ink.
        targets: (N,) class numbers; the number of classes stands for "no character".
        recipe: Says the criterion, and whether "no character" is a choice.

    Returns:
        A scalar, and (N,) class numbers.
    """
    if isinstance(module, LeNet5):
        penalties = module(pictures)
        if recipe.criterion == "ml":
            loss = criteria.maximum_likelihood(penalties, targets)
        else:
            loss = criteria.maximum_a_posteriori(penalties, targets, module.rubbish, module.scale)
        found = -penalties.detach()
        none = -module.rubbish.detach().expand(len(found), 1)
        found = torch.cat([found, none], 1)
    else:
        found = module.log_posteriors(pictures)
        loss = F.nll_loss(found, targets)
        found = found.detach()
    return loss, found.argmax(1) if recipe.rubbish else found[:, :-1].argmax(1)
