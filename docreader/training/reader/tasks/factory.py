"""Factory of training tasks."""

from typing import Any

from docreader.recognition.line_views import default_line_config
from docreader.training.common.errors import RecipeError
from docreader.training.reader.recipe import LineAugmentation, ReaderRecipe, SegmentAugmentation
from docreader.training.reader.tasks.base import ReaderTask
from docreader.training.reader.tasks.hos import HosTask
from docreader.training.reader.tasks.sdnn import SdnnTask
from models.segment_scorer import SegmentScorerConfig


def make_task(recipe: ReaderRecipe) -> ReaderTask[Any, Any]:
    """Build the training task of a recipe's network.

    Raises:
        RecipeError: The augmentation is not that of the network's examples.
    """
    network, augmentation = recipe.network, recipe.augmentation
    bfloat16 = recipe.precision == "bfloat16"
    if isinstance(network, SegmentScorerConfig) and isinstance(augmentation, SegmentAugmentation):
        return HosTask(network, augmentation, recipe.criterion, bfloat16, recipe.seed)
    if not isinstance(network, SegmentScorerConfig) and isinstance(augmentation, LineAugmentation):
        line = recipe.line or default_line_config(network)
        return SdnnTask(network, augmentation, recipe.criterion, bfloat16, line)
    raise RecipeError("line images are augmented for a line recognizer, segments for a segment scorer")
