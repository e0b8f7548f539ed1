"""Errors of docreader.synthesis, all derived from SynthesisError."""

from docreader.errors import DocreaderError


class SynthesisError(DocreaderError, ValueError):
    """Base of all errors of docreader.synthesis; the message names the remedy."""


class DigitsError(SynthesisError):
    """Unusable handwritten digits: a class is missing or its images are blank."""


class UnknownStyleError(SynthesisError):
    """Unknown style, layout or printed pattern."""


class UnwritableTextError(SynthesisError):
    """Character without a handwritten form."""


class OutputExistsError(SynthesisError):
    """Output folder that is not empty, or is a file."""


class UnknownKindError(SynthesisError):
    """Unknown kind of negatives."""


class FontsError(SynthesisError):
    """Folder without fonts, or a file that is no font."""
