"""docreader as one of the readers that are compared."""

from collections.abc import Sequence

from docreader.evaluation.peers.protocol import Answer, Output, PageFile, PeerSettings
from docreader.io.records import ErrorRecord, Failure, Reading, Record
from docreader.pipeline.decision import is_rule_rejection


class OwnReader:
    """Read amounts by `docreader.Reader`.

    Args:
        settings: Settings of all readers.

    Raises:
        DocreaderError: The settings do not fit the model or the machine.
        ModelError: The model file cannot be used.
    """

    def __init__(self, settings: PeerSettings) -> None:
        import cv2
        import torch

        from docreader.pipeline.reader import Reader
        from docreader.version import __version__

        torch.set_num_threads(settings.threads)
        cv2.setNumThreads(settings.threads)
        self.reader = Reader.load(settings.config)
        model = self.reader.model
        self.version = f"docreader {__version__}, {model.name} {model.version} ({model.sha256[:8]})"

    def read(self, pages: Sequence[PageFile]) -> list[Output]:
        """Return the most confident reading of each page."""
        batch = self.reader.read_batch([page.path for page in pages])
        return [_output(records, page.page) for records, page in zip(batch, pages, strict=True)]


def _output(records: Sequence[Record], page: int) -> Output:
    readings = [record for record in records if isinstance(record, Reading) and record.page == page]
    if not readings:
        errors = (record for record in records if isinstance(record, ErrorRecord))
        error = next((record.error for record in errors if record.page in (None, page)), None)
        return error or Failure("ImageReadError", f"the file has no page {page}")
    best = max(readings, key=lambda reading: reading.confidence)
    acceptable = bool(best.text) and not is_rule_rejection(best.reason)
    return Answer(best.text, best.amount, best.confidence, acceptable, best.accepted)
