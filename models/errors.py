"""Errors of models and model files, all derived from ModelError."""


class ModelError(ValueError):
    """A model or its file cannot be used."""


class ConfigurationError(ModelError):
    """The configuration of a network is invalid."""


class ModelFileError(ModelError):
    """A model file cannot be used."""


class ModelNotFoundError(ModelFileError):
    """The file does not exist."""


class NotAModelFileError(ModelFileError):
    """The file is no readable safetensors file: truncated, damaged, or of another format."""


class MetadataError(ModelFileError):
    """A field of the metadata is missing or invalid."""


class SchemaVersionError(ModelFileError):
    """The schema version of the file is not supported."""


class ModelKindError(ModelFileError):
    """The file holds a model of another kind."""


class WeightsError(ModelFileError):
    """The tensors do not fit the network in names, shapes, element types or values."""
