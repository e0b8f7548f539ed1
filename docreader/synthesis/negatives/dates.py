"""Dates: day, month and year in the orders and with the separators of several countries."""

import numpy as np

from docreader.synthesis.negatives.amounts import choose
from docreader.synthesis.negatives.numbers import Text

_MONTHS = [
    line.split()
    for line in (
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "Januar Februar Marz April Mai Juni Juli August September Oktober November Dezember",
        "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC",
    )
]


def _separated(separator: str) -> Text:
    """Return dates with a separator between their numbers."""

    def draw(rng: np.random.Generator) -> str:
        day, month, year = (
            int(v) for v in (rng.integers(1, 32), rng.integers(1, 13), rng.integers(1970, 2040))
        )
        full = rng.random() < 0.5
        two = "02d" if rng.random() < 0.6 or separator == " " else "d"
        first, second = (day, month) if rng.random() < 0.5 else (month, day)
        parts = [f"{first:{two}}", f"{second:{two}}", str(year) if full else f"{year % 100:02d}"]
        if full and rng.random() < 0.2:
            parts = [str(year), f"{month:02d}", f"{day:02d}"]
        return separator.join(parts)

    return draw


def _month_word(rng: np.random.Generator) -> str:
    month = _MONTHS[int(rng.integers(len(_MONTHS)))][int(rng.integers(12))]
    day, year = int(rng.integers(1, 29)), int(rng.integers(1970, 2040))
    return choose(
        rng,
        f"{month} {day}, {year}",
        f"{month} {day} {year}",
        f"{day} {month} {year}",
        f"{day}-{month}-{year % 100:02d}",
        f"{day}. {month} {year}",
        f"{day} de {month} {year}",
        f"{month} {day}",
        f"{month} {year}",
        f"{month} '{year % 100:02d}",
    )


def _stamp(rng: np.random.Generator) -> str:
    date = _separated(choose(rng, "/", "-", "."))(rng)
    return f"{date} {rng.integers(0, 24):02d}:{rng.integers(0, 60):02d}"


def _short(rng: np.random.Generator) -> str:
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(1990, 2040))
    return choose(
        rng,
        f"{month}/{day}",
        f"{month:02d}/{year}",
        f"{month:02d}/{year % 100:02d}",
        f"{day:02d}-{month:02d}",
    )


def _captioned(rng: np.random.Generator) -> str:
    word = choose(rng, "Date ", "Date: ", "Exp ", "Due ", "Fecha ", "Datum ", "on ", "DOB ")
    return word + _separated(choose(rng, "/", "-", "."))(rng)


DATES: dict[str, Text] = {
    "date_slashes": _separated("/"),
    "date_dashes": _separated("-"),
    "date_points": _separated("."),
    "date_spaces": _separated(" "),
    "date_month": _month_word,
    "date_and_time": _stamp,
    "date_short": _short,
    "date_captioned": _captioned,
}
"""Text of each kind of date, by name."""
