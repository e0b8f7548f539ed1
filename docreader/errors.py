"""Errors that users of docreader can cause and correct, all derived from DocreaderError.

Each message names the value at fault and the remedy. Errors of images are in `segment.errors`, those of model files in
`models.errors`. An error record has the name of the class as `type`.
"""


class DocreaderError(Exception):
    """Base of the errors that a user can cause and correct."""


class ConfigurationError(DocreaderError, ValueError):
    """An option has a value that cannot be used, or two options contradict each other.

    Args:
        message: The value at fault and the remedy.
        setting: Attribute of `docreader.runtime.config.ReaderConfig` at fault, or None.
    """

    def __init__(self, message: str, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


class CalibrationError(ConfigurationError):
    """A target error needs a calibrated model, and this one has no calibration."""


class GrammarError(ConfigurationError):
    """A grammar is neither built in nor a valid grammar file."""


class MissingExtraError(DocreaderError, ImportError):
    """A feature needs packages of an extra that is not installed."""


class GraphTooLargeError(DocreaderError):
    """The search graph of a field exceeds its limit: a long line of ambiguous characters."""


class RecordError(DocreaderError, ValueError):
    """A record violates the schema, or a line of text is no record."""


class ResumeError(DocreaderError):
    """The file named by --resume cannot be continued."""


class ManifestError(DocreaderError, ValueError):
    """A manifest cannot be read, or the output folder contains other files."""


class LabelsError(DocreaderError, ValueError):
    """A labels.csv or a corrections file cannot be used; the message names the file and the line."""


class PeerError(DocreaderError):
    """A reader named by `docreader compare --with` is unknown, or cannot be loaded."""


class InputError(DocreaderError):
    """An input cannot be read as an image: it becomes an error record, and the run continues."""


class NoMatchError(InputError):
    """A pattern matches no file."""


class EmptyFolderError(InputError):
    """A folder and its subfolders contain no image."""


class PathListError(InputError):
    """Standard input is no list of paths."""


class FolderReadError(InputError):
    """A folder cannot be listed."""


class ArchiveReadError(InputError):
    """A tar archive, or an image in it, cannot be read."""


class RemoteReadError(InputError):
    """The URL of a manifest cannot be fetched."""


class WorkerError(InputError):
    """The process that read this input died twice, most often for lack of memory."""
