"""Amounts of no valid form: negative, zero, wrongly grouped, with wrong decimals, and several in one field."""

import numpy as np

from docreader.synthesis.amounts import group_digits
from docreader.synthesis.negatives.amounts import choose, clean_amount, random_digits
from docreader.synthesis.negatives.numbers import Text


def _around(*forms: str) -> Text:
    """Return amounts with two decimals in one of the forms, where # is the amount."""
    return lambda rng: choose(rng, *forms).replace("#", clean_amount(rng, decimals=True)[0])


def _zero(rng: np.random.Generator) -> str:
    return choose(
        rng, "0", "0.00", "0,00", "00", "000", "0000", "00.00", "-0-", "0/-", "0.0", "0.000", "0 00/100"
    )


def _leading_zero(rng: np.random.Generator) -> str:
    number = "0" * int(rng.integers(1, 4)) + random_digits(rng, int(rng.integers(2, 5)))
    return number if rng.random() < 0.5 else f"{number}.{random_digits(rng, 2)}"


def _bad_group(rng: np.random.Generator) -> str:
    """Return digits in groups of which one in the middle or at the end has neither three digits nor lakhs."""
    mark = choose(rng, ",", ",", ".")
    if rng.random() < 0.25:
        return mark.join(random_digits(rng, count) for count in (3, 2, 2))
    groups = [random_digits(rng, int(rng.integers(1, 4)))]
    groups += [random_digits(rng, 3) for _ in range(int(rng.integers(1, 3)))]
    place = int(rng.integers(1, len(groups)))
    if rng.random() < 0.3:
        groups[0] = random_digits(rng, 4)
    elif place < len(groups) - 1 or mark == ".":
        groups[place] = random_digits(rng, choose_length(rng, 1, 4))
        if place == len(groups) - 1:  # 1.5 and 12.25 are decimals
            groups[place] = random_digits(rng, 4)
    else:
        groups[place] = random_digits(rng, 4)
    tail = f".{random_digits(rng, 2)}" if mark == "," and rng.random() < 0.4 else ""
    return mark.join(groups) + tail


def choose_length(rng: np.random.Generator, *lengths: int) -> int:
    """Return one of the lengths."""
    return lengths[int(rng.integers(len(lengths)))]


def _mixed_marks(rng: np.random.Generator) -> str:
    """Return groups with two kinds of marks in an order that no country has."""
    a, b, c = random_digits(rng, int(rng.integers(1, 4))), random_digits(rng, 3), random_digits(rng, 3)
    cents = random_digits(rng, 2, first="0123456789")
    return choose(
        rng,
        f"{a}.{b},{c}",
        f"{a},{b}.{c}",
        f"{a},{b}.{c}.{cents}",
        f"{a},{b}.{c},{cents}",
        f"{a}.{b},{c}.{cents}",
    )


def _one_decimal(rng: np.random.Generator) -> str:
    return random_digits(rng, int(rng.integers(1, 5))) + choose(rng, ".", ",") + random_digits(rng, 1)


def _long_decimals(rng: np.random.Generator) -> str:
    whole = random_digits(rng, int(rng.integers(4, 6)))
    return f"{whole}.{random_digits(rng, int(rng.integers(3, 6)))}"


def _two_points(rng: np.random.Generator) -> str:
    pairs = [random_digits(rng, 2) for _ in range(3)]
    return choose(rng, ".".join(pairs), ".".join(pairs), f"{pairs[0]}..{pairs[1]}", ",".join(pairs))


def _double_mark(rng: np.random.Generator) -> str:
    """Return an amount with a mark written twice."""
    a, b = random_digits(rng, int(rng.integers(1, 4))), random_digits(rng, 3)
    cents = random_digits(rng, 2, first="0123456789")
    twice = choose(rng, "..", "..", ",,", ",,", ".,", ",.", ". .", ", ,", "...")
    return choose(
        rng, f"{a}{twice}{b}", f"{a}{twice}{b}.00", f"{a}{b}{twice}{cents}", f"{a},{b}{twice}{cents}"
    )


def _fraction_over(rng: np.random.Generator) -> str:
    """Return cents over a denominator that is not a hundred."""
    below = choose(rng, "10", "1000", "50", "12", "99")
    return f"{random_digits(rng, int(rng.integers(2, 5)))} {random_digits(rng, 2)}/{below}"


def _range(rng: np.random.Generator) -> str:
    low, high = sorted(rng.integers(20, 2000, 2).tolist())
    return choose(
        rng, f"{low}-{high}", f"{low} - {high}", f"{low} to {high}", f"{low}~{high}", f"{low} or {high}"
    )


def _side_by_side(rng: np.random.Generator) -> str:
    gap = " " * int(rng.integers(2, 6))
    amounts = [clean_amount(rng, decimals=True)[0] for _ in range(2)]
    return choose(rng, gap, gap, "/", " / ", " & ", "; ").join(amounts)


def _list(rng: np.random.Generator) -> str:
    count = int(rng.integers(3, 5))
    return ("  " if rng.random() < 0.6 else ", ").join(
        f"{group_digits(random_digits(rng, int(rng.integers(2, 4))), ',')}.{random_digits(rng, 2)}"
        for _ in range(count)
    )


def _columns(rng: np.random.Generator) -> str:
    """Return a row of a table: a date or number, words, an amount."""
    head = choose(
        rng,
        f"{rng.integers(1, 13)}/{rng.integers(1, 29)}",
        f"No {rng.integers(1, 99)}",
        f"{rng.integers(1, 30)}",
    )
    return (
        f"{head}   {choose(rng, 'fee', 'rent', 'tax', 'item', 'sum')}   {clean_amount(rng, decimals=True)[0]}"
    )


MALFORMED: dict[str, Text] = {
    "negative_before": _around("-#", "- #", "--#", "minus #", "~#"),
    "negative_after": _around("#-", "# -"),
    "negative_parens": _around("(#)", "( # )", "[#]", "<#>", "(-#)"),
    "negative_credit": _around("# CR", "#CR", "# Cr", "CR #", "# DR", "# cr"),
    "signed_plus": _around("+#", "+ #", "#+"),
    "open_bracket": _around("(#", "#)", "[#", "#]"),
    "approximate": _around("ca. #", "max #", "> #", "about #", "<#", "#?", "each #", "# ea", "min. #"),
    "equation": _around("= # x 2", "# = 1/2", "#+tax", "# : 3", "# x 3", "1/2 #"),
    "zero": _zero,
    "leading_zero": _leading_zero,
    "bad_group": _bad_group,
    "mixed_marks": _mixed_marks,
    "one_decimal": _one_decimal,
    "long_decimals": _long_decimals,
    "two_points": _two_points,
    "double_mark": _double_mark,
    "fraction_over": _fraction_over,
    "range": _range,
    "two_beside": _side_by_side,
    "list": _list,
    "table_row": _columns,
}
"""Text of each malformed kind, by name."""
