"""The errors of training that its user can put right."""

from docreader.errors import DocreaderError


class TrainingError(DocreaderError, ValueError):
    """Training cannot begin or go on."""


class RecipeError(TrainingError):
    """A setting of the recipe makes no sense, or two contradict each other."""


class CheckpointError(TrainingError):
    """A checkpoint cannot be read, or belongs to another run."""


class DivergedError(TrainingError):
    """The loss is no longer a finite number."""
