from docreader.decoding.grammar import load_grammar
from docreader.decoding.search import Hypothesis
from docreader.recognition.cascade import Pass, needs_next_pass, run_cascade

DIGITS = load_grammar("digits")


def says(**posteriors):
    """A stage by its answers to fields a, b, c..; it is its own interpretation."""
    return {
        number: [] if value is None else [Hypothesis(f"{number}", value, ())]
        for number, value in enumerate(posteriors.values())
    }


def look(stages, items=3):
    asked = []

    def read(interpret, numbers):
        asked.append(list(numbers))
        return [interpret[number] for number in numbers]

    return run_cascade(stages, read, items, DIGITS, 5), asked


def test_only_what_is_in_doubt_is_looked_at_again():
    stages = [Pass(says(a=0.99, b=0.5, c=None)), Pass(says(a=0.1, b=0.7, c=0.8), below=0.98)]
    found, asked = look(stages)
    assert asked == [[0, 1, 2], [1, 2]]
    assert [(of_one[0].posterior, of_one[0].stage) for of_one in found] == [(0.99, 0), (0.7, 1), (0.8, 1)]


def test_a_stage_that_nobody_needs_is_not_asked():
    found, asked = look([Pass(says(a=0.99, b=0.99, c=1.0)), Pass({}, below=0.98)])
    assert asked == [[0, 1, 2]]
    assert len(found) == 3


def test_answers_can_be_joined_and_may_be_none():
    def longest(one, other, grammar, count):
        assert (grammar, count) == (DIGITS, 5)
        return max(one, other, key=len)

    stages = [Pass(says(a=0.2, b=None, c=0.3)), Pass(says(a=None, b=None, c=None), below=1.0, join=longest)]
    found, _ = look(stages)
    assert [[answer.stage for answer in of_one] for of_one in found] == [[0], [], [0]]


def test_doubt():
    assert needs_next_pass([], 0.0)
    assert needs_next_pass([Hypothesis("1", 0.5, ())], 0.6)
    assert not needs_next_pass([Hypothesis("1", 0.6, ())], 0.6)
