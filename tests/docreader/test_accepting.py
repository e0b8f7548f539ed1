"""Nothing is accepted that the grammar does not allow, whatever the page and the scores of the network."""

import itertools
import re
from decimal import Decimal

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import gtn
from docreader.decoding import alphabet
from docreader.decoding.geometry import weigh_geometry
from docreader.decoding.grammar import load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.score_sequence import sequence_interpretation
from docreader.decoding.search import best_hypotheses
from docreader.io.records import Character
from docreader.pipeline.decision import rejection_reason
from docreader.pipeline.reader import Reader

CENTS = r"(\.\d\d)?"
AMOUNTS = re.compile(
    rf"(\d+|\d{{1,3}}(,\d{{3}})+|\d{{1,3}}(,\d\d)*,\d\d,?\d{{3}}){CENTS}"
)  # plain, by thousands, by lakhs: the last separator may be missing


def sequences(seed: int, count: int, sharpness: float) -> tuple[torch.Tensor, torch.Tensor]:
    """Random score sequences; sharper ones are more confident."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(4, 24, (count,), generator=generator)
    scores = torch.randn((count, int(lengths.max()), len(alphabet.INPUT_SYMBOLS)), generator=generator)
    # a frame of three shows no character, as with real ink
    scores[:, ::3, alphabet.INDEX[alphabet.NON_CHARACTER]] += 2.0
    scores = torch.log_softmax(sharpness * scores, dim=-1)
    behind = torch.arange(scores.shape[1]) >= lengths[:, None]
    scores[behind] = -torch.inf
    scores[..., alphabet.INDEX[alphabet.NON_CHARACTER]][behind] = 0.0
    return scores, lengths


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 10**6),
    st.floats(1.0, 8.0),
    st.sampled_from([None, "$", "₹", "€"]),
    st.integers(1, 3),
)
def test_an_accepted_amount_is_a_form_of_the_grammar_in_one_place_or_several(seed, sharpness, sign, places):
    grammar = load_grammar("amount")
    pages = 2
    graphs = sequence_interpretation(*sequences(seed, pages * places, sharpness))
    joined = Lattice.of(graphs).union_candidates([[0.0] * places] * pages)
    for answers in best_hypotheses(joined, grammar, 4, -4.0, [sign] * pages):
        for answer in answers:
            assert AMOUNTS.fullmatch(answer.text), answer.text
            assert grammar.amount(answer.text) == Decimal(answer.text.replace(",", ""))
            assert 0.0 <= answer.posterior <= 1.0
        assert sum(answer.posterior for answer in answers) <= 1.0 + 1e-4
        read = "".join(arc.character for answer in answers[:1] for arc in answer.path)
        segments = [Character((12.0 * n, 0.0, 10.0, 30.0), c, 0.0) for n, c in enumerate(read)]
        settled, _ = weigh_geometry(answers, segments, grammar)
        assert sorted(a.text for a in settled) == sorted(a.text for a in answers)
        assert sum(a.posterior for a in settled) <= sum(a.posterior for a in answers) + 1e-6
        if rejection_reason(settled, segments, grammar, 0.5) is None:
            assert AMOUNTS.fullmatch(settled[0].text)
            assert settled[0].posterior >= 0.5


FORMS = {
    "1,234.56": [
        "$1.234.56",
        "1234.56",
        "1.234.56/100",
        "1.234-56",
        "1.23456/100",
        "**1.234.56**",
        "1.234.56---",
    ],
    "1,234.00": ["1.234xx/100", "1.234.xx/100", "1.234.00", "$1.234-00/100"],
    "1,234": ["1.234---", "1.234-", "1.234/-", "1.234.-", "$*1.234*"],
    "1,05,000": ["1.05.000/-", "$1.05.000-", "1.05.000"],
    "22,000": ["22.000", "22.000.-", "$22.000-"],
    "150,00,000": ["150.00.000/-"],
}


@pytest.mark.parametrize(("text", "read"), [(t, r) for t, reads in FORMS.items() for r in reads])
def test_every_form_comes_back_as_its_amount(text, read):
    grammar = load_grammar("amount")
    for sign in (None, "$", "₹"):
        graph = gtn.compose(gtn.string_acceptor([alphabet.encode(read)]), grammar.graphs([sign]))
        [[path]] = gtn.n_best(graph, 2, distinct=True).tolist()
        found = alphabet.decode(path.output)
        assert grammar.amount(found) == Decimal(text.replace(",", ""))
        assert found.replace(",", "") == text.replace(",", "")


def letter() -> np.ndarray:
    image = np.full((900, 700), 235, np.uint8)
    for row in range(22):
        cv2.putText(image, "Dear Sir, of 1,234 we", (50, 60 + 38 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 60, 2)
    return image


def photograph() -> np.ndarray:
    rng = np.random.default_rng(3)
    coarse = rng.integers(20, 235, (9, 16)).astype(np.uint8)
    return cv2.resize(coarse, (800, 450), interpolation=cv2.INTER_CUBIC)


def blank_check() -> np.ndarray:
    image = np.full((430, 1000), 228, np.uint8)
    cv2.rectangle(image, (700, 150), (930, 194), 90, 1)
    for y in (170, 240, 370):
        cv2.line(image, (60, y), (640, y), 120, 1)
    for x, y, words in (
        (60, 60, "EXAMPLE BANK"),
        (60, 160, "PAY"),
        (660, 180, "$"),
        (60, 400, "021000021  12345"),
    ):
        cv2.putText(image, words, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 60, 2, cv2.LINE_AA)
    return image


@pytest.fixture(scope="module")
def readers() -> dict[str, Reader]:
    return {method: Reader.load(device="cpu", method=method) for method in ("sdnn", "hos")}


PAGES = {
    "letter": letter(),
    "photograph": photograph(),
    "noise": np.random.default_rng(1).integers(0, 256, (450, 1000)).astype(np.uint8),
    "white": np.full((450, 1000), 255, np.uint8),
    "black": np.zeros((450, 1000), np.uint8),
    "blank check": blank_check(),
}


@pytest.mark.parametrize(("name", "method"), list(itertools.product(PAGES, ("sdnn", "hos"))))
def test_what_bears_no_amount_is_refused_even_where_it_is_called_a_check(readers, name, method):
    for field in ("auto", "check"):
        [reading] = readers[method].read(PAGES[name], field=field)
        assert reading.decision == "reject", (field, reading)
        assert reading.reason
