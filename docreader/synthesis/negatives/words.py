"""Words: amounts spelled out, names, captions of forms, notes, Roman numerals, and other scripts."""

import numpy as np

from docreader.synthesis.negatives.amounts import choose, random_digits
from docreader.synthesis.negatives.glyphs import DIGIT_SCRIPTS, LETTER_SCRIPTS, LIKE_LATIN
from docreader.synthesis.negatives.numbers import Text
from docreader.synthesis.words import english, indian, spanish

_FIRST_NAMES = (
    "Anna Bob Carlos Diana Emil Fatima Greg Hanna Ivan Julia Karl Laura Mike Nora Oscar Paula Rita Zoe"
)
_FIRST = _FIRST_NAMES.split()
_LAST_NAMES = (
    "Smith Jones Garcia Muller Patel Rossi Silva Novak Brown Lopez Weber Kim Olsen Dubois Singh Green"
)
_LAST = _LAST_NAMES.split()
_ROMAN = {100: "C", 90: "XC", 50: "L", 40: "XL", 10: "X", 9: "IX", 5: "V", 4: "IV", 1: "I"}
_CAPTIONS = (
    *(
        "Pay to the order of",
        "Amount",
        "Total",
        "Date",
        "Memo",
        "Dollars",
        "Authorized signature",
        "Subtotal",
    ),
    *("Account number", "Balance due", "For", "Signature", "Monto", "Pesos", "Rupees", "Please sign above"),
    *("Invoice", "Tax", "Name", "Address", "Bank", "Not negotiable", "Void after 90 days", "Endorse here"),
)
_NOTES = (
    *(
        "paid",
        "rent",
        "see back",
        "thank you",
        "gift",
        "loan",
        "n/a",
        "none",
        "nil",
        "cash",
        "deposit",
        "ok",
        "copy",
    ),
    *(
        "void",
        "hello",
        "same",
        "ditto",
        "blank",
        "free",
        "tba",
        "various",
        "refund",
        "sample",
        "as agreed",
        "open",
    ),
)


def _spelled(rng: np.random.Generator) -> str:
    number = int(10 ** rng.uniform(1, 4))
    words = (english, indian, spanish)[int(rng.integers(3))](number).split()
    return " ".join(words[: int(rng.integers(1, 4))])


def _name(rng: np.random.Generator) -> str:
    first, last = choose(rng, *_FIRST), choose(rng, *_LAST)
    return choose(rng, f"{first} {last}", f"{first[0]}. {last}", last, f"{last}, {first}", first)


def _roman(rng: np.random.Generator) -> str:
    number, text = int(rng.integers(4, 400)), ""
    for value, sign in _ROMAN.items():
        text += sign * (number // value)
        number %= value
    return text if len(text) > 2 else f"MC{text}"


def _mixed(rng: np.random.Generator) -> str:
    """Return a number with words before or after it."""
    number, words = random_digits(rng, int(rng.integers(1, 4))), choose(rng, *_NOTES)
    return choose(rng, f"{number} {words}", f"{words} {number}", f"{choose(rng, *_LAST)} {number}")


def _internet(rng: np.random.Generator) -> str:
    name = choose(rng, *_LAST).lower()
    return choose(
        rng,
        f"www.{name}.com",
        f"{name}@mail.com",
        f"{name}{rng.integers(1, 99)}@x.org",
        f"{name}.net/{rng.integers(1, 99)}",
    )


def _letter_inside(rng: np.random.Generator) -> str:
    """Return digits of an amount with a letter or question mark among them."""
    digits = list(
        random_digits(rng, int(rng.integers(3, 6))) + "." + random_digits(rng, 2, first="0123456789")
    )
    for _ in range(int(rng.integers(1, 3))):
        digits[int(rng.choice([i for i, c in enumerate(digits) if c != "."]))] = choose(rng, *"?AEGHKLPRTWXY")
    return "".join(digits)


def _script(characters: dict[str, str]) -> Text:
    def draw(rng: np.random.Generator) -> str:
        text = ""
        while not set(text) - LIKE_LATIN:
            text = "".join(choose(rng, *characters) for _ in range(int(rng.integers(3, 7))))
        return text

    return draw


WORDS: dict[str, Text] = {
    "spelled_amount": _spelled,
    "name": _name,
    "caption": lambda rng: choose(rng, *_CAPTIONS),
    "note": lambda rng: choose(rng, *_NOTES),
    "roman": _roman,
    "word_and_number": _mixed,
    "internet": _internet,
    "letter_inside": _letter_inside,
}
"""Text of each kind of words, by name."""

SCRIPTS: dict[str, Text] = {
    **{f"{name}_digits": _script(characters) for name, characters in DIGIT_SCRIPTS.items()},
    **{f"{name}_letters": _script(characters) for name, characters in LETTER_SCRIPTS.items()},
}
"""Text of each script that has no print here, by name."""
