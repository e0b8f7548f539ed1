"""Numbers that are no amounts: times, telephones, accounts, identities, pages, measures, calculations."""

from collections.abc import Callable

import numpy as np

from docreader.synthesis.negatives.amounts import choose, random_digits

Text = Callable[[np.random.Generator], str]
"""Draw the text of a picture."""


def _n(rng: np.random.Generator, count: int) -> str:
    return random_digits(rng, count, first="0123456789")


def pattern(*forms: str) -> Text:
    """Return a text of one of the forms, where # is a digit, 1 one from 1 to 9 and L a capital letter."""

    def draw(rng: np.random.Generator) -> str:
        form = choose(rng, *forms)
        letters = "ACEFHJKLMNPRTUVWXY"  # others resemble digits
        drawn = {
            "#": lambda: str(rng.integers(0, 10)),
            "1": lambda: str(rng.integers(1, 10)),
            "L": lambda: letters[int(rng.integers(len(letters)))],
        }
        return "".join(drawn[c]() if c in drawn else c for c in form)

    return draw


def _time(rng: np.random.Generator) -> str:
    hour, minute, second = (
        int(rng.integers(0, 24)),
        f"{rng.integers(0, 60):02d}",
        f"{rng.integers(0, 60):02d}",
    )
    noon = choose(rng, "am", "pm", " am", " pm", "a.m.", "p.m.")
    return choose(
        rng,
        f"{hour}:{minute}",
        f"{hour:02d}:{minute}:{second}",
        f"{hour % 12 + 1}:{minute}{noon}",
        f"{hour}h{minute}",
    )


def _routing(rng: np.random.Generator) -> str:
    return f"{rng.integers(1, 100)}-{_n(rng, int(rng.integers(2, 5)))}/{_n(rng, int(rng.integers(3, 5)))}"


def _national_id(rng: np.random.Generator) -> str:
    check = choose(rng, *"0123456789Kk")
    return choose(
        rng, f"{random_digits(rng, 2)}.{_n(rng, 3)}.{_n(rng, 3)}-{check}", f"{random_digits(rng, 8)}-{check}"
    )


def _page(rng: np.random.Generator) -> str:
    page, last = int(rng.integers(1, 60)), int(rng.integers(60, 400))
    word = choose(rng, "page ", "Page ", "p. ", "pg ", "pag. ")
    return choose(
        rng, f"{word}{page}", f"{word}{page}", f"- {page} -", f"{page} of {last}", f"{word}{page}/{last}"
    )


def _numbered(rng: np.random.Generator) -> str:
    word = choose(rng, "No ", "No. ", "Nr ", "Ref ", "Inv. ", "Item ", "Check No ", "Lot ", "Box ", "Apt ")
    return word + random_digits(rng, int(rng.integers(2, 7)))


def _unit(rng: np.random.Generator) -> str:
    unit = choose(
        rng, "kg", "g", "mg", "lbs", "oz", "km", "m", "cm", "mm", "ft", "mi", "kWh", "ml", "hrs", "min", "pcs"
    )
    return f"{_quantity(rng)}{choose(rng, '', ' ')}{unit}"


def _quantity(rng: np.random.Generator) -> str:
    number = random_digits(rng, int(rng.integers(1, 4)))
    return number if rng.random() < 0.6 else f"{number}.{_n(rng, 1)}"


def _magnitude(rng: np.random.Generator) -> str:
    word = choose(
        rng, "M", "k", "K", "B", " mio", " mil", " hundred", " thousand", " lakh", " million", "MM", " doz"
    )
    return _quantity(rng) + word


def _ordinal(rng: np.random.Generator) -> str:
    number = int(rng.integers(1, 100))
    ending = "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}" + choose(rng, "", " floor", " Ave", " St", " row")


def _sum(rng: np.random.Generator) -> str:
    a, b = int(rng.integers(2, 500)), int(rng.integers(2, 500))
    return choose(rng, f"{a}+{b}", f"{a}+{b}={a + b}", f"{a} + {b}", f"{a}-{b}={a - b}")


def _product(rng: np.random.Generator) -> str:
    a, b = int(rng.integers(2, 999)), int(rng.integers(2, 30))
    return choose(
        rng, f"{a} x {b}", f"{a}x{b}", f"{b} x {a}", f"{b} @ {a}", f"{a} x {b} x {rng.integers(2, 30)}"
    )


def _mixed_fraction(rng: np.random.Generator) -> str:
    below = choose(rng, "2", "3", "4", "8", "16")
    above = int(rng.integers(1, int(below)))
    return choose(rng, f"{rng.integers(2, 200)} {above}/{below}", f"{rng.integers(1, 30)}-{above}/{below}")


def _percent(rng: np.random.Generator) -> str:
    return _quantity(rng) + choose(rng, "%", " %", "% APR", " pct")


def _temperature(rng: np.random.Generator) -> str:
    return f"{choose(rng, '', '', '-')}{_quantity(rng)}{choose(rng, '°C', '°F', '°', ' °C')}"


NUMBERS: dict[str, Text] = {
    "time": _time,
    "phone_parens": pattern("(1##) ###-####", "(1##)###-####", "(1#) #### ####", "(0##) ######"),
    "phone_points": pattern("1##.###.####", "0#.##.##.##.##", "1##.####.####"),
    "phone_dashes": pattern("1##-###-####", "1##-####", "1-800-###-####", "0##-#######"),
    "phone_plus": pattern("+1 ### ### ####", "+56 9 #### ####", "+91 1#### #####", "+49 1## #######"),
    "card": pattern("1### #### #### ####", "1###-####-####-####", "1### ###### #####", "xxxx xxxx xxxx ####"),
    "account": pattern(
        "###-######-#", "a/c ########", "##-##-## ########", "###-#######-##", "##/######", "A/C ######"
    ),
    "iban": pattern("DE## #### #### #### ####", "CH## #### ####", "GB## LLLL ######", "FR## #### ####"),
    "routing": _routing,
    "zip_plus": pattern("#####-####", "LL #####", "L#L #L#", "#####, LL", "LL# #LL"),
    "social_security": pattern("###-##-####", "### ## ####", "xxx-xx-####"),
    "national_id": _national_id,
    "page": _page,
    "numbered": _numbered,
    "percent": _percent,
    "unit": _unit,
    "magnitude": _magnitude,
    "ordinal": _ordinal,
    "plate": pattern("LL-##-LL", "LLL ###", "###LL##", "LL##LL####", "LLLL##", "L ### LL", "##-LLL-#"),
    "code": pattern("L1##-###L", "LL1####", "1L#L#L##", "LL/###/##", "v1.#.##", "1.#.#.#", "L-1##", "###-L"),
    "address": pattern(
        "1## Main St", "1#### Elm Ave", "Apt 1#", "Suite 1##", "P.O. Box 1##", "Calle 1#", "1## Oak Dr"
    ),
    "temperature": _temperature,
    "sum": _sum,
    "product": _product,
    "mixed_fraction": _mixed_fraction,
    "score": pattern("1:#", "1#:##", "1 : #", "1-# 1-#", "1/10", "#/10 #/10"),
    "angle": pattern("1#°##'", "1#°##'##'' N", "1##.#° W", "1#' 1''"),
    "dimension": pattern("1# x 1# x 1#", "1##x1##mm", "1/# x 1", "A4 1##x1##", "1' x 1#'"),
}
"""Text of each kind of number, by name."""
