"""Reading without cuts: a space displacement network sweeps over the line (GBL98 sec. VII)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

import gtn
from docreader.confidence.temperature import temperature
from docreader.confidence.thresholds import DEFER_BELOW
from docreader.decoding import alphabet
from docreader.decoding.score_sequence import BLANK, joined_interpretation
from docreader.decoding.search import Hypothesis, PathArc
from docreader.errors import ConfigurationError
from docreader.io.records import Box, Character
from docreader.recognition.cascade import Pass
from docreader.recognition.line_views import form_of, looks
from models.files import LoadedModel
from models.line_recognizers import LineRecognizer, PackedLineRecognizer, packed
from models.sdnn import STRIDE
from segment.cleaning.pipeline import Ink, clean
from segment.line_image import CHANNELS, Line, LineConfig, make_line

GRID = 32
"""Lines are filled up with paper to a multiple of so many pixels before they are read: where a line ends, the network
sees nothing, and that is not what paper looks like."""


@dataclass(frozen=True, eq=False)
class LineViews:
    """A field as lines that are made in several ways."""

    line: Line
    """What is looked at first."""
    others: Callable[[], tuple[Line, ...]] = tuple
    """Makes the others."""
    read: dict[tuple[PackedLineRecognizer, int], torch.Tensor] = field(default_factory=dict)
    """Score sequences of those that were swept over, by who swept and number: a second look needs the first again."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All of them; the others are made when they are asked for."""
        return (self.line, *self.others())

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return self.line.empty


class SdnnRecognizer:
    """Reads with a network that sweeps over the line.

    Args:
        model: a reader of the ten digits and any of the other characters of `alphabet.INPUT_SYMBOLS`.
        device: where it computes.
        views: how lines are made, one or more ways; None: `line_views.looks` at what the model was trained on.

    Raises:
        ConfigurationError: the network reads other characters or other lines.
        MetadataError: the model does not say how lines are made for it.
    """

    name = "sdnn"

    def __init__(
        self, model: LoadedModel, device: torch.device, views: Sequence[LineConfig] | None = None
    ) -> None:
        module = model.module
        if not isinstance(module, LineRecognizer) or not readable(model.labels):
            raise ConfigurationError(
                f"model {model.name} does not read the ten digits and then some of {alphabet.CHARACTERS[10:]}, in this "
                "order: train one that does"
            )
        self.views = looks(form_of(model)) if views is None else tuple(views)
        if any(
            (module.config.channels, module.config.height) != (CHANNELS, view.height) for view in self.views
        ):
            raise ConfigurationError(
                f"model {model.name} reads {module.config.channels} pictures of {module.config.height} rows, "
                f"lines are {CHANNELS} of {self.views[0].height}: train it again"
            )
        self.network = packed(module, device)
        self.temperature = temperature(model)

    def prepare(self, image: NDArray[np.uint8], inner: tuple[int, int, int, int] | None = None) -> LineViews:
        """Clean one field and make lines of it, on the CPU.

        Args:
            image: (H, W) gray, 0 black .. 255 white.
            inner: the field itself, where the image shows more, see `segment.cleaning.pipeline.clean`.
        """
        return make_line_views(image, self.views, inner)

    @property
    def stages(self) -> tuple[Pass, ...]:
        """One look at every field, and all views of those that it leaves in doubt."""
        first = Pass(self.interpret)
        return (first, Pass(self.second_pass, DEFER_BELOW)) if len(self.views) > 1 else (first,)

    def interpret(self, fields: Sequence[LineViews]) -> gtn.Graph:
        """Sweep over the first line of each field.

        Returns:
            An interpretation graph for each, on the CPU: transducers from labels of frames to
            `alphabet.INPUT_SYMBOLS`. An arc's payload is its frame.
        """
        return self._interpret(fields, 1)

    def second_pass(self, fields: Sequence[LineViews]) -> gtn.Graph:
        """Sweep over all lines of each field.

        Returns:
            The same, the views side by side: an arc's payload is frame * views + view.
        """
        return self._interpret(fields, len(self.views))

    def _interpret(self, fields: Sequence[LineViews], views: int) -> gtn.Graph:
        """Sweep over the first so many lines of each field, all of them together."""
        looks = [(one, number) for number in range(views) for one in fields]
        new = [(one, number) for one, number in looks if (self.network, number) not in one.read]
        lines = [one.lines[number] if number else one.line for one, number in new]
        found = read_lines(self.network, [line.picture for line in lines])
        for (one, number), line, scores in zip(new, lines, found, strict=True):
            if line.empty:  # what no ink stands in says nothing, whatever the network makes of it
                scores[:, :BLANK], scores[:, BLANK] = -torch.inf, 0.0
            one.read[self.network, number] = scores
        scores, lengths = side_by_side([one.read[self.network, number] for one, number in looks])
        scores /= self.temperature
        return joined_interpretation(list(zip(scores.chunk(views), lengths.chunk(views), strict=True)))

    def segments(self, answer: Hypothesis, field: LineViews) -> list[Character]:
        """Where the characters of an answer stand, in pixels of the field.

        The network says about where a character is, not how wide: the ink between its neighbors is taken.
        """
        runs = _runs(answer.path)
        if not runs:
            return []
        count = len(self.views) if answer.stage else 1
        line = (
            field.lines[runs[0][0].segment % count] if answer.stage else field.line
        )  # a path stays in one view
        centers = [STRIDE * (sum(step.segment // count for step in run) / len(run) + 0.5) for run in runs]
        height, width = line.picture.shape[1:]
        spans = []
        for number, center in enumerate(centers):
            left = (centers[number - 1] + center) / 2 if number else center - height / 2
            right = (centers[number + 1] + center) / 2 if number + 1 < len(runs) else center + height / 2
            left, right = max(left, center - height, 0.0), min(right, center + height, float(width))
            spans.append((int(left), max(math.ceil(right), int(left) + 1)))
        return [
            Character(box, run[0].character, sum(step.score for step in run))
            for run, box in zip(runs, _ink_boxes(line, spans), strict=True)
        ]


def readable(characters: Sequence[str]) -> bool:
    """Whether a network of these labels can be used: the digits, then any of the other characters, in their order.

    >>> readable("0123456789.-"), readable("0123456789-."), readable("01.")
    (True, False, False)
    """
    known = [
        character
        for character in alphabet.CHARACTERS
        if character in alphabet.DIGITS or character in characters
    ]
    return list(characters) == known


def make_line_views(
    image: NDArray[np.uint8],
    views: Sequence[LineConfig],
    inner: tuple[int, int, int, int] | None = None,
) -> LineViews:
    """Clean a field once, and make a line of it for the first view."""
    ink = clean(image, views[0].cleaning, inner)
    return line_views_of(image, ink, views)


def line_views_of(image: NDArray[np.uint8], ink: Ink, views: Sequence[LineConfig]) -> LineViews:
    """Lines of a field that is cleaned already."""
    first, *others = views
    return LineViews(
        make_line(image, ink, first), lambda: tuple(make_line(image, ink, other) for other in others)
    )


def sweep(
    network: PackedLineRecognizer, pictures: Sequence[NDArray[np.uint8]]
) -> tuple[torch.Tensor, torch.Tensor]:
    """The score sequences of lines of any widths.

    Args:
        network: what reads them.
        pictures: N lines, one or more.

    Returns:
        (N, T, 17) log-probabilities on the CPU, minus infinity for what the network has no output for, "no
        character" behind a line's end; and (N,) the rows of each.
    """
    return side_by_side(read_lines(network, pictures))


def read_lines(network: PackedLineRecognizer, pictures: Sequence[NDArray[np.uint8]]) -> list[torch.Tensor]:
    """The score sequence of each line, (T, 17), as `sweep` says."""
    if not pictures:
        return []
    found = torch.cat(list(network.scores(pictures, GRID))).cpu()
    columns = torch.tensor([*(alphabet.INDEX[character] for character in network.labels), BLANK])
    rows = torch.full((found.shape[0], len(alphabet.INPUT_SYMBOLS)), -torch.inf)
    rows[:, columns] = found
    return list(torch.split(rows, [frames(picture.shape[2]) for picture in pictures]))


def side_by_side(sequences: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Score sequences filled up with "no character" to the longest, as `sweep` says; and their lengths."""
    lengths = torch.tensor([len(rows) for rows in sequences])
    within = torch.arange(int(lengths.max())) < lengths[:, None]
    scores = torch.full((*within.shape, len(alphabet.INPUT_SYMBOLS)), -torch.inf)
    scores[..., BLANK] = 0.0
    scores[within] = torch.cat(list(sequences))
    return scores, lengths


def frames(width: int) -> int:
    """Rows of the score sequence of a line of `width` pixels."""
    return -(-width // STRIDE)


def collate(pictures: Sequence[NDArray[np.uint8]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Lines of different widths as one batch.

    Args:
        pictures: N of (C, H, W) uint8.

    Returns:
        (N, C, H, width) float32 of 0 paper .. 1 ink, filled up with paper at the right to what the widest line needs,
        a multiple of 4 pixels; and (N,) the rows of each score sequence.
    """
    lengths = [frames(picture.shape[2]) for picture in pictures]
    channels, height = pictures[0].shape[:2]
    batch = np.zeros((len(pictures), channels, height, max(lengths) * STRIDE), np.uint8)
    for row, picture in zip(batch, pictures, strict=True):
        row[:, :, : picture.shape[2]] = picture
    return torch.from_numpy(batch).float() / 255, torch.tensor(lengths)


def _runs(path: Sequence[PathArc]) -> list[list[PathArc]]:
    """The frames of each character on a path."""
    runs: list[list[PathArc]] = []
    last = alphabet.NON_CHARACTER
    for step in path:
        if step.character != alphabet.NON_CHARACTER:
            if step.character != last:
                runs.append([])
            runs[-1].append(step)
        last = step.character
    return runs


def _ink_boxes(line: Line, spans: Sequence[tuple[int, int]]) -> list[Box]:
    """Boxes on the image of the ink in some columns of a line each, or of the columns where there is none."""
    ink = (line.picture[0] > 100).view(np.uint8)
    corners = []
    for left, right in spans:
        x, y, across, down = cv2.boundingRect(ink[:, left:right])
        x, x_end, y_end = left + x, left + x + across, y + down
        if not across:
            x, x_end, y_end = left, right, ink.shape[0]
        corners += [(x, y), (x_end, y), (x, y_end), (x_end, y_end)]
    page = (np.array(corners) - 0.5) @ line.to_source.matrix[:2, :2].T + line.to_source.matrix[:2, 2] + 0.5
    page = page.reshape(len(spans), 4, 2)
    low = np.floor(page.min(axis=1)).clip(min=0)
    size = np.ceil(page.max(axis=1)) - low
    return [
        (int(x), int(y), max(1, int(w)), max(1, int(h)))
        for (x, y), (w, h) in zip(low.tolist(), size.tolist(), strict=True)
    ]
