"""The errors that models and their files cause, all derived from ModelError."""


class ModelError(ValueError):
    """Something about a model or its file that the user can put right."""


class ConfigurationError(ModelError):
    """A network was asked for with settings that make no sense."""


class ModelFileError(ModelError):
    """A model file that cannot be used."""


class ModelNotFoundError(ModelFileError):
    """There is no file at this path."""


class NotAModelFileError(ModelFileError):
    """The file is no readable .safetensors file: truncated, damaged, or of another form."""


class MetadataError(ModelFileError):
    """A field of the file's metadata is missing or has a value that makes no sense."""


class SchemaVersionError(ModelFileError):
    """The file was written by a version of docreader whose files this one cannot read."""


class ModelKindError(ModelFileError):
    """The file holds a model of another kind than the one asked for."""


class WeightsError(ModelFileError):
    """The tensors do not fit the network: names, shapes, element types or values."""
