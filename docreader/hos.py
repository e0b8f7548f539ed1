"""Reading by heuristic over-segmentation: cut the ink, score every candidate segment, join them in a graph."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

import gtn
from docreader.errors import ConfigurationError
from docreader.interpretation import Recognition
from docreader.labels import DIGITS
from docreader.records import Segment
from docreader.search import Answer
from models.files import LoadedModel
from models.lenet5 import LeNet5
from segment.segmentation import Segmentation, SegmenterConfig, over_segment


class Hos:
    """Heuristic over-segmentation with a recogniser of single characters (GBL98 sec. V).

    Args:
        model: a recogniser of the ten digits.
        device: where it computes.
        segmenter: how to clean and cut.

    Raises:
        ConfigurationError: the model recognises other characters.
    """

    name = "hos"

    def __init__(
        self, model: LoadedModel, device: torch.device, segmenter: SegmenterConfig | None = None
    ) -> None:
        if not isinstance(model.module, LeNet5) or model.labels != tuple(DIGITS):
            raise ConfigurationError(
                f"model {model.name} does not recognise the ten digits: train one that does"
            )
        self.device = device
        self.segmenter = segmenter or SegmenterConfig()
        self.recognizer = model.module
        self.recognition = Recognition().eval()

    def prepare(self, image: NDArray[np.uint8]) -> Segmentation:
        """Clean and over-segment one field, on the CPU.

        Args:
            image: (H, W) grey, 0 black .. 255 white.
        """
        return over_segment(image, self.segmenter)

    def interpret(self, fields: Sequence[Segmentation]) -> gtn.Graph:
        """Score the segments of all fields in one call.

        Returns:
            An interpretation graph for each field, on the CPU: acceptors over `docreader.labels.READ`. An arc's
            payload is the candidate segment it reads.
        """
        images = torch.from_numpy(np.concatenate([field.images() for field in fields]))
        features = torch.from_numpy(np.concatenate([field.features for field in fields]))
        posteriors = self.recognizer.log_posteriors(images[:, None].to(self.device)).cpu()
        # The graphs are small: searching them is faster on the CPU than to feed another device with them.
        graphs = gtn.batch([field.graph for field in fields])
        interpretation: gtn.Graph = self.recognition(graphs, posteriors, features)
        return interpretation

    def segments(self, answer: Answer, field: Segmentation) -> list[Segment]:
        """Where the characters of an answer stand, in pixels of the field: its best path."""
        boxes = field.page_boxes()
        found = []
        for step in answer.path:
            x, y, w, h = (int(value) for value in boxes[step.segment])
            found.append(Segment((x, y, w, h), step.character, step.score))
        return found
