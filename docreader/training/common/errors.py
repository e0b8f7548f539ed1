"""Errors of training that the user can correct."""

from docreader.errors import DocreaderError


class TrainingError(DocreaderError, ValueError):
    """Training cannot start or continue."""


class RecipeError(TrainingError):
    """A setting of the recipe is invalid, or two settings contradict each other."""


class CheckpointError(TrainingError):
    """A checkpoint is unreadable, or belongs to another run."""


class DivergedError(TrainingError):
    """The loss is not finite."""
