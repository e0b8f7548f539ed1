"""Fields of the parts of two: their paths are those of the parts, their labels too."""

from dataclasses import replace

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

import gtn
from docreader.training.reader.cutting import Cutting
from docreader.training.reader.field_splicing import joined_cut, runs_of_path, spliced_fields
from docreader.training.reader.fields import Cut, LabelledField
from docreader.training.reader.loop import train_reader


def cut(pieces: int, longest: int = 3, mark: int = 0) -> Cut:
    """A cut with an arc for every run of up to `longest` pieces; pictures and features say which arc they are of."""
    arcs = [(a, b) for a in range(pieces) for b in range(a + 1, min(a + longest, pieces) + 1)]
    graph = gtn.Graph.from_arcs(
        [a for a, _ in arcs],
        [b for _, b in arcs],
        [gtn.EPSILON] * len(arcs),
        num_states=pieces + 1,
        final=pieces,
        payload=list(range(len(arcs))),
    )
    names = np.array([(mark, a, b) for a, b in arcs], np.float32).reshape(-1, 3)
    pictures = np.zeros((len(arcs), 1, 2, 2), np.uint8) + names[:, 2, None, None, None].astype(np.uint8)
    return Cut(pictures, names, graph)


def field(target: str, mark: int, *, latent: bool = True) -> LabelledField:
    return LabelledField(
        f"field {mark}", tuple(int(c) for c in target), latent, (cut(len(target), mark=mark),)
    )


def paths(
    some: Cut, at: int = 0, done: tuple[tuple[float, ...], ...] = ()
) -> set[tuple[tuple[float, ...], ...]]:
    """All paths from a state to the end, as the names of their arcs."""
    if float(some.graph.final_weight[at]) == 0:
        return {done}
    found = set()
    for arc in torch.nonzero(some.graph.src == at).flatten().tolist():
        name = tuple(some.features[int(some.graph.payload[arc])].tolist())
        found |= paths(some, int(some.graph.dst[arc]), (*done, name))
    return found


@given(st.integers(2, 6), st.integers(2, 6), st.data())
def test_paths_are_those_of_the_parts_together(one, other, data):
    left, right = cut(one, mark=1), cut(other, mark=2)
    end, begin = data.draw(st.integers(1, one)), data.draw(st.integers(0, other - 1))
    made = joined_cut(left, end, right, begin)
    wanted = {
        tuple(a for a in first if a[2] <= end) + tuple(b for b in second if b[1] >= begin)
        for first in paths(left)
        for second in paths(right)
        if any(a[2] == end for a in first) and (begin == 0 or any(b[2] == begin for b in second))
    }
    assert paths(made) == wanted
    assert (made.pictures[:, 0, 0, 0] == made.features[:, 2]).all()
    assert len(made.pictures) == made.graph.src.numel()


def test_labels_follow_their_segments():
    fields = [field("123", 1), field("4567", 2)]
    runs = [[(n, n + 1) for n in range(len(some.target))] for some in fields]
    seen = set()
    for seed in range(200):
        for made in spliced_fields(
            fields, [f.cuts[0] for f in fields], runs, 1.0, np.random.default_rng(seed)
        ):
            single = [row for row in made.cuts[0].features.tolist() if row[2] - row[1] == 1]
            said = [int(fields[int(mark) - 1].target[int(first)]) for mark, first, _ in single]
            assert tuple(said) == made.target
            seen.add(made.text)
    assert {"1567", "4563", "17", "127"} <= seen


def test_fields_that_are_not_read_right_stay_whole_and_kinds_do_not_mix():
    fields = [field("12", 1), field("34", 2), field("56", 3, latent=False)]
    runs = [[(0, 1), (1, 2)], None, [(0, 1), (1, 2)]]
    made = spliced_fields(fields, [f.cuts[0] for f in fields], runs, 1.0, np.random.default_rng(0))
    assert made[1] is fields[1]
    assert set(made[0].target) <= {1, 2}
    assert set(made[2].target) <= {5, 6}
    assert not made[2].latent
    kept = spliced_fields(fields, [f.cuts[0] for f in fields], runs, 0.0, np.random.default_rng(0))
    assert all(new is old for new, old in zip(kept, fields, strict=True))


def test_runs_of_a_path_leave_out_what_says_nothing():
    some = cut(4, longest=2)
    arcs = list(zip(some.graph.src.tolist(), some.graph.dst.tolist(), strict=True))
    path = torch.tensor([arcs.index(arc) for arc in [(0, 1), (1, 3), (3, 4)]])
    assert runs_of_path(some, path, [7, 10, 8], silent=10) == [(0, 1), (3, 4)]


def test_a_trained_network_makes_fields_of_two(field_toys, fields_recipe, tmp_path):
    network = train_reader(field_toys, [], [], replace(fields_recipe, passes=25), tmp_path).network
    for share in (0.0, 1.0):
        some = replace(fields_recipe, augmentation=replace(fields_recipe.augmentation, spliced=share))
        made = Cutting().renewed(network, field_toys, some, torch.device("cpu"), np.random.default_rng(1))
        new = [field for field in made if not any(field is old for old in field_toys)]
        assert bool(new) == bool(share)
        assert all(len(field.cuts) == 1 for field in new)
    # What was put together is read as it is labelled by the network that was right about the parts.
    assert Cutting().measure(network, new, fields_recipe, torch.device("cpu")).exact > 0.8
