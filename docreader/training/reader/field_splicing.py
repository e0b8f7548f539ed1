"""Fields made of the parts of two, for a reader of segments: the same characters in other company.

Two segmentation graphs are cut at a state between characters of the right path, and the arcs left of the one go before
the arcs right of the other: nothing has to be cut or drawn anew.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

import gtn
from docreader.training.reader.fields import Cut, LabelledField

MOST_SEGMENTS = 120
"""A field of more candidate segments is not made: it would cost much and teach little."""

Run = tuple[int, int]
"""The states between which the path says a character."""


def spliced_fields(
    fields: Sequence[LabelledField],
    cuts: Sequence[Cut],
    runs: Sequence[Sequence[Run] | None],
    share: float,
    rng: np.random.Generator,
) -> list[LabelledField]:
    """Put the beginnings of some fields before the ends of others.

    Args:
        fields: N fields.
        cuts: One of the cuts of each.
        runs: Where a network reads the characters of each in that cut, in order; None where it does not read the
            label, and the field stays whole.
        share: How many fields get another end.
        rng: Source of all chance.

    Returns:
        N fields in the same order; those that cannot be cut are as they were, the others have one cut.
    """
    ends = {
        latent: [n for n, field in enumerate(fields) if field.latent == latent and len(runs[n] or ()) > 1]
        for latent in (True, False)
    }
    found = list(fields)
    for number in np.nonzero(rng.random(len(fields)) < share)[0].tolist():
        field, own = fields[number], runs[number]
        if own is None or len(own) < 2:
            continue
        other = int(rng.choice(ends[field.latent]))
        theirs = runs[other]
        assert theirs is not None
        first, second = (int(rng.integers(1, len(some))) for some in (own, theirs))
        end, begin = (_between(some, at, rng) for some, at in ((own, first), (theirs, second)))
        cut = joined_cut(cuts[number], end, cuts[other], begin)
        if len(cut.pictures) <= MOST_SEGMENTS:
            target = field.target[:first] + fields[other].target[second:]
            where = f"{field.where} and {fields[other].where}"
            found[number] = LabelledField(where, target, field.latent, (cut,))
    return found


def joined_cut(left: Cut, end: int, right: Cut, begin: int) -> Cut:
    """What stands before a state of one cut, and after a state of another.

    Args:
        left: The first part; arcs that go beyond the state are left out.
        end: A state of its graph.
        right: The second part; arcs that begin before the state are left out.
        begin: A state of its graph.
    """
    before = torch.nonzero(left.graph.dst <= end).flatten()
    after = torch.nonzero(right.graph.src >= begin).flatten()
    src = torch.cat([left.graph.src[before], right.graph.src[after] - begin + end])
    dst = torch.cat([left.graph.dst[before], right.graph.dst[after] - begin + end])
    last = right.graph.start.numel() - 1 - begin + end
    graph = gtn.Graph.from_arcs(
        src,
        dst,
        torch.full_like(src, gtn.EPSILON),
        num_states=last + 1,
        start=0,
        final=last,
        payload=torch.arange(src.numel()),
    )
    rows = before.numpy(), after.numpy()
    return Cut(
        np.concatenate([left.pictures[rows[0]], right.pictures[rows[1]]]),
        np.concatenate([left.features[rows[0]], right.features[rows[1]]]),
        graph,
    )


def runs_of_path(cut: Cut, segments: Tensor, labels: Sequence[int], silent: int) -> list[Run]:
    """Where a path through the interpretation graph of a cut says its characters.

    Args:
        cut: The cut.
        segments: (P,) the segment of each arc of the path.
        labels: P labels.
        silent: The one that says nothing.
    """
    begin, end = cut.graph.src[segments].tolist(), cut.graph.dst[segments].tolist()
    return [run for run, label in zip(zip(begin, end, strict=True), labels, strict=True) if label != silent]


def _between(runs: Sequence[Run], at: int, rng: np.random.Generator) -> int:
    """A state behind character `at - 1` and before character `at`."""
    return int(rng.integers(runs[at - 1][1], runs[at][0] + 1))
