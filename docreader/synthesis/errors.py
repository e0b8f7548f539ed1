"""The errors that making images can raise, all derived from SynthesisError."""

from docreader.errors import DocreaderError


class SynthesisError(DocreaderError, ValueError):
    """Base of all errors of docreader.synthesis; the message says what to do instead."""


class DigitsError(SynthesisError):
    """The handwritten digits that were given cannot be used: a class is missing or its images are blank."""


class UnknownStyleError(SynthesisError):
    """A style, layout or printed pattern was asked for that does not exist."""


class UnwritableTextError(SynthesisError):
    """A text holds a character for which there is no handwritten form."""


class OutputExistsError(SynthesisError):
    """The output directory holds files and may not be overwritten."""
