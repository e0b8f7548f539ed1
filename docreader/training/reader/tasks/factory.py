"""Factory of training tasks."""

from typing import Any

from docreader.recognition.line_views import default_line_config
from docreader.training.common.errors import RecipeError
from docreader.training.reader.recipe import LineAugmentation, ReaderRecipe, SegmentAugmentation
from docreader.training.reader.tasks.base import ReaderTask
from docreader.training.reader.tasks.hos import HosTask
from docreader.training.reader.tasks.sdnn import SdnnTask
from models.lenet5_sdnn import LeNet5SDNNConfig
from models.sdnn import SDNNConfig
from models.segment_scorer import SegmentScorerConfig


def make_task(recipe: ReaderRecipe) -> ReaderTask[Any, Any]:
    """Build the training task of a recipe's network.

    Raises:
        RecipeError: The augmentation is not that of the network's examples.
    """
    bfloat16 = recipe.precision == "bfloat16"
    match recipe.network, recipe.augmentation:
        case SegmentScorerConfig() as segments, SegmentAugmentation() as augmentation:
            return HosTask(segments, augmentation, recipe.criterion, bfloat16, recipe.seed)
        case (SDNNConfig() | LeNet5SDNNConfig()) as lines, LineAugmentation() as augmentation:
            line = recipe.line or default_line_config(lines)
            return SdnnTask(lines, augmentation, recipe.criterion, bfloat16, line)
    raise RecipeError("line images are augmented for a line recognizer, segments for a segment scorer")
