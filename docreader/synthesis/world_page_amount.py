"""Amount field of a page: place, frame, currency sign and contents."""

from dataclasses import dataclass
from decimal import Decimal

import cv2
import numpy as np

from docreader.decoding.currencies import Currency
from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page_setting import Setting, caption, pick, shrink_to
from docreader.synthesis.world_page_sheet import Area, Sheet, union
from docreader.synthesis.world_page_text import imitate
from docreader.synthesis.world_text import draw_amount, sample_hand

LOOKS = {
    "box": 0.36,
    "thick": 0.09,
    "rounded": 0.08,
    "line": 0.1,
    "none": 0.09,
    "cells": 0.04,
    "dark": 0.04,
    "white": 0.14,
    "guilloche": 0.06,
}
"""Frames of amount fields with their shares."""

PRINTED_BARE = 0.25
"""Share of printed amounts that have no frame whatever `LOOKS` has: a printer puts figures anywhere."""


@dataclass(frozen=True)
class AmountField:
    """Amount field that was drawn.

    Attributes:
        area: Frame with the currency sign; the ink with a margin where there is no frame.
        ink: Ink of the amount; None if the field is empty.
        amount: Value; None if the field is empty.
        transcript: Target of a reader, a currency sign as `$`.
        cover: Ink of a printed amount without a frame, which may be repeated; None otherwise.
    """

    area: Area
    ink: Area | None
    amount: Decimal | None
    transcript: str
    cover: np.ndarray | None = None


def place_amount(rng: np.random.Generator, height: float) -> Area:
    """Draw the place of the amount field on a check of 1000 units by `height`."""
    w = float(np.clip(rng.lognormal(np.log(250), 0.28), 120, 420))
    h = height * float(np.clip(rng.lognormal(np.log(0.108), 0.3), 0.05, 0.18))
    kind = rng.random()
    if kind < 0.7:  # at the right edge
        right = 1000 * float(rng.uniform(0.86, 0.99))
        middle = height * float(0.2 + 0.42 * rng.beta(2.2, 2.2))
    elif kind < 0.8:  # in the upper right corner
        right, middle = 1000 * float(rng.uniform(0.8, 0.99)), height * float(rng.uniform(0.06, 0.2))
    elif kind < 0.84:  # in the upper left corner
        right, middle = w + 1000 * float(rng.uniform(0.01, 0.08)), height * float(rng.uniform(0.06, 0.2))
    elif kind < 0.9:
        right, middle = 500 + 0.5 * w + float(rng.normal(0, 90)), height * float(rng.uniform(0.15, 0.65))
    elif kind < 0.95:  # at the left, on the lines of payee and words
        right, middle = w + 1000 * float(rng.uniform(0.02, 0.2)), height * float(rng.uniform(0.2, 0.65))
    else:
        right, middle = 1000 * float(rng.uniform(0.5, 0.99)), height * float(rng.uniform(0.55, 0.72))
    x = float(np.clip(right - w, 5, 995 - w))
    return x, float(np.clip(middle - 0.5 * h, 4, 0.74 * height - h)), w, h


def draw_amount_field(
    sheet: Sheet,
    setting: Setting,
    place: Area,
    currency: Currency,
    digits: DigitBank,
    fonts: FontBank,
    *,
    empty: bool,
) -> AmountField:
    """Draw an amount field.

    Args:
        sheet: Sheet of the check.
        setting: Setting of the page.
        place: Area of the field.
        currency: Currency.
        digits: Handwritten digits.
        fonts: Fonts.
        empty: Whether no amount is in it.

    Returns:
        Field; its region and its place are not yet entered.
    """
    rng, (x, y, w, h) = sheet.rng, place
    hand = None if empty else sample_hand(rng, digits, fonts)
    look = str(rng.choice(list(LOOKS), p=np.array(list(LOOKS.values())) / sum(LOOKS.values())))
    if hand is not None and hand.by_machine and sheet.chance(PRINTED_BARE):
        look = "none"
    size = float(np.clip(0.6 * h * sheet.scale, 10, 60))
    comb = look == "cells" and sheet.chance(0.6)
    drawn = (
        None if hand is None else draw_amount(rng, digits, fonts, currency, size=size, comb=comb, hand=hand)
    )
    _draw_frame(sheet, setting, place, look)
    before = _print_sign(sheet, setting, place, currency, look)
    framed = look not in ("line", "none")
    areas = [place] if framed else []
    room = (x, y, w, h)
    if before is not None:
        end = before[0] + before[2]
        if end < x + 0.6 * w:
            if end > x:
                room = (end + 2, y, x + w - end - 2, h)
            areas.append(before)
        elif before[0] > x + 0.6 * w:
            room = (x, y, before[0] - x - 2, h)
    ink = cover = None
    if drawn is not None:
        cover = _fit(rng, drawn.ink, room, sheet.scale, loose=look in ("line", "none"))
        ink = _place_ink(sheet, setting, cover, room, look)
        pad = 0.0 if framed else 0.15 * ink[3]
        areas.append((ink[0] - pad, ink[1] - pad, ink[2] + 2 * pad, ink[3] + 2 * pad))
    elif not areas:
        areas.append(place)
    if setting.captions.amount and sheet.chance(0.15):
        above = sheet.chance(0.7)
        foot = y - 2 if above else y + h + setting.small * 1.6
        caption(sheet, setting, pick(rng, setting.captions.amount), x + float(rng.uniform(0, 0.5)) * w, foot)
    area = union(areas)
    if drawn is None:
        return AmountField(area, None, None, "")
    sign = "$" if before is not None and not drawn.symbol else ""
    bare = cover if look == "none" and hand is not None and hand.by_machine else None
    return AmountField(area, ink, drawn.written.amount, sign + drawn.transcript, bare)


def repeat_amount(sheet: Sheet, setting: Setting, cover: np.ndarray) -> Area | None:
    """Print figures once more, in a corner, in the manner of a traveler's check; None where there is no room."""
    across, down = cover.shape[1] / sheet.scale, cover.shape[0] / sheet.scale
    rng = sheet.rng
    x = float(rng.uniform(10, 60)) if sheet.chance(0.6) else float(rng.uniform(930, 985)) - across
    y = sheet.height * float(rng.uniform(0.04, 0.14) if sheet.chance(0.7) else rng.uniform(0.68, 0.78))
    place = x, y, across, down
    if not sheet.free(place, 6.0):
        return None
    sheet.absorb(cover, x, y, float(np.clip(setting.ink + rng.normal(0, 0.1), 0.3, 0.97)))
    pad = 0.15 * down
    return x - pad, y - pad, across + 2 * pad, down + 2 * pad


def draw_unused_field(sheet: Sheet, setting: Setting, place: Area, currency: Currency) -> None:
    """Draw a framed field with its currency sign that stays empty, because the amount is printed elsewhere."""
    look = pick(sheet.rng, ("box", "thick", "white", "rounded"))
    _draw_frame(sheet, setting, place, look)
    _print_sign(sheet, setting, place, currency, look)


def _draw_frame(sheet: Sheet, setting: Setting, place: Area, look: str) -> None:
    """Draw the frame of an amount field."""
    rng, (x, y, w, h) = sheet.rng, place
    light = float(np.clip(setting.light + rng.normal(0, 0.1), 0.1, 0.8))
    if look == "white":
        sheet.fill(place, float(rng.uniform(235, 255)))
        if sheet.chance(0.5):
            sheet.box(place, 1.0, light)
    elif look == "dark":
        sheet.fill(place, float(rng.uniform(25, 110)))
    elif look == "box":
        sheet.box(place, float(rng.uniform(0.8, 1.8)), light)
    elif look == "thick":
        if sheet.chance(0.3):
            sheet.fill((x + 3, y + 3, w, h), 120.0)
            sheet.fill(place, 245.0)
        sheet.box(place, float(rng.uniform(2.5, 5)), light)
    elif look == "rounded":
        if sheet.chance(0.3):
            sheet.fill(place, 245.0, 0.8)
        sheet.rounded(place, float(rng.uniform(0.15, 0.5)) * h, float(rng.uniform(1, 2.4)), light)
    elif look == "line":
        sheet.line(x, y + h, x + w, y + h, 1.3, light, setting.dots)
    elif look == "cells":
        sheet.box(place, 1.2, light)
        for i in range(1, int(rng.integers(7, 13))):
            cut = x + i * w / 10
            if cut < x + w:
                sheet.line(cut, y + (0.5 * h if sheet.chance(0.2) else 0), cut, y + h, 0.9, light)
    elif look == "guilloche":
        turn = np.linspace(0, w, 160)
        for phase in np.linspace(0, 3, int(rng.integers(4, 9))):
            wave = y + 0.5 * h + 0.48 * h * np.sin(turn / float(rng.uniform(9, 30)) + phase)
            sheet.stroke(np.stack([x + turn, wave], axis=1), 0.8, 0.25)
        if sheet.chance(0.5):
            sheet.box(place, 1.2, light)


def _print_sign(sheet: Sheet, setting: Setting, place: Area, currency: Currency, look: str) -> Area | None:
    """Print the currency sign of the form, inside the field, before it, or behind it; return its area."""
    rng, (x, y, w, h) = sheet.rng, place
    signs = [sign for sign in currency.before if setting.form.font.has(sign)] or [currency.code]
    if sheet.chance(0.22):
        return None
    sign = signs[min(int(rng.geometric(0.6)) - 1, len(signs) - 1)]
    size = float(np.clip(h * rng.uniform(0.3, 0.6), 7, 34))
    cover = setting.form.render(sign, size * sheet.scale)
    if setting.script and sheet.chance(0.4):
        own = imitate(rng, setting.script, int(rng.integers(1, 3)), size * sheet.scale)
        rows = max(own.shape[0], cover.shape[0])
        parts = [np.pad(p, ((rows - p.shape[0], 0), (0, 2))) for p in (own, cover)]
        cover = np.hstack(parts)
    cover = shrink_to(cover, 0.35 * w * sheet.scale)
    across, down = cover.shape[1] / sheet.scale, cover.shape[0] / sheet.scale
    where = rng.random()
    gap = float(rng.uniform(3, 12))
    left = x + gap if where < 0.6 else x - gap - across if where < 0.92 else x + w - across - gap
    if left < 2:
        left, where = x + gap, 0.0
    top = y + (h - down) * float(rng.uniform(0.3, 0.7))
    if look == "dark" and x <= left < x + w:
        area = sheet.lighten(cover, left, top)
    elif where < 0.6 and look == "box" and sheet.chance(0.08):
        sheet.fill((x, y, across + 2 * gap, h), 60.0)
        area = sheet.lighten(cover, left, top)
    else:
        area = sheet.absorb(cover, left, top, setting.ink)
    if where < 0.6 and look in ("box", "thick", "white") and sheet.chance(0.3):
        cut = left + across + 0.6 * gap
        sheet.line(cut, y, cut, y + h, 1.2, setting.light)
    if setting.script and where < 0.6 and sheet.chance(0.5):
        imitated = imitate(rng, setting.script, int(rng.integers(4, 8)), setting.small * sheet.scale, 0.13)
        start = x - imitated.shape[1] / sheet.scale - 8
        if start > 5:
            sheet.absorb(imitated, start, y + 0.4 * h, setting.ink)
    return area


def _fit(rng: np.random.Generator, ink: np.ndarray, room: Area, scale: float, *, loose: bool) -> np.ndarray:
    """Scale the ink of an amount to its room: it fills it, is small in it, or exceeds it slightly."""
    h = room[3] * scale
    share = float(rng.uniform(0.6, 0.9) if rng.random() < 0.55 else rng.uniform(0.28, 0.6))
    if rng.random() < 0.08:
        share = float(rng.uniform(0.9, 1.25))
    wide = room[2] * scale * (float(rng.uniform(0.98, 1.1)) if rng.random() < 0.08 else 0.94)
    factor = min(max(share * h, 5.0) / ink.shape[0], max(wide, 12.0) / ink.shape[1])
    size = max(4, round(ink.shape[1] * factor)), max(3, round(ink.shape[0] * factor))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.float32)


def _place_ink(sheet: Sheet, setting: Setting, cover: np.ndarray, room: Area, look: str) -> Area:
    """Lay the ink of an amount into its room."""
    rng, (x, y, w, h) = sheet.rng, room
    across, down = cover.shape[1] / sheet.scale, cover.shape[0] / sheet.scale
    align = rng.random()
    spare = w - across
    share = (
        float(rng.uniform(0.02, 0.2))
        if align < 0.5
        else 0.5
        if align < 0.75
        else float(rng.uniform(0.8, 0.98))
    )
    foot = 0.9 if look == "line" else float(np.clip(rng.normal(0.5, 0.13), 0, 1.1))
    left = float(np.clip(x + spare * share, 1, sheet.width - across - 1))
    top = float(np.clip(y + (h - down) * foot, 1, sheet.height - down - 1))
    if look == "dark":
        return sheet.lighten(cover, left, top)
    return sheet.absorb(cover, left, top, float(np.clip(setting.ink + rng.normal(0, 0.1), 0.3, 0.97)))
