from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.synthesis.words import english, indian, spanish

ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen"""
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
UNITS = {word: i for i, word in enumerate(ONES.split())} | {
    w: 20 + 10 * i for i, w in enumerate(TENS.split())
}
SCALES = {"thousand": 1_000, "lakh": 100_000, "million": 1_000_000, "crore": 10_000_000}


def value(words: str) -> int:
    total = part = 0
    for word in words.split():
        if word == "hundred":
            part *= 100
        elif word in SCALES:
            total, part = total + part * SCALES[word], 0
        else:
            part += UNITS[word]
    return total + part


@pytest.mark.parametrize("name", [english, indian])
@given(number=st.integers(0, 999_999_999))
def test_words_count_up_to_the_number(name: Callable[[int], str], number: int) -> None:
    assert value(name(number)) == number


@given(st.integers(0, 999_999_999), st.integers(0, 999_999_999))
def test_different_numbers_have_different_spanish_names(one: int, other: int) -> None:
    assert (spanish(one) == spanish(other)) == (one == other)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "cero"),
        (100, "cien"),
        (101, "ciento uno"),
        (1_000, "mil"),
        (21_031, "veintiun mil treinta y uno"),
        (1_000_000, "un millon"),
        (2_500_100, "dos millones quinientos mil cien"),
    ],
)
def test_spanish(number: int, words: str) -> None:
    assert spanish(number) == words
