import json
from collections import Counter
from importlib import resources

import pytest

from docreader.decoding.currencies import CURRENCIES, FILE, Grouping

TEXTS = ("countries", "before", "after", "decimal_marks", "group_marks", "grouping", "endings", "fractions")
BY_NUMBER = {0: "CLP JPY KRW UGX XOF", 2: "BRL EUR INR KES PEN USD", 3: "BHD JOD KWD TND"}


def test_codes_are_unique_and_in_order():
    text = resources.files("docreader.decoding").joinpath(FILE).read_text(encoding="utf-8")
    codes = [row["code"] for row in json.loads(text)]
    assert len(codes) >= 30
    assert codes == sorted(set(codes)) == list(CURRENCIES)


@pytest.mark.parametrize("code", CURRENCIES)
def test_a_currency_is_complete(code):
    currency = CURRENCIES[code]
    assert currency.code == code
    assert len(code) == 3
    assert code.isascii()
    assert code.isupper()
    assert currency.name
    assert currency.countries
    assert currency.before or currency.after
    assert currency.decimals in (0, 2, 3)
    assert bool(currency.decimal_marks) == bool(currency.decimals)
    assert set(currency.decimal_marks) <= set(".,-")
    assert currency.group_marks
    assert set(currency.group_marks) <= set(",.' ")
    assert currency.decimal_marks[:1] != currency.group_marks[:1]
    assert Grouping.NONE in currency.grouping
    hundred = "/1" + currency.decimals * "0"
    assert all(currency.decimals and fraction.endswith(hundred) for fraction in currency.fractions)
    for name in TEXTS:
        values = getattr(currency, name)
        assert isinstance(values, tuple)
        assert max(Counter(values).values(), default=1) == 1
        assert all(isinstance(value, str) and value for value in values)
    for sign in (*currency.before, *currency.after):
        assert not any(character.isdigit() or character.isspace() for character in sign)


@pytest.mark.parametrize(("decimals", "codes"), BY_NUMBER.items())
def test_decimals_are_those_of_iso_4217(decimals, codes):
    assert all(CURRENCIES[code].decimals == decimals for code in codes.split())


def test_lakhs_are_grouped_in_south_asia_alone():
    with_lakhs = {code for code, currency in CURRENCIES.items() if Grouping.LAKHS in currency.grouping}
    assert with_lakhs == {"INR", "PKR", "BDT", "NPR"}


def test_the_table_is_not_changed_by_its_users():
    with pytest.raises(TypeError):
        CURRENCIES["USD"] = CURRENCIES["EUR"]
