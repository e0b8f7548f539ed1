"""SDNN: a network swept over the line image, without cuts (space displacement neural network, GBL98 sec. VII)."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from docreader.confidence.temperature import temperature
from docreader.confidence.thresholds import DEFER_BELOW
from docreader.decoding import alphabet
from docreader.decoding.lattice import Lattice
from docreader.decoding.score_sequence import BLANK, sequence_interpretation
from docreader.decoding.search import Hypothesis, PathArc
from docreader.errors import ConfigurationError
from docreader.io.records import Character
from docreader.recognition.base import Recognizer
from docreader.recognition.line_views import LineViews, line_config, make_line_views, tta_views
from models.files import LoadedModel
from models.line_recognizers import LineRecognizer, PackedLineRecognizer, packed
from models.sdnn import STRIDE
from segment.image.box import Box
from segment.line_image import CHANNELS, LineConfig, LineImage

GRID = 32
"""Lines are padded with paper to a multiple of so many pixels: beyond the end of an image the network sees zeros, which
are not what paper is like."""


class SdnnRecognizer(Recognizer[LineViews]):
    """Reads with a network that is swept over the line image.

    Args:
        model: A line recognizer of the ten digits and any of the other characters of `alphabet.CHARACTERS`.
        device: Device of the network.
        views: Line configurations, one or more; None: `line_views.tta_views` of what the model was trained on.

    Raises:
        ConfigurationError: The network has other classes or reads other lines.
        MetadataError: The model has no valid line configuration.
    """

    name = "sdnn"

    def __init__(
        self, model: LoadedModel, device: torch.device, views: Sequence[LineConfig] | None = None
    ) -> None:
        module = model.module
        if not isinstance(module, LineRecognizer) or not alphabet.is_alphabet(model.labels):
            raise ConfigurationError(
                f"model {model.name} does not read the ten digits and then some of {alphabet.CHARACTERS[10:]}, in this "
                "order: train one that does"
            )
        self.views = tta_views(line_config(model)) if views is None else tuple(views)
        if any(
            (module.config.channels, module.config.height) != (CHANNELS, view.height) for view in self.views
        ):
            raise ConfigurationError(
                f"model {model.name} reads {module.config.channels} images of {module.config.height} rows, "
                f"lines are {CHANNELS} of {self.views[0].height}: train it again"
            )
        self.defer_below: tuple[float, ...] = (DEFER_BELOW,) if len(self.views) > 1 else ()
        self.network = packed(module, device)
        self.temperature = temperature(model)

    def prepare(self, image: NDArray[np.uint8], field_box: Box | None = None) -> LineViews:
        """Clean one field and make its line image, see `docreader.recognition.base.Recognizer`."""
        return make_line_views(image, self.views, field_box)

    def score(self, fields: Sequence[LineViews], pass_number: int = 0) -> Lattice:
        """Sweep over the first view of each field, in the second pass over all views.

        Returns:
            Transducers from symbols of time steps to characters; units are time steps.
        """
        count = len(self.views) if pass_number else 1
        wanted = [(field, view) for view in range(count) for field in fields]
        self._sweep([(field, view) for field, view in wanted if (self.network, view) not in field.scores])
        scores, lengths = pad_sequences([field.scores[self.network, view] for field, view in wanted])
        scores /= self.temperature
        views = zip(scores.chunk(count), lengths.chunk(count), strict=True)
        return Lattice.union_views([sequence_interpretation(*view) for view in views])

    def least_share(self, pass_number: int, accept_from: float) -> float:
        """Return the least probability of an amount from which the second pass can bring one to a confidence.

        The probability after the pass is the mean of those of the views, of which each has at most 1. A temperature
        other than 1 changes their weights, and there is no such bound.
        """
        return 1 - len(self.views) * (1 - accept_from) if self.temperature == 1 else 0.0

    def _sweep(self, wanted: Sequence[tuple[LineViews, int]]) -> None:
        """Compute score sequences of fields by view, all of them together."""
        lines = [field.lines[view] if view else field.line for field, view in wanted]
        found = score_lines(self.network, [line.pixels for line in lines])
        for (field, view), line, scores in zip(wanted, lines, found, strict=True):
            if line.empty:  # without ink only blanks, whatever the network makes of it
                scores[:, :BLANK], scores[:, BLANK] = -torch.inf, 0.0
            field.scores[self.network, view] = scores

    def characters(self, hypothesis: Hypothesis, field: LineViews) -> list[Character]:
        """Locate the characters of a hypothesis.

        The network knows about where a character is, not how wide: its box is that of the ink between its neighbors.
        """
        runs = _runs(hypothesis.path)
        if not runs:
            return []
        view = runs[0][0].view  # a path remains in one view
        line = field.lines[view] if view else field.line
        centers = [STRIDE * (sum(arc.unit for arc in run) / len(run) + 0.5) for run in runs]
        height, width = line.pixels.shape[1:]
        spans = []
        for number, center in enumerate(centers):
            left = (centers[number - 1] + center) / 2 if number else center - height / 2
            right = (centers[number + 1] + center) / 2 if number + 1 < len(runs) else center + height / 2
            left, right = max(left, center - height, 0.0), min(right, center + height, float(width))
            spans.append((int(left), max(math.ceil(right), int(left) + 1)))
        return [
            Character(box, run[0].character, sum(arc.score for arc in run))
            for run, box in zip(runs, _ink_boxes(line, spans), strict=True)
        ]


def score_padded(
    network: PackedLineRecognizer, images: Sequence[NDArray[np.uint8]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Score lines of any widths as one padded batch.

    Args:
        network: Line recognizer.
        images: N line images, one or more, (C, H, W) uint8.

    Returns:
        (N, T, 18) log-probabilities on the CPU, minus infinity for classes that the network lacks, blank behind the
        end of a line; and (N,) the time steps of each.
    """
    return pad_sequences(score_lines(network, images))


def score_lines(network: PackedLineRecognizer, images: Sequence[NDArray[np.uint8]]) -> list[torch.Tensor]:
    """Score lines of any widths: the score sequence of each, (T, 18), as in `score_padded`."""
    if not images:
        return []
    found = torch.cat(list(network.scores(images, GRID))).cpu()
    columns = torch.tensor([*(alphabet.INDEX[character] for character in network.labels), BLANK])
    rows = torch.full((found.shape[0], len(alphabet.INPUT_SYMBOLS)), -torch.inf)
    rows[:, columns] = found
    return list(torch.split(rows, [time_steps(image.shape[2]) for image in images]))


def pad_sequences(sequences: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Pad score sequences with blanks to the longest, as in `score_padded`; return their lengths, too."""
    lengths = torch.tensor([len(rows) for rows in sequences])
    within = torch.arange(int(lengths.max())) < lengths[:, None]
    scores = torch.full((*within.shape, len(alphabet.INPUT_SYMBOLS)), -torch.inf)
    scores[..., BLANK] = 0.0
    scores[within] = torch.cat(list(sequences))
    return scores, lengths


def time_steps(width: int) -> int:
    """Compute the number of time steps of a line of `width` pixels."""
    return -(-width // STRIDE)


def collate(images: Sequence[NDArray[np.uint8]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Collate lines of different widths to one batch.

    Args:
        images: N of (C, H, W) uint8.

    Returns:
        (N, C, H, width) float32 of 0 paper .. 1 ink, padded with paper at the right to the widest, a multiple of 4
        pixels; and (N,) the time steps of each.
    """
    lengths = [time_steps(image.shape[2]) for image in images]
    channels, height = images[0].shape[:2]
    batch = np.zeros((len(images), channels, height, max(lengths) * STRIDE), np.uint8)
    for row, image in zip(batch, images, strict=True):
        row[:, :, : image.shape[2]] = image
    return torch.from_numpy(batch).float() / 255, torch.tensor(lengths)


def _runs(path: Sequence[PathArc]) -> list[list[PathArc]]:
    """Group the arcs of a path by character."""
    runs: list[list[PathArc]] = []
    last = alphabet.NON_CHARACTER
    for arc in path:
        if arc.character != alphabet.NON_CHARACTER:
            if arc.character != last:
                runs.append([])
            runs[-1].append(arc)
        last = arc.character
    return runs


def _ink_boxes(line: LineImage, spans: Sequence[tuple[int, int]]) -> list[Box]:
    """Map the ink between columns of a line to boxes on its source; without ink, the columns themselves."""
    ink = (line.pixels[0] > 100).view(np.uint8)
    corners = []
    for left, right in spans:
        x, y, across, down = cv2.boundingRect(ink[:, left:right])
        x, x_end, y_end = left + x, left + x + across, y + down
        if not across:
            x, x_end, y_end = left, right, ink.shape[0]
        corners += [(x, y), (x_end, y), (x, y_end), (x_end, y_end)]
    source = (np.array(corners) - 0.5) @ line.to_source.matrix[:2, :2].T + line.to_source.matrix[:2, 2] + 0.5
    source = source.reshape(len(spans), 4, 2)
    low = np.floor(source.min(axis=1)).clip(min=0)
    size = np.ceil(source.max(axis=1)) - low
    return [
        Box(int(x), int(y), max(1, int(w)), max(1, int(h)))
        for (x, y), (w, h) in zip(low.tolist(), size.tolist(), strict=True)
    ]
