"""Score sequences as graphs: the character model of the space displacement network (GBL98 sec. VII)."""

from collections.abc import Sequence
from functools import cache

import torch
from torch import Tensor

import gtn
from docreader.decoding import alphabet
from docreader.decoding.lattice import numbered

BLANK = alphabet.INDEX[alphabet.NON_CHARACTER]
"""Label of a frame that shows no character: paper, dirt, or the space between two characters."""

FRAME_BEAM = 8.0
"""Labels of a frame that are this many nats worse than its best one are not searched. Beside 14, 8 changed no answer of
300, no confidence by 0.004 (digits; by 0.03 where the grammar refuses most), and the search was 4 to 17 times as quick.
"""


@cache
def character_model() -> gtn.Graph:
    """The transducer from labels of frames to characters.

    A character is one or more frames that say so; between equal characters stands a frame that says "no character".
    Maps each sequence of frames to one text along one path, with score 0.
    """
    states = len(alphabet.CHARACTERS) + 1  # state 0: no character; state k + 1: within character k
    source, target, read, write = [0], [0], [BLANK], [gtn.EPSILON]
    for state in range(1, states):
        label = alphabet.INDEX[alphabet.CHARACTERS[state - 1]]
        source += [state, state, *(s for s in range(states) if s != state)]
        target += [0, state, *[state] * (states - 1)]
        read += [BLANK, label, *[label] * (states - 1)]
        write += [gtn.EPSILON, gtn.EPSILON, *[label] * (states - 1)]
    return gtn.Graph.from_arcs(
        source, target, read, write, num_states=states, start=0, final=list(range(states))
    )


def frame_graph(scores: Tensor, lengths: Tensor, keep: float = FRAME_BEAM) -> gtn.Graph:
    """The score sequences of a batch as linear graphs, without the arcs that no answer will go through.

    Args:
        scores: (B, T, 17) log scores of `alphabet.INPUT_SYMBOLS` at each frame, minus infinity for what is never said.
        lengths: (B,) frames of each item.
        keep: arcs that are this many nats below the best of their frame are left out.

    Returns:
        B acceptors over `alphabet.INPUT_SYMBOLS`; the payload of an arc is its frame.
    """
    batch, steps, _ = scores.shape
    lengths = lengths.to(scores.device)
    within = torch.arange(steps, device=scores.device) < lengths[:, None]
    kept = (scores >= scores.amax(-1, keepdim=True) - keep) & within[..., None]
    item, frame, label = kept.nonzero(as_tuple=True)
    state_offset = torch.cat([lengths.new_zeros(1), (lengths + 1).cumsum(0)])
    arc_offset = torch.cat([lengths.new_zeros(1), torch.bincount(item, minlength=batch).cumsum(0)])
    source = state_offset[item] + frame
    start = torch.zeros(int(state_offset[-1]), dtype=torch.bool, device=scores.device)
    start[state_offset[:-1]] = True
    final_weight = torch.full(start.shape, -torch.inf, dtype=scores.dtype, device=scores.device)
    final_weight[state_offset[1:] - 1] = 0.0
    return gtn.Graph.from_flat(
        source,
        source + 1,
        label,
        None,
        scores[kept],
        arc_offset=arc_offset,
        state_offset=state_offset,
        start=start,
        final_weight=final_weight,
        payload=frame,
    )


def joined_interpretation(views: Sequence[tuple[Tensor, Tensor]]) -> gtn.Graph:
    """What several views of the same lines may say together: each view's graph beside the others' (GBL98 sec. X).

    The score of a text is that of all its paths in all views, so its posterior is the mean of theirs, each view weighed
    by how much of what it sees the grammar allows.

    Args:
        views: score sequences and lengths of each view, see `interpretation`.

    Returns:
        B transducers; the payload of an arc is frame * views + view.
    """
    return gtn.union(
        [numbered(interpretation(*view), number, len(views)) for number, view in enumerate(views)]
    )


def interpretation(scores: Tensor, lengths: Tensor) -> gtn.Graph:
    """What the frames of each line may say.

    Args:
        scores: (B, T, 17) log scores of `alphabet.INPUT_SYMBOLS` at each frame, minus infinity for what is never said.
        lengths: (B,) frames of each item.

    Returns:
        B transducers from labels of frames to characters; the payload of an arc is its frame.
    """
    model = character_model().to(device=scores.device, dtype=scores.dtype)
    return gtn.compose(frame_graph(scores, lengths), model)
