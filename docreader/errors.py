"""The errors that docreader raises for what its users can cause, all derived from DocreaderError.

Each message names the offending value and the way out. Errors about pixels are in `segment.errors`, those
about model files in `models.errors`; an error that ends up in a record carries the name of its class as
`type`.
"""


class DocreaderError(Exception):
    """Base of the errors that a user of docreader can cause and put right."""


class ConfigurationError(DocreaderError, ValueError):
    """An option has a value that cannot be used, or two options contradict each other.

    Args:
        message: The value and the way out.
        setting: Attribute of `docreader.runtime.config.ReaderConfig` at fault, None where there is none.
    """

    def __init__(self, message: str, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


class CalibrationError(ConfigurationError):
    """A wanted error rate needs a calibrated model, and this one carries no calibration."""


class GrammarError(ConfigurationError):
    """A grammar is neither one of ours nor a file that can be read as one."""


class MissingExtraError(DocreaderError, ImportError):
    """A feature needs packages of an extra that is not installed."""


class GraphTooLargeError(DocreaderError):
    """The graph of what may stand in a field passes its limit: a long line in which everything is unsure."""


class RecordError(DocreaderError, ValueError):
    """A record breaks its own form, or a line of text is not a record."""


class ResumeError(DocreaderError):
    """The file named by --resume cannot be continued."""


class ManifestError(DocreaderError, ValueError):
    """A manifest cannot be read, or the folder that its parts are to go into belongs to other work."""


class LabelsError(DocreaderError, ValueError):
    """A labels.csv or a corrections file cannot be used; the message names the file and the line."""


class InputError(DocreaderError):
    """An input of a run cannot be read as an image: it becomes an error record, and the run goes on."""


class NoMatchError(InputError):
    """A pattern matches no file."""


class EmptyFolderError(InputError):
    """A folder holds no image, nor do the folders in it."""


class FolderReadError(InputError):
    """A folder cannot be listed."""


class ArchiveReadError(InputError):
    """A tar archive, or an image in it, cannot be read."""


class RemoteReadError(InputError):
    """What a manifest names by a URL cannot be fetched."""


class WorkerError(InputError):
    """The process that read this input died, twice: most often it was killed for want of memory."""
