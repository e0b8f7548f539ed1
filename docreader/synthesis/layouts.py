"""Layouts of whole checks: printed form and positions of the handwritten fields.

Lengths are in units of a page about 1600 units wide; x, y of text is its lower left corner.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from docreader.synthesis.micr import print_micr
from docreader.synthesis.page import BLACK, Color, Page

Area = tuple[float, float, float, float]  # x, y, w, h


@dataclass(frozen=True)
class FieldPositions:
    """Positions of the handwritten fields; each is x, y of the baseline and the available width.

    Attributes:
        amount: Box (x, y, w, h) of the amount field with its printed currency symbol.
        amount_line: The amount itself.
        digit: Height of the digits in the amount field.
        payee: Name of the payee.
        words: Amount in words.
        date: Date.
        signature: Signature.
        memo: Note; none if None.
        letter: Height of a capital letter in handwriting.
        date_cells: Left edge x of each cell of the date; empty without cells.
    """

    amount: Area
    amount_line: tuple[float, float, float]
    digit: float
    payee: tuple[float, float, float]
    words: tuple[float, float, float]
    date: tuple[float, float, float]
    signature: tuple[float, float, float]
    memo: tuple[float, float, float] | None = None
    letter: float = 34.0
    date_cells: tuple[float, ...] = ()


@dataclass(frozen=True)
class Layout:
    """Layout of a check.

    Attributes:
        name: Value of `--layout`.
        size: Width and height in units.
        amounts: Style of the written amounts, see docreader.synthesis.amounts.
        colors: Colors of the paper, BGR.
        draw: Function that prints the form and returns the field positions.
    """

    name: str
    size: tuple[float, float]
    amounts: str
    colors: tuple[Color, ...]
    draw: Callable[[np.random.Generator, Page], FieldPositions]


_TINT: dict[str, Color] = {
    "blue": (250.0, 228.0, 205.0),
    "green": (222.0, 240.0, 212.0),
    "cream": (215.0, 238.0, 245.0),
    "white": (246.0, 247.0, 247.0),
    "gray": (226.0, 228.0, 230.0),
    "pink": (226.0, 222.0, 246.0),
}


def _background(
    rng: np.random.Generator, page: Page, area: Area | None, strength: tuple[float, float]
) -> None:
    kinds = ("waves", "hatch", "arcs", "fan", "weave", "halftone", "plain")
    color = tuple(float(c) for c in rng.uniform(90, 210, 3))
    for _ in range(int(rng.integers(1, 3))):
        kind = kinds[int(rng.integers(len(kinds)))]
        page.pattern(
            rng, kind, (color[0], color[1], color[2]), rng.uniform(*strength), rng.uniform(5, 11), area
        )


def _micr(rng: np.random.Generator, page: Page, x: float, y: float, form: str) -> None:
    """Print the MICR line; `n` is a random digit. Bank numbers start with zeros, which no bank has."""
    text = "".join(str(rng.integers(10)) if c == "n" else c for c in form)
    page.tint(print_micr(text, 26 * page.scale), BLACK, x, y)


def us_personal(rng: np.random.Generator, page: Page) -> FieldPositions:
    """Print a US personal check."""
    _background(rng, page, None, (0.15, 0.7))
    names = ("ALEX SAMPLE", "J. AND M. SPECIMEN", "PAT EXAMPLE")
    page.text(names[int(rng.integers(3))], 70, 82, 26, bold=True)
    page.text(f"{rng.integers(10, 990)} EXAMPLE STREET", 70, 112, 20)
    page.text("ANYTOWN, ST 00000", 70, 140, 20)
    page.text(str(rng.integers(101, 9999)), 1440, 80, 36, bold=True)
    page.labeled_line("DATE", (1010, 160), 17, (1065, 1400, 162))
    page.text("PAY TO THE", 60, 238, 17)
    page.labeled_line("ORDER OF", (60, 262), 17, (175, 1180, 265))
    if rng.random() < 0.5:
        page.line(1180, 235, 1180, 265)
    page.currency_symbol("$", 1205, 266, 38)
    box = (1245.0, 205.0, 300.0, 72.0)
    if rng.random() < 0.8:
        page.box(*box, light=float(rng.uniform(0.3, 0.75)))
    else:
        page.line(1245, 270, 1545, 270)
    page.line(60, 355, 1360, 355)
    page.text("DOLLARS", 1375, 354, 20)
    page.text("EXAMPLE SAVINGS BANK", 70, 440, 28, bold=True)
    page.text("Anytown branch", 70, 470, 18)
    page.labeled_line("MEMO", (60, 560), 17, (125, 640, 562))
    page.line(900, 562, 1500, 562)
    _micr(rng, page, 120, 610, "T00nnnnnnnT nnnnnnnnnU nnnn")
    return FieldPositions(
        amount=(1195.0, 195.0, 365.0, 92.0),
        amount_line=(1262, 262, 268),
        digit=float(rng.uniform(32, 46)),
        payee=(200, 255, 950),
        words=(80, 345, 1240),
        date=(1085, 154, 300),
        signature=(950, 552, 450),
        memo=(150, 553, 420),
    )


def us_business(rng: np.random.Generator, page: Page) -> FieldPositions:
    """Print a US business check, with the amount in a table at the right."""
    _background(rng, page, (0, 150, 1600, 410), (0.1, 0.45))
    page.pattern(rng, "hatch", (120, 110, 80), 0.9, 9, (70, 45, 70, 70))
    page.text("SPECIMEN TRADING COMPANY", 165, 80, 32, bold=True)
    page.text("1 Example Plaza, Anytown, ST 00000", 165, 112, 19)
    page.text("EXAMPLE COMMERCE BANK", 760, 75, 22, bold=True)
    page.text("00-000/0000", 760, 105, 18)
    page.text(f"No. {rng.integers(10000, 99999)}", 1350, 85, 32, bold=True)
    for x, w, title in ((1000, 220, "DATE"), (1220, 320, "AMOUNT")):
        page.box(x, 205, w, 34, light=0.35)
        page.text(title, x + 0.5 * w - 38, 232, 19, bold=True)
        page.box(x, 239, w, 82, light=0.35)
    page.text("PAY", 70, 232, 22, bold=True)
    page.line(70, 345, 960, 345)
    page.text("TO THE", 70, 400, 17)
    page.labeled_line("ORDER OF", (70, 424), 17, (185, 960, 428))
    page.currency_symbol("$", 1232, 300, 34)
    page.line(1010, 520, 1530, 520)
    page.text("AUTHORIZED SIGNATURE", 1150, 545, 16)
    _micr(rng, page, 320, 600, "Unnnnnnn T00nnnnnnnT nnnnnnnnU")
    return FieldPositions(
        amount=(1220.0, 239.0, 320.0, 82.0),
        amount_line=(1270, 300, 250),
        digit=float(rng.uniform(32, 44)),
        payee=(210, 418, 730),
        words=(80, 335, 860),
        date=(1015, 298, 190),
        signature=(1050, 512, 400),
    )


def india(rng: np.random.Generator, page: Page) -> FieldPositions:
    """Print an Indian check, with cells for the date and the amount in a box with the rupee symbol."""
    _background(rng, page, (0, 130, 1600, 480), (0.08, 0.35))
    page.pattern(rng, "fan", (60, 40, 140), 1.0, 7, (75, 25, 70, 70))
    page.text("EXAMPLE BANK LTD", 165, 70, 36, (60, 40, 130), bold=True)
    page.text("SAMPLE ROAD, ANYTOWN 000000    IFS CODE: EXMP0000000", 165, 98, 15)
    page.text("VALID FOR THREE MONTHS FROM THE DATE OF ISSUE", 560, 122, 16, bold=True)
    page.text("DATE", 1155, 90, 16)
    cells = tuple(1215.0 + 41.0 * i for i in range(8))
    for x, letter in zip(cells, "DDMMYYYY", strict=True):
        page.box(x, 58, 41, 44, width=1.3)
        page.text(letter, x + 13, 122, 16)
    page.labeled_line("PAY", (50, 200), 21, (105, 1235, 202), light=0.45)
    page.text("OR BEARER", 1250, 200, 18)
    page.labeled_line("RUPEES", (50, 272), 21, (140, 1540, 275), light=0.45)
    page.line(140, 345, 1040, 345, light=0.45)
    page.box(1142, 290, 396, 72, width=2.2)
    split = bool(rng.random() < 0.4)
    if split:
        page.line(1212, 290, 1212, 362, 2.0)
    page.currency_symbol("₹", 1160, 345, 36)
    page.text("A/C NO.", 100, 402, 19)
    page.box(85, 372, 420, 46, width=1.5)
    page.text("0" * 5 + "".join(str(d) for d in rng.integers(0, 10, 9)), 255, 404, 21)
    page.text("Payable at par at all branches of Example Bank Ltd.", 560, 592, 17)
    page.text("Please sign above", 1395, 592, 17)
    _micr(rng, page, 390, 655, "UnnnnnnU 00nnnnnnnT nnnnnnU nn")
    return FieldPositions(
        amount=(1142.0, 290.0, 396.0, 72.0),
        amount_line=(1222 if split else 1206, 346, 305),
        digit=float(rng.uniform(30, 44)),
        payee=(170, 190, 1000),
        words=(175, 264, 1250),
        date=(1215, 94, 330),
        signature=(1330, 540, 200),
        date_cells=cells,
    )


def chile(rng: np.random.Generator, page: Page) -> FieldPositions:
    """Print a Chilean check, with the amount in the upper right corner and the date above the payee."""
    _background(rng, page, None, (0.25, 0.8))
    page.text("BANCO EJEMPLO", 70, 85, 36, (120, 70, 30), bold=True)
    page.text("OFICINA CENTRAL", 70, 115, 17)
    page.text(f"Serie {rng.integers(100, 999)}   Nro. {rng.integers(1000000, 9999999)}", 480, 80, 20)
    page.currency_symbol("$", 1055, 92, 36)
    if rng.random() < 0.7:
        page.box(1095, 38, 420, 74, width=1.8)
    else:
        page.line(1095, 106, 1515, 106)
    page.line(900, 172, 1500, 172)
    page.text("PAGUESE A LA", 60, 240, 17)
    page.labeled_line("ORDEN DE", (60, 262), 17, (195, 1330, 264))
    page.text("O AL PORTADOR", 1345, 263, 18)
    page.labeled_line("LA SUMA DE", (60, 338), 17, (195, 1520, 340))
    page.line(60, 412, 1330, 412)
    page.text("PESOS M/L", 1345, 411, 18)
    page.labeled_line("CUENTA 00-00000-0", (70, 510), 19, (960, 1480, 560))
    page.text("FIRMA", 1190, 582, 15)
    _micr(rng, page, 160, 618, "Unnnnnnn T00nnnnnnnT nnnnnnnnA")
    return FieldPositions(
        amount=(1045.0, 30.0, 480.0, 90.0),
        amount_line=(1115, 100, 380),
        digit=float(rng.uniform(36, 54)),
        payee=(220, 254, 1080),
        words=(220, 330, 1270),
        date=(930, 164, 540),
        signature=(1000, 550, 400),
    )


LAYOUTS: dict[str, Layout] = {
    layout.name: layout
    for layout in (
        Layout("us-personal", (1600, 690), "usd", tuple(_TINT.values()), us_personal),
        Layout(
            "us-business", (1600, 680), "usd", (_TINT["white"], _TINT["cream"], _TINT["green"]), us_business
        ),
        Layout("india", (1600, 730), "inr", (_TINT["cream"], _TINT["green"], _TINT["blue"]), india),
        Layout("chile", (1600, 700), "chile", (_TINT["gray"], _TINT["blue"], _TINT["green"]), chile),
    )
}
"""Layouts by name."""
