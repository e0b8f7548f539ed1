"""The cascade: only pages below the threshold go to the next pass."""

import math
from types import SimpleNamespace

import pytest

import gtn
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import Hypothesis
from docreader.errors import GraphTooLargeError
from docreader.recognition.cascade import decode, decode_pages, needs_next_pass

DIGITS = load_grammar("digits")


class Fake:
    """A recognizer whose fields list the probability of a 7 in each pass; the rest is a non-character."""

    name = "fake"

    def __init__(self, lattice, *defer_below):
        self.lattice, self.defer_below, self.calls = lattice, defer_below, []

    def score(self, fields, pass_number=0):
        self.calls.append([field.name for field in fields])
        shares = [field.shares[pass_number] for field in fields]
        return Lattice.of(gtn.batch([self.lattice([self.row(share)]) for share in shares]))

    @staticmethod
    def row(share):
        return {"7": math.log(share), "#": math.log(1 - share)} if share else {"-": 0.0}

    def least_share(self, pass_number, accept_from):
        return 1 - 3 * (1 - accept_from)

    def merge(self, pass_number, earlier, found, grammar, n_best):
        assert (pass_number, grammar) == (1, DIGITS)
        return list(found)


def page(name, *shares):
    return SimpleNamespace(
        prepared=[SimpleNamespace(name=name, shares=shares)], scores=[0.0], currency_symbol=None, has_ink=True
    )


PAGES = [page("a", 0.99, 0.1), page("b", 0.5, 0.7), page("c", 0, 0.8)]


def test_only_doubtful_pages_are_read_again(lattice):
    recognizer = Fake(lattice, 0.98)
    found = decode(recognizer, PAGES, DIGITS, 5)
    assert recognizer.calls == [["a", "b", "c"], ["b", "c"]]
    assert [best.pass_number for [best] in found] == [0, 1, 1]
    assert [best.posterior for [best] in found] == pytest.approx([0.99, 0.7, 0.8], abs=1e-4)


def test_a_page_that_the_next_pass_cannot_bring_to_acceptance_is_not_read_again(lattice):
    recognizer = Fake(lattice, 0.98)
    pages = [page("a", 0.3, 0.9), page("b", 0.95, 0.97)]
    decode(recognizer, pages, DIGITS, 5, accept_from=0.9)
    assert recognizer.calls == [["a", "b"], ["b"]]
    assert decode_pages(recognizer, [page("d", 0.3, 0.9)], DIGITS, 5)[0][0].pass_number == 1


def test_a_pass_without_pages_is_not_run(lattice):
    recognizer = Fake(lattice, 0.98)
    assert len(decode(recognizer, PAGES[:1], DIGITS, 5)) == 1
    assert recognizer.calls == [["a"]]


def test_a_batch_that_is_too_large_is_halved(lattice):
    recognizer = Fake(lattice)
    pages = [page("d", 0.9), page("e", 0.8)]  # one arc each behind the grammar
    found = decode_pages(recognizer, pages, DIGITS, 5, 1)
    assert [hypotheses[0].text for hypotheses in found] == ["7", "7"]
    assert recognizer.calls == [["d", "e"], ["d"], ["e"]]
    found = decode_pages(recognizer, pages, DIGITS, 5, 0)
    assert [type(error) for error in found] == [GraphTooLargeError, GraphTooLargeError]
    assert decode_pages(recognizer, [], DIGITS, 5) == []


def test_the_threshold_of_the_next_pass():
    assert needs_next_pass([], 0.0)
    assert needs_next_pass([Hypothesis("1", 0.5, ())], 0.6)
    assert not needs_next_pass([Hypothesis("1", 0.6, ())], 0.6)
    assert needs_next_pass([Hypothesis("1", 0.5, (), no_amount=0.2)], 0.6, 0.75)
    assert not needs_next_pass([Hypothesis("1", 0.5, (), no_amount=0.3)], 0.6, 0.75)
