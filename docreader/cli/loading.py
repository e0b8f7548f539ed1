"""Loading the reader of a command, in this process or in a worker."""

from pathlib import Path

from docreader.runtime.batches import BatchReader
from docreader.runtime.config import ReaderConfig


def load_reader(
    config: ReaderConfig, pictures: Path | None = None, *, unredacted: bool = False
) -> BatchReader:
    """Load a reader; imports torch.

    Args:
        config: Its settings.
        pictures: Folder for a picture of each reading, None for no pictures.
        unredacted: Whether pictures of checks keep names and account numbers legible.

    Raises:
        DocreaderError: The settings do not fit the model or the machine.
        ModelError: The model file cannot be used.
    """
    from docreader.pipeline.reader import Reader

    reader = Reader.load(config)
    if pictures is None:
        return reader
    from docreader.visualization.batch import PictureWriter

    return PictureWriter(reader, pictures, unredacted=unredacted)
