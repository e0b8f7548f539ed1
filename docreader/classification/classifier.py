"""The classifier of whole images: files to records.

>>> from docreader.classification.classifier import Classifier
>>> classifier = Classifier.load()                       # doctest: +SKIP
>>> [answer] = classifier.classify("scan.png")           # doctest: +SKIP
>>> answer.label, answer.confidence                      # doctest: +SKIP
('letter', 0.93)
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from docreader.classification.preprocessing import Preparation
from docreader.classification.records import Candidate, Classification, ClassificationRecord
from docreader.io.color import try_color_pages
from docreader.io.records import ErrorRecord, ModelInfo
from models.files import LoadedModel, default_classifier_path, load_model
from segment.io.limits import Limits
from segment.io.pages import PageFailure


class Classifier:
    """Says what images show.

    Args:
        model: A model of the kind classifier.
        device: Where to compute.
        limits: What is refused before it is decoded.

    Raises:
        MetadataError: The model does not say how images are prepared.
    """

    def __init__(
        self, model: LoadedModel, device: str | torch.device = "cpu", limits: Limits | None = None
    ) -> None:
        self.model, self.device, self.limits = model, torch.device(device), limits
        self.module = model.module.to(self.device).eval()
        self.prepared = Preparation.from_json(model.metadata.preprocessing)
        self.info = ModelInfo(model.name, model.version, model.sha256)

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str] | None = None,
        device: str | torch.device = "cpu",
        limits: Limits | None = None,
    ) -> "Classifier":
        """The classifier of a model file, by default of the one that ships with docreader.

        Raises:
            ModelError: The file cannot be used (see `models.files.load_model`).
        """
        return cls(load_model(path or default_classifier_path(), kind="classifier"), device, limits)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.model.labels

    def classify(self, path: str | os.PathLike[str], top: int = 3) -> list[ClassificationRecord]:
        """The records of one file, one for each page."""
        return self.classify_batch([os.fspath(path)], top)[0]

    def classify_batch(self, paths: Sequence[str], top: int = 3) -> list[list[ClassificationRecord]]:
        """The records of each file. Pages of like shape go through the network together.

        Args:
            paths: Files; what cannot be read becomes an error record, nothing is raised.
            top: How many classes to list.
        """
        answers: list[list[ClassificationRecord]] = []
        pages: list[tuple[int, int, NDArray[np.uint8]]] = []
        for number, path in enumerate(paths):
            own: list[ClassificationRecord] = []
            for page in try_color_pages(Path(path), self.limits):
                if isinstance(page, PageFailure):
                    own.append(ErrorRecord.of(path, page.error, page.number))
                    continue
                pages.append((number, len(own), self.prepared.fit(page.image)))
                own.append(ErrorRecord.of(path, RuntimeError("not classified"), page.number))
            answers.append(own)
        for (number, place, _), posterior in zip(
            pages, self._posteriors([p for *_, p in pages]), strict=True
        ):
            answers[number][place] = self._answer(answers[number][place], posterior, top)
        return answers

    def posteriors(self, images: Sequence[NDArray[np.uint8]]) -> Tensor:
        """(N, classes) posteriors of images (H, W, 3) uint8 of any shapes."""
        return self._posteriors([self.prepared.fit(image) for image in images])

    def _posteriors(self, pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
        found = torch.zeros(len(pictures), len(self.labels))
        shapes: dict[tuple[int, ...], list[int]] = {}
        for number, picture in enumerate(pictures):
            shapes.setdefault(picture.shape, []).append(number)
        with torch.inference_mode():
            for same in shapes.values():
                batch = torch.from_numpy(np.stack([pictures[number] for number in same])).to(self.device)
                if self.prepared.mode == "square":
                    start, size = (self.prepared.resize - self.prepared.size) // 2, self.prepared.size
                    batch = batch[:, :, start : start + size, start : start + size]
                scores = self.module(self.prepared.normalize(batch))
                found[same] = torch.softmax(scores.float(), 1).cpu()
        return found

    def _answer(self, place: ClassificationRecord, posterior: Tensor, top: int) -> Classification:
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
