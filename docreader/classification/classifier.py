"""Classifier of whole images: from files to records.

>>> from docreader.classification.classifier import Classifier
>>> classifier = Classifier.load()                       # doctest: +SKIP
>>> [record] = classifier.classify("scan.png")           # doctest: +SKIP
>>> record.label, record.confidence                      # doctest: +SKIP
('letter', 0.93)
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.classification.preprocessing import Preprocessing
from docreader.classification.records import Candidate, Classification, ClassificationRecord
from docreader.io.color import try_color_pages
from docreader.io.records import ErrorRecord, ModelInfo
from models.files import LoadedModel, default_classifier_path, load_model
from segment.io.limits import Limits
from segment.io.pages import PageFailure


class Classifier:
    """Classifier of whole images.

    Args:
        model: Model of the kind classifier.
        device: Device of the computation.
        limits: Limits of the inputs, checked before decoding.

    Raises:
        MetadataError: The preprocessing of the model is missing or invalid.
    """

    def __init__(
        self, model: LoadedModel, device: str | torch.device = "cpu", limits: Limits | None = None
    ) -> None:
        self.model, self.device, self.limits = model, torch.device(device), limits
        self.module = model.module.to(self.device).eval()
        self.preprocessing = Preprocessing.from_json(model.metadata.preprocessing)
        self.info = ModelInfo.of(model.identity)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str] | None = None,
        device: str | torch.device = "cpu",
        limits: Limits | None = None,
    ) -> "Classifier":
        """Load a classifier from a model file, by default the shipped one.

        Raises:
            ModelError: The file cannot be used (see `models.files.load_model`).
        """
        return cls(load_model(path or default_classifier_path(), kind="classifier"), device, limits)

    @property
    def labels(self) -> tuple[str, ...]:
        """Class names."""
        return self.model.labels

    def classify(self, path: str | os.PathLike[str], top: int = 3) -> list[ClassificationRecord]:
        """Classify the pages of a file; return one record for each page."""
        return self.classify_batch([os.fspath(path)], top)[0]

    def classify_batch(self, paths: Sequence[str], top: int = 3) -> list[list[ClassificationRecord]]:
        """Classify the pages of files; pages of equal shape form a batch.

        Args:
            paths: Files; those that cannot be read give an error record.
            top: Number of classes to list.

        Returns:
            Records of each file, one for each page.
        """
        records: list[list[ClassificationRecord]] = []
        pages: list[tuple[int, int, NDArray[np.uint8]]] = []
        for number, path in enumerate(paths):
            own: list[ClassificationRecord] = []
            for page in try_color_pages(Path(path), self.limits):
                if isinstance(page, PageFailure):
                    own.append(ErrorRecord.of(path, page.error, page.number))
                    continue
                pages.append((number, len(own), self.preprocessing.fit(page.image)))
                own.append(ErrorRecord.of(path, RuntimeError("not classified"), page.number))
            records.append(own)
        for (number, place, _), posterior in zip(
            pages, self._posteriors([p for *_, p in pages]), strict=True
        ):
            records[number][place] = self._record(records[number][place], posterior, top)
        return records

    def posteriors(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        """Compute the posteriors (N, classes) of images (H, W, 3) uint8 of any shapes."""
        return self._posteriors([self.preprocessing.fit(image) for image in images])

    def _posteriors(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        posteriors = torch.zeros(len(images), len(self.labels))
        shapes: dict[tuple[int, ...], list[int]] = {}
        for number, image in enumerate(images):
            shapes.setdefault(image.shape, []).append(number)
        with torch.inference_mode():
            for same in shapes.values():
                batch = torch.from_numpy(np.stack([images[number] for number in same])).to(self.device)
                batch = self.preprocessing.crop(batch)
                scores = self.module(self.preprocessing.normalize(batch))
                posteriors[same] = torch.softmax(scores.float(), 1).cpu()
        return posteriors

    def _record(self, place: ClassificationRecord, posterior: Tensor, top: int) -> Classification:
        values, numbers = posterior.sort(descending=True, stable=True)
        best = tuple(
            Candidate(self.labels[number], min(1.0, max(0.0, value)))
            for value, number in zip(values[:top].tolist(), numbers[:top].tolist(), strict=True)
        )
        return Classification(
            file=place.file,
            page=place.page or 1,
            label=best[0].label,
            confidence=best[0].confidence,
            top=best,
            model=self.info,
        )
