"""RapidOCR: PP-OCR models on ONNX Runtime (extra `compare`); its default models are in its package."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from docreader.errors import MissingExtraError
from docreader.evaluation.peers.protocol import Line, Output, PageFile, PageText, PeerSettings
from docreader.io.color import load_color
from segment.image.box import Box


class RapidOcrReader:
    """Read text by RapidOCR with its default models: detection, orientation of lines, recognition.

    Of cut-out amounts the recognition alone runs.

    Args:
        settings: Settings of all readers.

    Raises:
        MissingExtraError: RapidOCR or ONNX Runtime is not installed.
    """

    def __init__(self, settings: PeerSettings) -> None:
        try:
            import onnxruntime  # noqa: F401  rapidocr imports it when it reads
            import rapidocr
        except ImportError as error:
            raise MissingExtraError(
                f"the reader 'rapidocr' needs the package '{error.name}': pip install 'docreader[compare]'"
            ) from error
        import cv2

        cv2.setNumThreads(settings.threads)
        engine = "EngineConfig.onnxruntime"
        parameters: dict[str, Any] = {
            f"{engine}.intra_op_num_threads": settings.threads,
            f"{engine}.inter_op_num_threads": 1,
            "Global.log_level": "critical",
        }
        self.engine: Any = rapidocr.RapidOCR(params=parameters)
        self.steps = {"use_det": False, "use_cls": False, "use_rec": True} if settings.single_line else {}
        self.limits = settings.config.limits
        models = self.engine.cfg.Rec
        self.version = f"RapidOCR {version('rapidocr')}, {models.ocr_version.value} {models.model_type.value}"

    def read(self, pages: Sequence[PageFile]) -> list[Output]:
        """Return the text of each page."""
        return [self._read(page) for page in pages]

    def _read(self, page: PageFile) -> PageText:
        image = load_color(page.path, page.page, self.limits)
        height, width = image.shape[:2]
        found = self.engine(np.ascontiguousarray(image[..., ::-1]), **self.steps)
        texts, scores = found.txts or (), found.scores or ()
        boxes = getattr(found, "boxes", None)
        whole = Box(0, 0, width, height)
        places = [whole] * len(texts) if boxes is None else [_bounds(corners) for corners in boxes]
        lines = zip(texts, scores, places, strict=True)
        return PageText(width, tuple(Line(text, float(score), place) for text, score, place in lines))


def _bounds(corners: Any) -> Box:
    """Return the upright box around (4, 2) corners."""
    points = np.asarray(corners)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return Box(int(left), int(top), int(right - left), int(bottom - top))
