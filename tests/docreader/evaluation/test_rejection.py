"""The reject curve against a threshold tried out by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.evaluation.rejection import best_point, crossfit, reject_curve

EXAMPLE = [("1", "1", 0.9), ("1", "1", 0.8), ("1", "2", 0.8), ("1", "1", 0.3), ("1", None, 0), ("1", "", 0)]


def test_an_example(make_judged):
    curve = reject_curve(make_judged(*EXAMPLE))
    assert [(p.threshold, p.accepted, p.wrong) for p in curve] == [
        (1.0, 0, 0),
        (0.9, 1, 0),
        (0.8, 3, 1),
        (0.3, 4, 1),
    ]
    assert curve[-1].read_rate == pytest.approx(4 / 6)
    assert curve[-1].error == pytest.approx(1 / 4)
    assert best_point(curve, 0.25).accepted == 4
    assert best_point(curve, 0.24).accepted == 1


@given(st.data())
def test_each_point_is_what_its_threshold_gives(make_judged, data):
    said = st.tuples(
        st.just("1"),
        st.sampled_from(["1", "2", None, ""]),
        st.integers(0, 4).map(lambda n: n / 4),
        st.sampled_from([None, None, "too_small"]),
    )
    judged = make_judged(*data.draw(st.lists(said, min_size=1, max_size=12)))
    for point in reject_curve(judged)[1:]:
        taken = [item for item in judged if item.acceptable and item.confidence >= point.threshold]
        assert point.accepted == len(taken)
        assert point.wrong == sum(not item.correct for item in taken)


def test_the_threshold_of_the_reader_does_not_matter(make_judged):
    assert reject_curve(make_judged(("1", "1", 0.1)))[-1].accepted == 1


def test_what_a_rule_refuses_is_accepted_at_no_threshold(make_judged):
    minus = ("-500", "500", 0.98, "ambiguous_amount")
    judged = make_judged(minus, ("1", "1", 0.9), ("1", "1", 0.8), groups=["a", "b", "c"])
    curve = reject_curve(judged)
    assert [(point.threshold, point.accepted, point.wrong) for point in curve] == [
        (1.0, 0, 0),
        (0.9, 1, 0),
        (0.8, 2, 0),
    ]
    assert curve[-1].read_rate == pytest.approx(2 / 3)
    assert crossfit(judged, 0.02, folds=3).wrong == 0


def test_nothing_but_mistakes_is_read_at_no_error(make_judged):
    assert best_point(reject_curve(make_judged(("1", "2", 0.9))), 0.01).accepted == 0


def test_a_threshold_is_not_judged_where_it_was_chosen(make_judged):
    """One confident mistake: its own fold takes it in, since the others do not know of it."""
    judged = make_judged(*[("1", "1", 0.9)] * 50, ("1", "2", 0.95))
    point = crossfit(judged, 0.0)
    assert point.wrong == 1
    assert 0 < point.accepted < 51
    assert best_point(reject_curve(judged), 0.0).accepted == 0


def test_crossfit_reads_everything_of_a_perfect_reader(make_judged):
    point = crossfit(make_judged(*[("1", "1", 0.9)] * 30), 0.01)
    assert (point.accepted, point.wrong, point.threshold) == (30, 0, pytest.approx(0.9))


def test_images_of_a_group_stay_together(make_judged):
    judged = make_judged(*[("1", "1", 0.9)] * 10, groups=["same"] * 10)
    assert crossfit(judged, 0.01).accepted == 0
    assert crossfit(make_judged(("1", "1", 0.9)), 0.01).total == 1
