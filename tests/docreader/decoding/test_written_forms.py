"""Forms of writing: each is the right amount or a refusal in every grammar, by its characters and their places.

A line is written with `d` or `c` for any digit but 0, a space for a gap, `^` before raised digits, `?` for a letter or
sign. Its characters are read almost without doubt; grammar, geometry and rules decide.
"""

import re
from decimal import Decimal

import numpy as np
import pytest

import gtn
from docreader.decoding import alphabet
from docreader.decoding.geometry import find_geometry, is_negative, weigh_geometry
from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.lattice import Lattice
from docreader.decoding.search import Hypothesis, best_hypotheses
from docreader.io.records import Character
from docreader.pipeline.decision import rejection_reason

GRAMMARS = ("amount", "usd", "inr", "clp", "eur")
THRESHOLD = 0.95
HEIGHT = 30.0
SIZES = {"1": (0.3, 1.0, 0.0), ".": (0.15, 0.15, 0.0), "-": (0.5, 0.1, 0.45), "/": (0.5, 1.2, -0.1)}
"""Width, height and rise above the line, heights of a digit; those of the other digits are 0.6, 1 and 0."""


def lay_out(line: str, rng: np.random.Generator) -> list[Character]:
    """Place the characters of a line, with the unevenness of handwriting."""
    placed, x, raised = [], 0.0, False
    for sign in line:
        if sign == " ":
            x += rng.uniform(0.75, 0.9)
        elif sign == "^":
            raised = True
        else:
            width, height, rise = SIZES.get(sign, (0.6, 1.0, 0.0))
            if raised:
                width, height, rise = 0.55 * width, 0.55 * height, 0.5
            height *= rng.uniform(0.95, 1.05)
            box = (x * HEIGHT, (1 - rise - height) * HEIGHT, width * HEIGHT, height * HEIGHT)
            placed.append(Character(box, sign, 0.0))
            x += width + rng.uniform(0.0, 0.1)
    return placed


def draw(form: str, rng: np.random.Generator) -> str:
    """Draw the digits of a form."""
    return "".join(str(rng.integers(1, 10)) if sign in "dc" else sign for sign in form)


def read(lines: list[str], grammar: Grammar, rng: np.random.Generator) -> list[Decimal | None]:
    """Return the amounts accepted of lines; each character is almost certain, and may be none at all."""
    placed = [lay_out(line, rng) for line in lines]
    graphs = [_graph([character.character for character in characters]) for characters in placed]
    answers = best_hypotheses(Lattice.of(gtn.batch(graphs)), grammar, 5)
    return [_accepted(*pair, grammar) for pair in zip(placed, answers, strict=True)]


def _graph(symbols: list[str]) -> gtn.Graph:
    """Build the graph of characters, each of which is ink without meaning with odds of 1 : 1000."""
    arcs = [
        (place, alphabet.INDEX[read], score)
        for place, symbol in enumerate(symbols)
        for read, score in ((symbol, -0.001), (alphabet.NON_CHARACTER, -7.0))
    ]
    place, label, score = (list(column) for column in zip(*arcs, strict=True))
    return gtn.Graph.from_arcs(
        place,
        [number + 1 for number in place],
        label,
        label,
        score,
        num_states=len(symbols) + 1,
        start=0,
        final=[len(symbols)],
        payload=place,
    )


def _accepted(placed: list[Character], answers: list[Hypothesis], grammar: Grammar) -> Decimal | None:
    """Decide on the hypotheses of a line."""
    if not answers:
        return None
    found = [Character(placed[arc.unit].bbox, arc.character, arc.score) for arc in answers[0].path]
    weighed, _ = weigh_geometry(answers, found, grammar)
    reason = rejection_reason(weighed, found, grammar, THRESHOLD)
    return grammar.amount(weighed[0].text) if reason is None else None


ALL, WITH_CENTS = GRAMMARS, ("amount", "usd", "inr", "eur")
ACCEPTED = {
    "d": ALL,
    "ddd": ALL,
    "ddd/-": ALL,
    "ddd.-": ALL,
    "d.ddd": ALL,
    "d.ddd-": ALL,
    "ddddd---": ALL,
    "-d.ddd-": ALL,
    "dd ddd": ALL,
    "dd0.000": ALL,
    "d.ddd.ddd": ("amount", "usd", "clp", "eur"),
    "d0.dd.ddd": ("amount", "inr"),
    "ddd.cc": WITH_CENTS,
    "d.ddd.cc": WITH_CENTS,
    "ddd.cc---": WITH_CENTS,
    "d ddd.cc": WITH_CENTS,
    "0.cc": WITH_CENTS,
    "ddd cc/100": WITH_CENTS,
    "dddcc/100": WITH_CENTS,
    "d.ddd cc/100": WITH_CENTS,
    "ddd.cc/100": WITH_CENTS,
    "ddd-cc": WITH_CENTS,
}
"""Forms, and the grammars that accept them. Digits c are cents."""


@pytest.mark.parametrize("name", GRAMMARS)
@pytest.mark.parametrize("form", ACCEPTED)
def test_an_amount_of_a_usual_form_is_accepted_with_its_value(form, name):
    rng = np.random.default_rng(GRAMMARS.index(name) + 10 * list(ACCEPTED).index(form))
    lines = [draw(form, rng) for _ in range(5)]
    values = [Decimal(re.sub(r"\D", "", line.removesuffix("/100"))) for line in lines]
    if "cc" in form:
        values = [value / 100 for value in values]
    expected = values if name in ACCEPTED[form] else [None] * 5
    assert read(lines, load_grammar(name), rng) == expected, lines


REFUSED = {
    "cents alone": ".dd",
    "cents alone over a hundred": "d/100",
    "two cents alone over a hundred": "dd/100",
    "one decimal": "ddd.d",
    "three decimals": "dddd.ddd",
    "cents of one digit": "ddd d/100",
    "no cents of one digit": "dd0 0/100",
    "cents after a gap": "ddd dd",
    "raised cents": "ddd^dd",
    "a minus before": "-ddd.dd",
    "a minus before whole units": "-ddd",
    "a minus behind": "ddd.dd-",
    "a minus behind a gap": "d.ddd.dd -",
    "fillers alone": "/-",
    "zero": "0",
    "zero with cents": "0.00",
    "zero, closed": "0/-",
    "many noughts": "000",
    "a leading zero": "0ddd",
    "a leading zero with cents": "0dd.dd",
    "a leading zero in a group": "0.ddd",
    "broken groups": "ddd.0d.dd",
    "a group of four": "dd.dddd",
    "a first group of four": "dddd.ddd.dd",
    "a date of points": "dd.dd.dddd",
    "a date of spaces": "d dd dddd",
    "a telephone": "ddd ddd dddd",
    "a card": "dddd dddd dddd dddd",
    "an account": "dddddddddd",
    "two amounts": "ddd.00 ddd.00",
    "two amounts and a mark": "ddd.00.ddd.00",
    "two amounts of two digits": "dd.dd dd.dd",
    "two amounts that resemble a group": "d.00  d.00",
    "two amounts that resemble lakhs": "dd.00 ddd",
    "a range": "ddd-ddd",
    "a half": "dd 1/2",
    "a quotient": "dd/0",
    "a tenth": "ddd dd/10",
    "a thousandth": "ddd dd/1000",
    "a missing digit": "dd dd.dd",
    "a page": "-dd-",
    "a letter behind": "dddx",
    "letters without a hundred": "dddxx",
    "brackets": "?d.ddd.dd?",
    "a bracket": "?ddd",
    "a currency in letters before": "??? d.ddd.dd",
    "a currency in letters behind": "d.ddd.dd ???",
    "a million": "d.d?",
    "a credit": "d.ddd.dd ??",
    "only": "/- ????",
    "a word": "?0??",
    "a word of signs": "????",
    "a colon": "dd?dd",
    "a letter between": "dd?ddd",
}


@pytest.mark.parametrize("name", GRAMMARS)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_amount_is_refused_in_every_grammar(kind, name):
    rng = np.random.default_rng(GRAMMARS.index(name) + 10 * list(REFUSED).index(kind))
    lines = [draw(REFUSED[kind], rng) for _ in range(5)]
    assert read(lines, load_grammar(name), rng) == [None] * 5, lines


@pytest.mark.parametrize(("form", "digits"), [("ddd.dd", 3), ("d.ddd.dd", 4), ("d.dd", 1)])
def test_cents_are_no_pesos_at_any_confidence(form, digits):
    rng = np.random.default_rng(digits)
    for _ in range(5):
        line = draw(form, rng)
        [answers] = best_hypotheses(Lattice.of(_graph(list(line))), load_grammar("clp"), 5)
        assert sum(answer.posterior for answer in answers) < 0.02
        assert all(answer.no_amount > 0.98 for answer in answers)


@pytest.mark.parametrize("line", ["704 45", "704^45", "1.704^45"])
def test_cents_take_over_the_probability_where_they_are_among_the_hypotheses(line):
    grammar, characters = load_grammar("amount"), lay_out(line, np.random.default_rng(1))
    plain = line.replace(" ", "").replace("^", "").replace(".", ",")
    cents = f"{plain[:-2]}.{plain[-2:]}"
    found = [Hypothesis(plain, 0.8, ()), Hypothesis("999", 0.05, ()), Hypothesis(cents, 0.1, ())]
    weighed, reason = weigh_geometry(found, characters, grammar)
    assert weighed[0].text == cents
    assert 0.85 < weighed[0].posterior <= 0.9
    assert sum(answer.posterior for answer in weighed) == pytest.approx(0.95)
    assert reason in ("possible_raised_cents", "ambiguous_decimal_point")
    # rare cents lose to dirt: nothing is certain then
    found[2] = Hypothesis(cents, 0.01, ())
    weighed, _ = weigh_geometry(found, characters, grammar)
    assert max(answer.posterior for answer in weighed) < 0.2


def test_a_finding_names_its_reason():
    rng = np.random.default_rng(2)
    reasons = {
        "704 45": "ambiguous_decimal_point",
        "704^45": "possible_raised_cents",
        "323 7/100": "ambiguous_decimal_point",
        "35 04.27": "wide_gap",
        "5.00  7.00": "several_amounts",
    }
    texts = {"323 7/100": "32.37", "5.00  7.00": "5,007.00"}
    for line, reason in reasons.items():
        text = texts.get(line, line.replace(" ", "").replace("^", ""))
        found = find_geometry(text, lay_out(line, rng))
        assert max(found, key=lambda finding: finding.log_odds).reason == reason, line


def test_raised_digits_of_a_group_are_no_cents():
    # 11.500 with small noughts: 11.5 is no group
    assert find_geometry("11,500", lay_out("11.5^00", np.random.default_rng(3))) == []


def test_grammars_of_other_texts_are_not_weighed():
    characters, found = lay_out("704 45", np.random.default_rng(4)), [Hypothesis("70445", 0.9, ())]
    assert weigh_geometry(found, characters, load_grammar("digits")) == (found, None)
    assert weigh_geometry([], [], load_grammar("amount")) == ([], None)


@pytest.mark.parametrize(
    ("line", "negative"),
    [
        ("-500.00", True),
        ("--500", True),
        ("---500.00", False),
        ("-500.00-", False),
        ("500.00-", True),
        ("500.00--", False),
        ("5.000-", False),
        ("500-", False),
        ("-12-", True),
        ("-1234-", False),
    ],
)
def test_a_short_dash_may_be_a_minus(line, negative):
    assert is_negative(lay_out(line, np.random.default_rng(5))) is negative


def test_a_single_dash_behind_cents_may_be_a_minus_however_high_it_is():
    *amount, dash = lay_out("500.00-", np.random.default_rng(6))
    left, top, width, _ = dash.bbox
    assert is_negative([*amount, Character((left, top, width, 0.5 * HEIGHT), "-", 0.0)])


def test_three_decimals_stand_where_the_currency_has_them():
    lines, rng = ["8691.200", "1.250.500", "3.975", "0.750", "975"], np.random.default_rng(7)
    expected = [Decimal(value) for value in ("8691.200", "1250.500", "3.975", "0.750", "975")]
    for name in ("tnd", "kwd"):
        assert read(lines, load_grammar(name), rng) == expected
    assert read(["12.50", "12.345.67", "1.500/-"], load_grammar("kwd"), rng) == [None, None, None]
