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
from docreader import labels
from docreader.calibrated import temperature
from docreader.errors import ConfigurationError
from docreader.lines import form_of, looks
from docreader.records import Box, Segment
from docreader.search import Answer, Step
from docreader.sequence import NONE, joined_interpretation
from docreader.stages import SURE, Stage
from models.files import LoadedModel
from models.sdnn import STRIDE
from models.sweepers import PackedSweeper, Sweeper, packed
from segment.cleaning import Ink, clean
from segment.lines import CHANNELS, Line, LineConfig, make_line

GRID = 32
"""Lines are filled up with paper to a multiple of so many pixels before they are read: where a line ends, the network
sees nothing, and that is not what paper looks like."""


@dataclass(frozen=True, eq=False)
class Views:
    """A field as lines that are made in several ways."""

    line: Line
    """What is looked at first."""
    others: Callable[[], tuple[Line, ...]] = tuple
    """Makes the others."""
    read: dict[tuple[PackedSweeper, int], torch.Tensor] = field(default_factory=dict)
    """Score sequences of those that were swept over, by who swept and number: a second look needs the first again."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """All of them; the others are made when they are asked for."""
        return (self.line, *self.others())

    @property
    def empty(self) -> bool:
        """Whether nothing is written."""
        return self.line.empty


class Sdnn:
    """Reads with a network that sweeps over the line.

    Args:
        model: a reader of the ten digits and any of the other characters of `docreader.labels.READ`.
        device: where it computes.
        views: how lines are made, one or more ways; None is `docreader.lines.looks` at what the model was trained on.

    Raises:
        ConfigurationError: the network reads other characters or other lines.
        MetadataError: the model does not say how lines are made for it.
    """

    name = "sdnn"

    def __init__(
        self, model: LoadedModel, device: torch.device, views: Sequence[LineConfig] | None = None
    ) -> None:
        module = model.module
        if not isinstance(module, Sweeper) or not readable(model.labels):
            raise ConfigurationError(
                f"model {model.name} does not read the ten digits and then some of {labels.WRITTEN[10:]}, in this "
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

    def prepare(self, image: NDArray[np.uint8], inner: tuple[int, int, int, int] | None = None) -> Views:
        """Clean one field and make lines of it, on the CPU.

        Args:
            image: (H, W) grey, 0 black .. 255 white.
            inner: the field itself, where the image shows more, see `segment.cleaning.clean`.
        """
        return find_views(image, self.views, inner)

    @property
    def stages(self) -> tuple[Stage, ...]:
        """One look at every field, and all views of those that it leaves in doubt."""
        first = Stage(self.interpret)
        return (first, Stage(self.look_again, SURE)) if len(self.views) > 1 else (first,)

    def interpret(self, fields: Sequence[Views]) -> gtn.Graph:
        """Sweep over the first line of each field.

        Returns:
            An interpretation graph for each, on the CPU: transducers from labels of frames to
            `docreader.labels.READ`. An arc's payload is its frame.
        """
        return self._interpret(fields, 1)

    def look_again(self, fields: Sequence[Views]) -> gtn.Graph:
        """Sweep over all lines of each field.

        Returns:
            The same, the views side by side: an arc's payload is frame * views + view.
        """
        return self._interpret(fields, len(self.views))

    def _interpret(self, fields: Sequence[Views], views: int) -> gtn.Graph:
        """Sweep over the first so many lines of each field, all of them together."""
        looks = [(one, number) for number in range(views) for one in fields]
        new = [(one, number) for one, number in looks if (self.network, number) not in one.read]
        lines = [one.lines[number] if number else one.line for one, number in new]
        found = read_lines(self.network, [line.picture for line in lines])
        for (one, number), line, scores in zip(new, lines, found, strict=True):
            if line.empty:  # what no ink stands in says nothing, whatever the network makes of it
                scores[:, :NONE], scores[:, NONE] = -torch.inf, 0.0
            one.read[self.network, number] = scores
        scores, lengths = side_by_side([one.read[self.network, number] for one, number in looks])
        scores /= self.temperature
        return joined_interpretation(list(zip(scores.chunk(views), lengths.chunk(views), strict=True)))

    def segments(self, answer: Answer, field: Views) -> list[Segment]:
        """Where the characters of an answer stand, in pixels of the field.

        The network says about where a character is, not how wide: the ink between its neighbours is taken.
        """
        runs = _runs(answer.path)
        if not runs:
            return []
        count = len(self.views) if answer.stage else 1
        line = (
            field.lines[runs[0][0].segment % count] if answer.stage else field.line
        )  # a path stays in one view
        centres = [STRIDE * (sum(step.segment // count for step in run) / len(run) + 0.5) for run in runs]
        height, width = line.picture.shape[1:]
        spans = []
        for number, centre in enumerate(centres):
            left = (centres[number - 1] + centre) / 2 if number else centre - height / 2
            right = (centres[number + 1] + centre) / 2 if number + 1 < len(runs) else centre + height / 2
            left, right = max(left, centre - height, 0.0), min(right, centre + height, float(width))
            spans.append((int(left), max(math.ceil(right), int(left) + 1)))
        return [
            Segment(box, run[0].character, sum(step.score for step in run))
            for run, box in zip(runs, _ink_boxes(line, spans), strict=True)
        ]


def readable(characters: Sequence[str]) -> bool:
    """Whether a network of these labels can be used: the digits, then any of the other characters, in their order.

    >>> readable("0123456789.-"), readable("0123456789-."), readable("01.")
    (True, False, False)
    """
    known = [
        character for character in labels.WRITTEN if character in labels.DIGITS or character in characters
    ]
    return list(characters) == known


def find_views(
    image: NDArray[np.uint8],
    views: Sequence[LineConfig],
    inner: tuple[int, int, int, int] | None = None,
) -> Views:
    """Clean a field once, and make a line of it for the first view."""
    ink = clean(image, views[0].cleaning, inner)
    return views_of(image, ink, views)


def views_of(image: NDArray[np.uint8], ink: Ink, views: Sequence[LineConfig]) -> Views:
    """Lines of a field that is cleaned already."""
    first, *others = views
    return Views(
        make_line(image, ink, first), lambda: tuple(make_line(image, ink, other) for other in others)
    )


def sweep(network: PackedSweeper, pictures: Sequence[NDArray[np.uint8]]) -> tuple[torch.Tensor, torch.Tensor]:
    """The score sequences of lines of any widths.

    Args:
        network: what reads them.
        pictures: N lines, one or more.

    Returns:
        (N, T, 17) log-probabilities on the CPU, minus infinity for what the network has no output for, "no
        character" behind a line's end; and (N,) the rows of each.
    """
    return side_by_side(read_lines(network, pictures))


def read_lines(network: PackedSweeper, pictures: Sequence[NDArray[np.uint8]]) -> list[torch.Tensor]:
    """The score sequence of each line, (T, 17), as `sweep` says."""
    if not pictures:
        return []
    found = torch.cat(list(network.scores(pictures, GRID))).cpu()
    columns = torch.tensor([*(labels.INDEX[character] for character in network.labels), NONE])
    rows = torch.full((found.shape[0], len(labels.READ)), -torch.inf)
    rows[:, columns] = found
    return list(torch.split(rows, [frames(picture.shape[2]) for picture in pictures]))


def side_by_side(sequences: Sequence[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Score sequences filled up with "no character" to the longest, as `sweep` says; and their lengths."""
    lengths = torch.tensor([len(rows) for rows in sequences])
    within = torch.arange(int(lengths.max())) < lengths[:, None]
    scores = torch.full((*within.shape, len(labels.READ)), -torch.inf)
    scores[..., NONE] = 0.0
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


def _runs(path: Sequence[Step]) -> list[list[Step]]:
    """The frames of each character on a path."""
    runs: list[list[Step]] = []
    last = labels.DIRT
    for step in path:
        if step.character != labels.DIRT:
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
    page = (np.array(corners) - 0.5) @ line.to_page[:, :2].T + line.to_page[:, 2] + 0.5
    page = page.reshape(len(spans), 4, 2)
    low = np.floor(page.min(axis=1)).clip(min=0)
    size = np.ceil(page.max(axis=1)) - low
    return [
        (int(x), int(y), max(1, int(w)), max(1, int(h)))
        for (x, y), (w, h) in zip(low.tolist(), size.tolist(), strict=True)
    ]
