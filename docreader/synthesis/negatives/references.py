"""Numbers of daily life that are no amounts: fractions alone, references, rates, rooms, formulas, prices of a unit."""

import numpy as np

from docreader.synthesis.negatives.amounts import choose, clean_amount, random_digits
from docreader.synthesis.negatives.numbers import Text, pattern


def _fraction_alone(rng: np.random.Generator) -> str:
    over = choose(rng, "7", "50", "25", "00", "xx", "no", "0", "10", str(rng.integers(1, 100)))
    if rng.random() < 0.6:
        return f"{over}/100"
    below = int(rng.choice([2, 3, 4, 5, 8, 10, 16, 20, 50, 1000]))
    return f"{rng.integers(1, below + 1)}/{below}"


def _part_of(rng: np.random.Generator) -> str:
    """Return a page of several, a score, an installment."""
    whole = int(rng.integers(2, 60))
    part = int(rng.integers(1, whole + 1))
    return choose(
        rng, f"{part}/{whole}", f"{part} / {whole}", f"{part} of {whole}", f"{part}-{whole}/{whole}"
    )


def _formula(rng: np.random.Generator) -> str:
    forms = (
        "H2O",
        "CO2",
        "H2SO4",
        "C6H12O6",
        "NaCl",
        "CaCO3",
        "C2H5OH",
        "NH3",
        "Fe2O3",
        "KMnO4",
        "N2O5",
        "CH4",
    )
    return f"{choose(rng, '', '', '2', '3')}{choose(rng, *forms)}"


def _scientific(rng: np.random.Generator) -> str:
    head, power = f"{rng.integers(1, 10)}.{rng.integers(0, 100)}", int(rng.integers(2, 13))
    return choose(
        rng, f"{head}e{power}", f"{head}E-{power}", f"{head} x 10", f"10e{power}", f"x = {head}", f"{head}..."
    )


def _years(rng: np.random.Generator) -> str:
    year = int(rng.integers(1950, 2035))
    return choose(
        rng,
        f"{year}-{(year + 1) % 100:02d}",
        f"{year}/{(year + 1) % 100:02d}",
        f"{year}-{year + 9}",
        f"'{year % 100:02d}-'{(year + 5) % 100:02d}",
    )


def _hours(rng: np.random.Generator) -> str:
    first, last = int(rng.integers(6, 12)), int(rng.integers(13, 22))
    return choose(
        rng,
        f"{first}:00-{last}:00",
        f"{first}h-{last}h",
        f"{first}.00-{last}.30",
        f"{first}am-{last - 12}pm",
        f"{first}-{last} hrs",
    )


def _exchange(rng: np.random.Generator) -> str:
    rate = f"{rng.integers(0, 120)}.{random_digits(rng, int(rng.integers(3, 5)))}"
    return choose(rng, f"1 USD = {rate}", f"EUR/USD {rate}", f"{rate} USD/EUR", f"@ {rate}", f"1$ = {rate}")


def _unit_price(rng: np.random.Generator) -> str:
    price = f"{random_digits(rng, int(rng.integers(1, 4)))}.{random_digits(rng, 2, first='0123456789')}"
    return price + choose(rng, "/kg", "/hr", "/mo", " per day", "/m", " ea.", "/pc", " p.a.", " /l")


def _discount(rng: np.random.Generator) -> str:
    share = int(rng.integers(2, 90))
    return choose(
        rng,
        f"{share}% off",
        f"-{share}%",
        f"-{share} %",
        f"{share}%+tax",
        f"{share}-{share + 5}%",
        f"2/{share % 30 + 1} net 30",
    )


def _item(rng: np.random.Generator) -> str:
    """Return an amount as an item of a list, or with its words."""
    amount = clean_amount(rng, decimals=True)[0]
    number = int(rng.integers(1, 15))
    return choose(
        rng,
        f"{number}) {amount}",
        f"a) {amount}",
        f"({number}) {amount}",
        f"{number}: {amount}",
        f"#{number} {amount}",
    )


def _placeholder(rng: np.random.Generator) -> str:
    """Return the form of an amount without its digits, or with some of them."""
    digit = int(rng.integers(1, 10))
    return choose(
        rng,
        *("XXX.XX", "xx,xxx.xx", "X,XXX.XX", "_____.__", "___,___", "##,###.##", "#.###", "NNN.NN", "--.--"),
        *(
            f"{digit}__.__",
            f"{digit}XX.XX",
            f"{digit},###.##",
            f"{digit}x,xxx",
            f"__{digit}.{digit}_",
            f"{digit}_{digit}.00",
        ),
    )


def _letters_behind(rng: np.random.Generator) -> str:
    """Return a number with the letters of a magnitude, as `1.5M`."""
    head = random_digits(rng, int(rng.integers(1, 4)))
    tail = choose(
        rng, "", "", f".{rng.integers(1, 10)}", f",{rng.integers(1, 10)}", f".{rng.integers(10, 100)}", ",000"
    )
    letters = choose(rng, *"MMmKkL", *("mn", "bn", "Mio", "Mrd", "tsd", "Cr", "Lac", "MM", "mill"))
    return head + tail + choose(rng, "", "", " ") + letters


REFERENCES: dict[str, Text] = {
    "fraction_alone": _fraction_alone,
    "part_of": _part_of,
    "letters_behind": _letters_behind,
    "room": pattern(
        "Rm 1##", "Room 1##", "Nr 1##", "1##L", "Gate L1#", "L1.1##", "Fl 1", "1-0#", "Bldg 1#", "Row 1#"
    ),
    "isbn": pattern("978-#-##-######-#", "ISBN #-####-####-#", "ISSN ####-####", "97# ##########"),
    "formula": _formula,
    "coordinates": pattern("1#.####, 1#.####", "N 1# ##.###", "1#.#### N", "-1#.#####", "1#° 1#' N"),
    "network": pattern("192.168.1.1##", "10.0.#.1##", "1##.1##.#.1#", "::1", "http://1#", "L#:LL:##:1#"),
    "pressure": pattern("1##/##", "1##/## mm", "1#.#/1#", "1#/1#/1#"),
    "rate": pattern("1## km/h", "1# mph", "1# m/s", "1## rpm", "1##/min", "1# l/100", "1#.# kW"),
    "scientific": _scientific,
    "years": _years,
    "hours": _hours,
    "ratio": pattern("1:1", "16:9", "1# : 1#", "1:1##", "1#:1#:#", "1 in 1##"),
    "tax_number": pattern(
        "##-#######", "DE#########", "TIN ###-##-###", "NIT ###.###.###-#", "###/###/#####", "LLLLL####L"
    ),
    "bank_code": pattern(
        "LLLLDELL", "LLLL0######", "IFSC LLLL0###", "##-##-##", "BLZ ### ### ##", "BSB ###-###"
    ),
    "seat": pattern("L 1#", "1#L", "LL 1##", "1#-L", "L1-1#", "1#L-1#M"),
    "serial": pattern("000###", "No 00####", "N° 0####", "L ######## L", "LL########L", "S/N 1##-##"),
    "tracking": pattern("1L ### L## ## ####", "LL######### LL", "#### #### ####", "1##L###L##"),
    "exchange": _exchange,
    "unit_price": _unit_price,
    "discount": _discount,
    "section": pattern(
        "1.#.1", "1.1.", "1# (1)", "1#-L", "Art. 1#", "Sec 1.#", "Fig. 1", "1.#.#.#", "Ch. 1#", "1# bis"
    ),
    "item": _item,
    "placeholder": _placeholder,
    "extension": pattern(
        "ext. 1##", "Ext 1###", "1##-#### x1#", "tel 1######", "Tel. 0##/######", "+(1#) ####"
    ),
    "hexadecimal": pattern("0x1L", "0x##L", "01101 b", "L1L#", "#L#L##", "1e-#"),
    "size": pattern("EU 1#", "1#L", "W1# L1#", "XL 1#", "1# x 1#", "1#.5 EU", "US 1#"),
}
"""Text of each kind of reference, by name."""
