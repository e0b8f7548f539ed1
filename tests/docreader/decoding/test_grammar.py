import itertools
import os
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gtn
from docreader.decoding import alphabet
from docreader.decoding.grammar import Grammar, load_grammar
from docreader.decoding.grammar.forms import BUILT_IN
from docreader.errors import GrammarError


def readings(grammar: Grammar, strings: list[str], sign: str | None = None) -> list[list[str]]:
    """All texts that the grammar gives each string of characters as read, a text once for each path."""
    graph = grammar.graphs([sign])
    composed = gtn.compose(gtn.string_acceptor([alphabet.encode(string) for string in strings]), graph)
    found = gtn.n_best(composed, 5, distinct=False).tolist()
    return [[alphabet.decode(path.output) for path in paths] for paths in found]


TAIL = r"(?:\.[-/$*]*|[-/$*][-/$*.]*)?"
CENTS = r"(?:[.-](?P<cents>\d\d)(?:/100)?|[.-]?(?P<none>xx)/100|(?P<fraction>\d\d)/100)?"
PLAIN, WESTERN = r"(?P<units>0|[1-9]\d*)", r"(?P<units>[1-9]\d{0,2}(?:\.\d{3})+)"
ONE_GROUP, INDIAN = r"(?P<units>[1-9]\d{0,2}\.\d{3})", r"(?P<units>[1-9]\d?(?:\.\d\d)+\.\d{3})"
LONG_FIRST = r"(?P<units>[1-9]\d\d(?:\.\d\d)+\.\d{3})"
RUN_ON = r"(?P<units>[1-9]\d{0,2}(?:\.\d\d)*\.\d{5})"
MILS = r"\.(?P<cents>\d{3})(?:/1000)?"
FORMS = {
    "clp": [PLAIN, WESTERN],
    "usd": [PLAIN + CENTS, WESTERN + CENTS],
    "eur": [PLAIN + CENTS, WESTERN + CENTS],
    "inr": [PLAIN + CENTS, ONE_GROUP + CENTS, INDIAN + CENTS, LONG_FIRST, RUN_ON],
    "amount": [PLAIN + CENTS, WESTERN + CENTS, INDIAN + CENTS, LONG_FIRST, RUN_ON],
    "pkr": [PLAIN + CENTS, WESTERN + CENTS, INDIAN + CENTS, LONG_FIRST, RUN_ON],
    "ugx": [PLAIN, WESTERN],
    "kwd": [PLAIN, PLAIN + MILS, WESTERN + MILS],
}


def expected(name: str, string: str) -> list[str]:
    """What the forms, written as regular expressions, make of a string."""
    string = string.replace("#", "")
    texts = []
    for form in FORMS[name]:
        match = re.fullmatch(f"[-*$]*{form}{TAIL}", string)
        if form.endswith(MILS) and re.search(r"\d/(?!1000)", string):
            match = None
        if match:
            parts = match.groupdict()
            cents = parts.get("cents") or parts.get("fraction") or (parts.get("none") and "00")
            texts.append(parts["units"].replace(".", ",") + (f".{cents}" if cents else ""))
    return texts


@pytest.mark.parametrize("name", FORMS)
def test_a_grammar_accepts_its_forms_along_one_path_each(name):
    grammar = load_grammar(name)
    strings = ["".join(s) for n in range(1, 8) for s in itertools.product("1.-", repeat=n)]
    strings += ["".join(s) for n in range(1, 7) for s in itertools.product("10.", repeat=n)]
    strings += ["".join(s) for n in range(1, 6) for s in itertools.product("1.-#", repeat=n)]
    strings += [
        "1.11.11.111",
        "11.11.111.11",
        "111.11.111",
        "1.111.111.11",
        "11.11.11.111.-",
        "1.11.11111.11",
    ]
    parts = ["1", "11", "10", "100", ".", "/", "-", "x"]
    strings += sorted({"".join(s) for n in range(1, 5) for s in itertools.product(parts, repeat=n)})
    strings += [
        "1.11111/100",
        "1.111.11/100-",
        "1.111.xx/100",
        "11-xx/100",
        "1.11.11111/100",
        "11xx/100//",
        "11x/100",
    ]
    assert readings(grammar, strings) == [expected(name, string) for string in strings]


@pytest.mark.parametrize(
    ("name", "read", "text", "amount"),
    [
        ("usd", "1.234.56", "1,234.56", "1234.56"),
        ("usd", "200.00", "200.00", "200.00"),
        ("clp", "22.000.-", "22,000", "22000"),
        ("clp", "-60---", "60", "60"),
        ("inr", "1.05.000-", "1,05,000", "105000"),
        ("amount", "52.00.00.000", "52,00,00,000", "520000000"),
        ("amount", "16.228", "16,228", "16228"),
        ("amount", "16.22", "16.22", "16.22"),
        ("digits", "#16.22.-", "1622", None),
        ("digits", "$16*22/x", "1622", None),
        ("inr", "$1.05.000/-", "1,05,000", "105000"),
        ("inr", "150.00.000/-", "150,00,000", "15000000"),
        ("inr", "1.90.90000/-", "1,90,90000", "19090000"),
        ("inr", "55.60000/-", "55,60000", "5560000"),
        ("inr", "1234-50", "1234.50", "1234.50"),
        ("amount", "$1.234.56", "1,234.56", "1234.56"),
        ("amount", "1234.56", "1234.56", "1234.56"),
        ("amount", "1.23456/100", "1,234.56", "1234.56"),
        ("amount", "123456/100", "1234.56", "1234.56"),
        ("amount", "1.234.56/100", "1,234.56", "1234.56"),
        ("amount", "1.234xx/100", "1,234.00", "1234.00"),
        ("amount", "1234xx/100", "1234.00", "1234.00"),
        ("amount", "1234.xx/100", "1234.00", "1234.00"),
        ("amount", "1234-xx/100", "1234.00", "1234.00"),
        ("amount", "**1.234.56**", "1,234.56", "1234.56"),
        ("amount", "1.234---", "1,234", "1234"),
        ("amount", "15000-", "15000", "15000"),
        ("amount", "22.000.-", "22,000", "22000"),
        ("eur", "1.234.56$", "1,234.56", "1234.56"),
        ("eur", "1.234.-", "1,234", "1234"),
        ("tnd", "8691.200", "8691.200", "8691.200"),
        ("tnd", "1.250.500", "1,250.500", "1250.500"),
        ("kwd", "3.975", "3.975", "3.975"),
        ("kwd", "1.234.560/1000", "1,234.560", "1234.560"),
        ("jod", "975---", "975", "975"),
        ("amount", "3.975", "3,975", "3975"),
        ("pkr", "35.00.00.000/-", "35,00,00,000", "350000000"),
        ("cop", "1.234.567.00", "1,234,567.00", "1234567.00"),
        ("try", "12.345.67", "12,345.67", "12345.67"),
    ],
)
def test_examples(name, read, text, amount):
    grammar = load_grammar(name)
    assert readings(grammar, [read]) == [[text]]
    assert grammar.amount(text) == (None if amount is None else Decimal(amount))


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="019.-/$x", min_size=1, max_size=12), st.sampled_from("$₹€£"))
def test_a_printed_sign_forbids_nothing(read, sign):
    grammar = load_grammar("amount")
    assert readings(grammar, [read], sign) == readings(grammar, [read])


@pytest.mark.parametrize(
    ("sign", "likelier", "less"),
    [
        ("₹", "2.75.000", "2.751.000"),
        ("₹", "712.000", "712.00"),
        ("₹", "55.60.000", "55.60000"),
        ("$", "1.234.567", "12.34.567"),
        ("$", "1.00", "$1.00"),
        ("€", "1.00.000.00", "$1.00.000.00"),
    ],
)
def test_a_printed_symbol_changes_the_prior_of_the_forms(sign, likelier, less):
    strings = gtn.string_acceptor([alphabet.encode(likelier), alphabet.encode(less)])
    grammar = load_grammar("amount")
    score = {
        known: gtn.viterbi_score(gtn.compose(strings, grammar.graphs([known]))) for known in (None, sign)
    }
    assert score[None].tolist() == [0, -2 if less == "55.60000" else 0]
    assert score[sign][0] > score[sign][1]


def test_pages_with_and_without_signs_go_together():
    grammar = load_grammar("amount")
    assert len(grammar.graphs(["₹", None, "$"])) == 3
    assert grammar.graphs([None, None]) is grammar.graph
    assert [grammar.currency_after(sign) for sign in ("₹", "$", "€", None)] == ["INR", None, "EUR", None]
    assert load_grammar("usd").currency_after("₹") == "USD"
    assert load_grammar("digits").currency_after("₹") is None


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="0123456789.-/$*x#", min_size=1, max_size=12))
def test_digits_have_one_path_whatever_is_between_them(read):
    digits = re.sub(r"\D", "", read)
    assert readings(load_grammar("digits"), [read]) == [[digits] if digits else []]


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.text(alphabet="0123456789.-/$*x", min_size=1, max_size=12))
def test_the_amount_keeps_every_digit(name, read):
    grammar = load_grammar(name)
    for text in readings(grammar, [read])[0]:
        amount = grammar.amount(text)
        assert amount is not None
        written = re.sub(r"/100\D*$", "", re.sub(r"xx/100\D*$", "00", read))
        assert int(re.sub(r"\D", "", str(amount))) == int(re.sub(r"\D", "", written))


def test_a_file_is_a_grammar(tmp_path):
    file = tmp_path / "two.txt"
    file.write_text("; two digits, the first a 1\n0 1 1 1\n1 2 5 5 -0.5\n1 2 6 6\n1 1 - *e*\n2\n")
    grammar = load_grammar(str(file))
    assert grammar.name == "two"
    assert readings(grammar, ["15", "1-6", "25", "1"]) == [["15"], ["16"], [], []]
    assert grammar.graph.weight.tolist() == [0.0, -0.5, 0.0, 0.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("0 1 1\n1\n", "line 1"),
        ("0 1 1 1\n1 2 y y\n2\n", "line 2"),
        ("0 1 01 1\n1\n", "line 1"),
        ("0 1 1 1 high\n1\n", "line 1"),
        ("0 1 1 1\n", "final state"),
        ("", "at least one arc"),
        ("0 1 1 1 nan\n1\n", "line 1"),
        ("0 1 1 1\n1 2 1 1 inf\n2\n", "line 2"),
        ("0 1 1 1 -1e999\n1\n", "line 1"),
    ],
)
def test_a_file_that_is_none_names_the_line(tmp_path, content, message):
    file = tmp_path / "bad.txt"
    file.write_text(content)
    with pytest.raises(GrammarError, match=message):
        load_grammar(str(file))


def test_missing_unreadable_and_huge_files(tmp_path, monkeypatch):
    with pytest.raises(GrammarError, match="amount, digits"):
        load_grammar("pounds")
    with pytest.raises(GrammarError, match="cannot read"):
        load_grammar(str(tmp_path))
    binary = tmp_path / "binary.txt"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GrammarError, match="cannot read"):
        load_grammar(str(binary))
    os.mkfifo(tmp_path / "pipe")
    for name in (str(tmp_path / "pipe"), "/dev/zero"):
        with pytest.raises(GrammarError, match="pipe, socket or device"):
            load_grammar(name)
    monkeypatch.setattr("docreader.decoding.grammar.file.MAX_FILE_BYTES", 2)
    with pytest.raises(GrammarError, match="larger than 2"):
        load_grammar(str(binary))


def test_every_built_in_grammar_is_named_after_its_key():
    assert all(load_grammar(name).name == name for name in BUILT_IN)
