"""Reader that saves a picture of each reading."""

from collections.abc import Sequence
from pathlib import Path

from docreader.io.records import ErrorRecord, Record
from docreader.pipeline.reader import Reader, Source, source_name
from docreader.visualization.reading import save_reading
from segment.io.pages import PageFailure


class PictureWriter:
    """Read batches and save a picture of each reading.

    Args:
        reader: Reads.
        folder: Existing folder for the pictures.
        unredacted: Whether pictures of checks keep names, account numbers and the MICR line legible.
    """

    def __init__(self, reader: Reader, folder: Path, *, unredacted: bool = False) -> None:
        self.reader, self.folder, self.unredacted = reader, folder, unredacted

    def read_batch(self, sources: Sequence[Source]) -> list[list[Record]]:
        """Return the records of each source, in order, as `Reader.read_batch` does.

        Raises:
            OSError: A picture cannot be written.
        """
        records: list[list[Record]] = [[] for _ in sources]
        for index, item in self.reader.read_with_trace(sources, diagnostics=True):
            if isinstance(item, PageFailure):
                records[index].append(ErrorRecord.of(source_name(sources[index]), item.error, item.number))
                continue
            records[index].append(item.reading)
            save_reading(item, self.folder, unredacted=self.unredacted)
        return records
