"""Clean amounts drawn like the negatives: same paper, writers, fonts and scan, so that the fault alone is different."""

import re
from decimal import Decimal

import numpy as np

from docreader.synthesis.amounts import WrittenAmount, group_digits, write_amount
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.line import LineCharacter
from docreader.synthesis.negatives.amounts import choose, random_digits
from docreader.synthesis.negatives.canvas import printed, written
from docreader.synthesis.rendered import RenderedAmount

PRINTED = 0.4
"""Share of machine-printed lines."""

STANDARD = 0.35
"""Share of the forms of `docreader.synthesis.amounts`, with raised cents and stacked fractions."""

_CURRENCIES = {"usd": "USD", "eur": "EUR", "inr": "INR", "chile": "CLP"}


def clean(rng: np.random.Generator, digits: DigitBank) -> RenderedAmount:
    """Render a clean amount as the negatives are rendered.

    Args:
        rng: Random generator; the same state gives the same image.
        digits: Handwritten digits.

    Returns:
        Image with its ground truth; there are no marks.

    Raises:
        DigitsError: A digit that is needed has no image with strokes.
    """
    by_machine = bool(rng.random() < PRINTED)
    amount = _standard(rng) if rng.random() < STANDARD else _any_form(rng)
    while _like_negative(amount) or (by_machine and any(one.stack for one in amount.characters)):
        amount = _standard(rng)  # machine print has a single line
    sign = _sign(rng, by_machine) if rng.random() < 0.2 else ""
    symbol = False if sign else None
    if by_machine:
        line = "".join(character.char for character in amount.characters)
        canvas = printed(rng, digits, sign + line, amount=amount.amount, symbol=symbol)
    else:
        characters = (*(LineCharacter(char) for char in sign), *amount.characters)
        canvas = written(rng, digits, characters, amount=amount.amount, symbol=symbol)
    return RenderedAmount.from_written(
        canvas.scan(), amount, canvas.style.name, symbol=canvas.symbol or bool(sign)
    )


def _standard(rng: np.random.Generator) -> WrittenAmount:
    return write_amount(rng, choose(rng, *_CURRENCIES))


def _like_negative(amount: WrittenAmount) -> bool:
    """Return whether a form is one of the negatives, too: a number sign, a dash before, a short one behind cents."""
    return bool(re.search(r"#|^-|[.,]\d\d-$", amount.text))


def _sign(rng: np.random.Generator, by_machine: bool) -> str:
    """Return a currency symbol on the line, at times apart from the amount."""
    signs = ("$", "Rs", "Rs.") if by_machine else ("$", "$", "Rs", "Rs.", "₹", "£", "€")
    return choose(rng, *signs) + choose(rng, "", "", " ")


def _any_form(rng: np.random.Generator) -> WrittenAmount:
    """Draw an amount in one of the forms of checks; fillers are stars, dashes and equals signs."""
    whole = random_digits(rng, int(rng.choice(np.arange(1, 8), p=(0.04, 0.14, 0.26, 0.24, 0.18, 0.09, 0.05))))
    if rng.random() < 0.35 and len(whole) > 2:
        kept = int(rng.integers(1, len(whole)))
        whole = whole[:kept] + "0" * (len(whole) - kept)
    cents = "00" if rng.random() < 0.35 else f"{rng.integers(0, 100):02d}"
    form = choose(rng, "point", "point", "comma", "lakhs", "fraction", "fraction", "whole", "whole")
    value = Decimal(f"{whole}.{cents}") if form in ("point", "comma", "fraction") else Decimal(f"{whole}.00")
    if form == "point":
        text = group_digits(whole, choose(rng, ",", ",", "", "", " ")) + "." + cents
    elif form == "comma":
        text = group_digits(whole, choose(rng, ".", ".", "", " ")) + "," + cents
    elif form == "lakhs":
        ending = choose(rng, "/-", "/-", "/-", "/=", ".00", "", "-", "/--", " =")
        text = group_digits(whole, choose(rng, ",", ",", ""), indian=True) + ending
    elif form == "fraction":
        over = choose(rng, "00", "xx", "no") if cents == "00" else cents
        text = f"{group_digits(whole, choose(rng, ',', ''))}{choose(rng, ' ', ' ', '  ')}{over}/100"
    else:
        ending = choose(rng, "", "", "", ".-", "-", "=", ".", ".00", ",-", ",--", ".=")
        text = group_digits(whole, "" if ending[:1] == "," else choose(rng, ".", ",", "", "", " ")) + ending
        if ending == ".00":
            text = group_digits(whole, choose(rng, ",", "", " ")) + ending
    text = _fill(rng, text) if rng.random() < 0.35 else text
    characters = tuple(LineCharacter(char) for char in text)
    return WrittenAmount(value, text.replace(" ", ""), characters, "USD")


def _fill(rng: np.random.Generator, text: str) -> str:
    """Put fillers before an amount, behind it, or both."""
    stars = "*" * int(rng.integers(1, 6))
    dashes = choose(rng, "-", "=") * int(rng.integers(1, 5))
    behind = dashes if text[-1].isdigit() else stars
    return choose(
        rng, stars + text, stars + text + stars, text + stars, text + behind, text + " " + behind, "=" + text
    )
