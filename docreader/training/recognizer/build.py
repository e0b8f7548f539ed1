"""Networks of the character recognizer and their training criteria."""

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
    """Build the network of a recipe with initial weights drawn from its seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        if recipe.arch == "lenet5-review":
            return LeNetReview(LeNetReviewConfig(recipe.labels))
        if recipe.arch == "lenet1":
            return LeNet1(LeNet1Config(recipe.labels))
        if recipe.arch == "lenet":
            return LeNet(LeNetConfig(recipe.labels, maps=recipe.maps, dropout=recipe.dropout))
        return LeNet5(LeNet5Config(recipe.labels, recipe.rubbish_constant, recipe.scale))


def loss_and_predictions(
    module: Recognizer, images: Tensor, targets: Tensor, recipe: Recipe
) -> tuple[Tensor, Tensor]:
    """Compute the criterion and the predicted classes of a batch.

    The criteria of LeNet-5 are those of GBL98. The other networks minimize the negative log-posterior.

    Args:
        module: Network.
        images: (N, 1, 32, 32), 0 paper to 1 ink.
        targets: (N,) class numbers; the number of classes is the rubbish class.
        recipe: Recipe with the criterion; without negatives, the rubbish class is never predicted.

    Returns:
        Scalar loss, and (N,) class numbers.
    """
    if isinstance(module, LeNet5):
        penalties = module(images)
        if recipe.criterion == "ml":
            loss = criteria.maximum_likelihood(penalties, targets)
        else:
            loss = criteria.maximum_a_posteriori(penalties, targets, module.rubbish, module.scale)
        scores = -penalties.detach()
        scores = torch.cat([scores, -module.rubbish.detach().expand(len(scores), 1)], 1)
    else:
        scores = module.log_posteriors(images)
        loss = F.nll_loss(scores, targets)
        scores = scores.detach()
    return loss, scores.argmax(1) if recipe.negatives_per_digit else scores[:, :-1].argmax(1)
