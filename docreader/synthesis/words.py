"""Integers in words, for the legal amount of a check."""

_ENGLISH = (
    *(
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
    ),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SPANISH = (
    *(
        "cero",
        "uno",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
    ),
    *(
        "trece",
        "catorce",
        "quince",
        "dieciseis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
    ),
    *("veintidos", "veintitres", "veinticuatro", "veinticinco", "veintiseis", "veintisiete", "veintiocho"),
    "veintinueve",
)
_SPANISH_TENS = ("treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_SPANISH_HUNDREDS = (
    *("ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos", "setecientos"),
    *("ochocientos", "novecientos"),
)


def english(number: int) -> str:
    """Spell a number up to 999,999,999 in English.

    Examples:
        >>> english(41312)
        'forty one thousand three hundred twelve'
    """
    return _in_steps(number, ((1_000_000, "million"), (1_000, "thousand")))


def indian(number: int) -> str:
    """Spell a number up to 999,999,999 in Indian English, by lakhs and crores.

    Examples:
        >>> indian(2105000)
        'twenty one lakh five thousand'
    """
    return _in_steps(number, ((10_000_000, "crore"), (100_000, "lakh"), (1_000, "thousand")))


def spanish(number: int) -> str:
    """Spell a number up to 999,999,999 in Spanish, without accents.

    Examples:
        >>> spanish(121500)
        'ciento veintiun mil quinientos'
    """
    parts = []
    millions, rest = divmod(number, 1_000_000)
    thousands, units = divmod(rest, 1_000)
    if millions:
        parts.append("un millon" if millions == 1 else f"{_shortened(millions)} millones")
    if thousands:
        parts.append("mil" if thousands == 1 else f"{_shortened(thousands)} mil")
    if units or not parts:
        parts.append(_spanish_below_thousand(units))
    return " ".join(parts)


def _in_steps(number: int, steps: tuple[tuple[int, str], ...]) -> str:
    parts = []
    for size, name in steps:
        many, number = divmod(number, size)
        if many:
            parts += [_english_below_thousand(many), name]
    if number or not parts:
        parts.append(_english_below_thousand(number))
    return " ".join(parts)


def _english_below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [_ENGLISH[hundreds], "hundred"] if hundreds else []
    if rest >= 20:
        parts.append(_ENGLISH_TENS[rest // 10 - 2])
        rest %= 10
        if rest:
            parts.append(_ENGLISH[rest])
    elif rest or not parts:
        parts.append(_ENGLISH[rest])
    return " ".join(parts)


def _spanish_below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if number == 100:
        return "cien"
    parts = [_SPANISH_HUNDREDS[hundreds - 1]] if hundreds else []
    if rest >= 30:
        tens, unit = divmod(rest, 10)
        parts.append(_SPANISH_TENS[tens - 3] + (f" y {_SPANISH[unit]}" if unit else ""))
    elif rest or not parts:
        parts.append(_SPANISH[rest])
    return " ".join(parts)


def _shortened(number: int) -> str:
    """Spell a number before a noun, where `uno` becomes `un`."""
    text = _spanish_below_thousand(number)
    return text.removesuffix("o") if text.endswith("uno") else text
