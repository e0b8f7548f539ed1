"""Checks of invented banks: fields at drawn places, which leave room for one another."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from docreader.decoding.currencies import CURRENCIES, Currency
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.words import english, indian, spanish
from docreader.synthesis.world_page_amount import (
    AmountField,
    draw_amount_field,
    draw_unused_field,
    place_amount,
    repeat_amount,
)
from docreader.synthesis.world_page_decor import (
    cross,
    print_background,
    print_border,
    print_code,
    print_pattern,
    print_picture,
    scrawl,
    stamp,
)
from docreader.synthesis.world_page_parts import (
    draw_account,
    draw_bank,
    draw_date,
    draw_micr,
    draw_remarks,
    draw_ruled_field,
    draw_signatures,
    find_place,
)
from docreader.synthesis.world_page_setting import Setting, invent, pick
from docreader.synthesis.world_page_sheet import Area, Sheet


@dataclass(frozen=True)
class DrawnCheck:
    """Check on a sheet.

    Attributes:
        sheet: Sheet with its regions.
        amount: Value; None without an amount.
        currency: ISO 4217 code.
        transcript: Target of a reader.
        ink: Area of the amount's ink; None without an amount.
        void: Whether a stamp or a word makes it no check.
    """

    sheet: Sheet
    amount: Decimal | None
    currency: str
    transcript: str
    ink: Area | None
    void: bool


def draw_check(
    rng: np.random.Generator,
    digits: DigitBank,
    fonts: FontBank,
    width: float,
    currency: str | None = None,
) -> DrawnCheck:
    """Draw a check without the traces of a scanner.

    Args:
        rng: Random generator.
        digits: Handwritten digits.
        fonts: Fonts.
        width: Width in pixels.
        currency: ISO 4217 code; random if None.

    Returns:
        Check.
    """
    money = CURRENCIES[currency or pick(rng, tuple(CURRENCIES))]
    setting = Setting.sample(rng, digits, fonts, money.code)
    height = 1000 / float(np.clip(rng.normal(2.25, 0.22), 1.7, 2.9))
    light = float(np.clip(rng.normal(225, 24), 140, 252))
    sheet = Sheet.blank(rng, (1000, height), width / 1000, light)
    print_background(sheet, setting)
    if sheet.chance(0.22):
        print_border(sheet)
    empty = sheet.chance(0.15)
    blank = empty and sheet.chance(0.6)
    if sheet.chance(0.93):
        draw_micr(sheet, setting)
    place = place_amount(rng, height)
    strip = sheet.chance(0.07)
    if strip:
        place = (place[0], float(rng.uniform(3, 14)), place[2], 0.075 * height)
    field = draw_amount_field(sheet, setting, place, money, digits, fonts, empty=empty)
    sheet.add("empty" if empty else "amount", field.area)
    if strip:
        _draw_strip(sheet, setting, field.area)
    if field.cover is not None:
        _draw_around_print(sheet, setting, field, money)
    draw_date(sheet, setting, filled=not blank)
    _draw_lines(sheet, setting, money, field.area, field.amount, filled=not blank)
    draw_signatures(sheet, setting, filled=sheet.chance(0.9) and not blank)
    draw_bank(sheet, setting)
    if sheet.chance(0.45):
        draw_account(sheet, setting)
    _draw_rest(sheet, setting, digits)
    draw_remarks(sheet, setting)
    if sheet.chance(0.3):
        cross(sheet, setting)
    for _ in range(int(rng.choice([0, 0, 0, 1, 2]))):
        scrawl(sheet, setting)
    if sheet.chance(0.18):
        stamp(sheet, setting, void=False)
    void = sheet.chance(0.12)
    if void:
        stamp(sheet, setting, void=True)
    return DrawnCheck(sheet, field.amount, money.code, field.transcript, field.ink, void)


def _draw_around_print(sheet: Sheet, setting: Setting, field: AmountField, money: Currency) -> None:
    """Repeat an amount that is printed without a frame, or leave the field empty that the form has for it."""
    assert field.cover is not None
    if sheet.chance(0.3):
        again = repeat_amount(sheet, setting, field.cover)
        if again is not None:
            sheet.add("amount", again)
    elif sheet.chance(0.4):
        unused = place_amount(sheet.rng, sheet.height)
        if sheet.free(unused):
            draw_unused_field(sheet, setting, unused, money)
            sheet.add("box", unused)


def _draw_strip(sheet: Sheet, setting: Setting, amount: Area) -> None:
    """Draw a row of small captioned numbers along the upper edge, left of the amount or around it."""
    rng = sheet.rng
    left, right = sheet.span(amount[1], amount[3], 15, 985)
    x = left
    while x < right - 40:
        w = float(rng.uniform(28, 120))
        head = setting.form.render(invent(rng)[: int(rng.integers(2, 7))], 0.7 * setting.small * sheet.scale)
        sheet.absorb(head[:, : round(w * sheet.scale)], x, amount[1], setting.ink)
        number = str(rng.integers(1, 10 ** int(rng.integers(1, 7))))
        cover = setting.print.render(number, setting.small * sheet.scale)
        sheet.absorb(cover[:, : round(w * sheet.scale)], x, amount[1] + 1.3 * setting.small, setting.ink)
        x += w + 10
        if sheet.chance(0.3):
            sheet.line(x - 5, amount[1], x - 5, amount[1] + amount[3], 1.0, setting.light)
    if right > left:
        sheet.taken.append((left, amount[1], right - left, amount[3]))


def _draw_lines(
    sheet: Sheet, setting: Setting, money: Currency, amount: Area, value: Decimal | None, *, filled: bool
) -> None:
    """Draw the lines of the payee and of the amount in words, in either order, and a memo."""
    rng, height = sheet.rng, sheet.height
    captions = setting.captions
    step = height * float(np.clip(rng.normal(0.108, 0.018), 0.07, 0.16))
    tall = min(0.85 * step, height * float(rng.uniform(0.06, 0.11)))
    y = height * float(np.clip(rng.normal(0.34, 0.06), 0.2, 0.5))
    words = _in_words(rng, setting, money, value) if filled else ""
    parts = words.split()
    cut = len(parts) if len(words) < 34 and sheet.chance(0.7) else int(rng.integers(3, 8))
    legal = [" ".join(parts[:cut]), " ".join(parts[cut:])]
    head, unit = pick(rng, captions.legal), pick(rng, captions.unit)
    if captions.numbers.startswith("one") and sheet.chance(0.3):
        head = f"{money.name.split()[-1].upper()}S"
    payee = (
        pick(rng, captions.payee),
        invent(rng, int(rng.integers(1, 4))) if filled else "",
        pick(rng, captions.bearer),
    )
    rows: list[tuple[str, str, str, str]] = [
        ("payee", *payee),
        ("legal", head, legal[0], unit if not legal[1] else ""),
    ]
    if sheet.chance(0.25):
        rows.reverse()
    second = ("legal", "", legal[1], unit)
    if legal[1] or sheet.chance(0.4):
        rows.insert([row[0] for row in rows].index("legal") + 1, second)
    if sheet.chance(0.06):
        rows.append(("payee", "", invent(rng, 3) if filled else "", ""))
    if filled and sheet.chance(0.1):
        rows = [(kind, head, f"**{text}**" if text else "", tail) for kind, head, text, tail in rows]
    indent = float(rng.uniform(15, 60))
    right = 1000 - float(rng.uniform(12, 80))
    for kind, head, text, tail in rows:
        shift = 0.0 if head else float(rng.choice([0.0, 60.0]))
        draw_ruled_field(sheet, setting, kind, head, text, (indent + shift, right, y, tall), tail)
        y += step
    if sheet.chance(0.3):
        memo = pick(rng, ("Memo", "FOR", "Memo", "MEMO", "Re:", "Ref."))
        text = invent(rng, 2) if filled and sheet.chance(0.6) else ""
        draw_ruled_field(sheet, setting, "text", memo, text, (indent, 470, 0.82 * height, 0.8 * tall), "")


def _in_words(rng: np.random.Generator, setting: Setting, money: Currency, value: Decimal | None) -> str:
    """Spell an amount where the language is known; otherwise draw words of numbers in its language."""
    whole = int(value) if value is not None and value < 10**9 else 0
    names = setting.captions.numbers.split()
    if not whole or names[0] not in ("one", "uno"):
        text = " ".join(names[int(rng.integers(len(names)))] for _ in range(int(rng.integers(2, 10))))
    elif names[0] == "uno":
        text = spanish(whole)
    else:
        text = indian(whole) if "lakh" in names else english(whole)
    if rng.random() < 0.3:
        text += " only" if names[0] == "one" else ""
    if money.decimals == 2 and rng.random() < 0.2:
        text += f" and {rng.integers(0, 100):02d}/100"
    return text.upper() if rng.random() < 0.25 else text.title() if rng.random() < 0.3 else text.capitalize()


def _draw_rest(sheet: Sheet, setting: Setting, digits: DigitBank) -> None:
    """Draw further boxes, a picture, a code and the address of the drawer where there is room."""
    rng, height = sheet.rng, sheet.height
    if sheet.chance(0.35):
        size = float(rng.uniform(120, 300)), float(rng.uniform(2, 5)) * 1.3 * setting.small
        place = find_place(sheet, size, (20, 5), (450, 0.7 * height))
        if place is not None:
            for i in range(int(size[1] / (1.3 * setting.small))):
                text = invent(rng, int(rng.integers(1, 4))) + f" {rng.integers(1, 9999)}"
                line = setting.form.render(text, setting.small * sheet.scale)
                sheet.absorb(
                    line[:, : round(size[0] * sheet.scale)],
                    place[0],
                    place[1] + i * 1.3 * setting.small,
                    setting.ink,
                )
            sheet.add("text", place)
    if sheet.chance(0.15):
        size = float(rng.uniform(70, 170)), height * float(rng.uniform(0.15, 0.35))
        place = find_place(sheet, size, (5, 0), (995 - size[0], 0.8 * height))
        if place is not None:
            print_picture(sheet, place)
            sheet.add("text", place)
    if sheet.chance(0.2):
        side = float(rng.uniform(40, 90))
        place = find_place(sheet, (side, side), (5, 5), (990 - side, 0.8 * height))
        if place is not None:
            print_code(sheet, place)
            sheet.add("text", place)
    for _ in range(int(rng.choice([0, 0, 1, 2]))):
        size = float(rng.uniform(50, 260)), float(rng.uniform(0.05, 0.12)) * height
        place = find_place(sheet, size, (10, 0.1 * height), (990 - size[0], 0.78 * height))
        if place is None:
            continue
        kind = rng.random()
        if kind < 0.25:
            print_pattern(sheet, place, 0.6)
        elif kind < 0.4:
            sheet.fill(place, float(rng.uniform(60, 200)))
        else:
            sheet.box(place, 1.2, setting.light)
        if sheet.chance(0.5):
            number = setting.print.render(str(rng.integers(10, 10**7)), 0.4 * size[1] * sheet.scale)
            sheet.absorb(
                number[:, : round(size[0] * sheet.scale)], place[0] + 3, place[1] + 0.3 * size[1], setting.ink
            )
        sheet.add("box", place)
