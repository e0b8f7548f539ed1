"""Parts of a check beside the amount: date, payee, words, account, signature, MICR line, bank, remarks."""

import numpy as np

from docreader.synthesis.micr import print_micr
from docreader.synthesis.world_page_setting import (
    Setting,
    caption,
    fill_numbers,
    invent,
    pick,
    sign,
    write_field,
)
from docreader.synthesis.world_page_sheet import Area, Sheet, union
from docreader.synthesis.world_page_text import imitate
from docreader.synthesis.world_page_words import BANKS, LIMITS, REMARKS, STREETS


def find_place(
    sheet: Sheet,
    size: tuple[float, float],
    low: tuple[float, float],
    high: tuple[float, float],
    tries: int = 8,
) -> Area | None:
    """Draw a free place of a size with its corner between two points; None where none is found."""
    for _ in range(tries):
        x, y = (float(v) for v in sheet.rng.uniform(low, np.maximum(low, high)))
        if sheet.free((x, y, *size)):
            return x, y, *size
    return None


def draw_micr(sheet: Sheet, setting: Setting) -> None:
    """Print the line of magnetic or optical characters near the foot, at times on a white band."""
    rng, height = sheet.rng, sheet.height
    tall = float(rng.uniform(15, 23))
    y = height * float(rng.uniform(0.88, 0.95)) - 0.5 * tall
    if sheet.chance(0.4):
        sheet.fill((0, y - tall, 1000, height), float(rng.uniform(225, 252)), float(rng.uniform(0.4, 1.0)))
    kind = rng.random()
    form = pick(
        rng,
        (
            "UnnnnnnU nnnnnnnnnT nnnnnnU nn",
            "TnnnnnnnnnT nnnnnnnnnU nnnn",
            "UnnnnnnU TnnnnnnnnnT nnnnnnnnU",
            "nnnnnnnnT nnnnnnnnnnT nnnnnnnnnnnnU",
            "UnnnnnnnnnnnnnnnnU nnnnnnnnnnnT",
        ),
    )
    text = "".join(str(rng.integers(10)) if c == "n" else c for c in form)
    if kind < 0.75:
        cover = print_micr(text, tall * sheet.scale)
    elif kind < 0.88:
        cover = _print_bars(rng, len(text), tall * sheet.scale)
    else:
        plain = text.replace("U", "<").replace("T", ">")
        cover = setting.print.render(plain, tall * 0.8 * sheet.scale)
    width = cover.shape[1] / sheet.scale
    if width > 940:
        cover = cover[:, : int(940 * sheet.scale)]
        width = 940
    x = float(rng.uniform(15, max(16, min(985 - width, 420))))
    area = sheet.absorb(cover, x, y, float(rng.uniform(0.6, 0.9)))
    sheet.add("micr", area)


def _print_bars(rng: np.random.Generator, count: int, height: float) -> np.ndarray:
    """Print characters of vertical bars, in the manner of CMC-7."""
    pitch = max(4, round(height * 0.85))
    line = np.zeros((max(3, round(height)), pitch * count), np.float32)
    for i in range(count):
        for bar in np.sort(rng.choice(max(3, pitch - 1), min(4, pitch - 1), replace=False)):
            top = round(height * float(rng.choice([0.0, 0.0, 0.3, 0.5])))
            bottom = line.shape[0] - round(height * float(rng.choice([0.0, 0.0, 0.3])))
            line[top:bottom, i * pitch + int(bar)] = 0.8
    return line


def draw_date(sheet: Sheet, setting: Setting, *, filled: bool) -> None:
    """Draw the date: cells for the digits, a line, or print alone; mostly in the upper right corner."""
    rng, height = sheet.rng, sheet.height
    cells = sheet.chance(0.45)
    cell = float(rng.uniform(17, 29))
    tall = cell * float(rng.uniform(0.9, 1.4)) if cells else float(rng.uniform(18, 32))
    size = (8 * cell + (20 if sheet.chance(0.3) else 0) if cells else float(rng.uniform(150, 300)), tall)
    place = None
    if sheet.chance(0.85):
        place = find_place(sheet, size, (620, 0.03 * height), (985 - size[0], 0.22 * height))
    place = place or find_place(sheet, size, (150, 0.03 * height), (980 - size[0], 0.7 * height), 12)
    if place is None:
        return
    x, y, w, h = place
    sheet.add("date", place)
    day, month, year = int(rng.integers(1, 29)), int(rng.integers(1, 13)), int(rng.integers(1995, 2036))
    head = pick(rng, setting.captions.date)
    if head and sheet.chance(0.85):
        wide = 0.75 * setting.small * len(head) + 6
        if sheet.chance(0.8) and x - wide > 5:
            sheet.taken.append(caption(sheet, setting, head, x - wide, y + h))
        else:
            caption(sheet, setting, head, x, y + h + 1.6 * setting.small)
    if not cells:
        if sheet.chance(0.8):
            sheet.line(x, y + h, x + w, y + h, 1.1, setting.light, setting.dots)
        months = setting.captions.months.split()
        forms = (
            f"{day}/{month}/{year}",
            f"{day:02d}-{month:02d}-{year}",
            f"{months[month - 1]} {day}, {year}",
            f"{day} {months[month - 1]} {year}",
            f"{day}.{month}.{year % 100:02d}",
        )
        if filled:
            write_field(sheet, setting, pick(rng, forms), place)
        return
    gap = (w - 8 * cell) / 2
    written = f"{day:02d}{month:02d}{year}"
    hand = sheet.chance(setting.by_hand)
    boxed = sheet.chance(0.8)
    for i in range(8):
        left = x + i * cell + (gap if i >= 2 else 0) + (gap if i >= 4 else 0)
        if boxed:
            sheet.box((left, y, cell, h), 0.9, setting.light)
        if filled:
            inner = (left + 2, y + 0.1 * h, cell - 4, 0.8 * h)
            write_field(sheet, setting, written[i], inner, by_hand=hand, center=True)
    if sheet.chance(0.7):
        letters = setting.form.render("D  D  M  M  Y  Y  Y  Y", 6 * sheet.scale)
        sheet.absorb(letters[:, : int(w * sheet.scale)], x + 4, y + h + 3, setting.ink)


def draw_ruled_field(
    sheet: Sheet,
    setting: Setting,
    kind: str,
    head: str,
    text: str,
    row: tuple[float, float, float, float],
    tail: str,
) -> None:
    """Draw a caption, a ruled line, the text on it and a remark behind.

    Args:
        sheet: Sheet of the check.
        setting: Setting of the page.
        kind: Kind of the region.
        head: Caption.
        text: Contents; an empty line if empty.
        row: Left and right end, the line's y, and the height of the text, in units.
        tail: Remark behind the line.
    """
    left, right, y, h = row
    left, right = sheet.span(y - 0.8 * h, h, left, right)
    if right - left < 100:
        return
    start = left
    if head:
        area = caption(sheet, setting, head, left, y)
        start = area[0] + area[2] + 6
    if tail:
        room = 0.75 * setting.small * len(tail) + 4
        if right - room > start + 100:
            caption(sheet, setting, tail, right - room, y)
            right -= room + 6
    if right - start < 40:
        return
    if sheet.chance(0.9):
        sheet.line(start, y, right, y + float(sheet.rng.normal(0, 0.3)), 1.2, setting.light, setting.dots)
    place = (start + 4, y - h, right - start - 8, h)
    written = write_field(sheet, setting, text, place) if text else None
    sheet.add(kind, union([place, written]) if written else place)


def draw_account(sheet: Sheet, setting: Setting) -> None:
    """Print the account number, mostly in a box at the left below the words."""
    rng, height = sheet.rng, sheet.height
    w, h = float(rng.uniform(180, 380)), float(rng.uniform(22, 40))
    place = find_place(sheet, (w, h), (25, 0.48 * height), (500, 0.74 * height), 12)
    if place is None:
        return
    x, y, _, _ = place
    sheet.add("account", place)
    boxed = sheet.chance(0.8)
    if boxed:
        sheet.box(place, float(rng.uniform(0.9, 2)), setting.light)
    text = "".join(str(v) for v in rng.integers(0, 10, int(rng.integers(9, 17))))
    head = pick(rng, setting.captions.account)
    shown = caption(sheet, setting, head, x + 4, y + 0.65 * h, min(setting.small, 0.4 * h))
    start = shown[0] + shown[2] + 6
    if boxed and sheet.chance(0.5):
        sheet.line(start, y, start, y + h, 1.0, setting.light)
    if sheet.chance(0.85):
        bigger = h * float(rng.uniform(0.9, 1.5))
        write_field(
            sheet,
            setting,
            text,
            (start + 4, y + 0.85 * h - 0.8 * bigger, w - (start - x) - 8, 0.9 * bigger),
            by_hand=sheet.chance(0.1),
        )


def draw_signatures(sheet: Sheet, setting: Setting, *, filled: bool) -> None:
    """Draw one or two signatures with their lines, mostly in the lower right corner."""
    rng, height = sheet.rng, sheet.height
    count = 2 if sheet.chance(0.15) else 1
    for _ in range(count):
        w, h = float(rng.uniform(120, 330)), height * float(rng.uniform(0.08, 0.2))
        place = find_place(sheet, (w, h), (520, 0.55 * height), (980 - w, 0.84 * height - h), 14)
        place = place or find_place(sheet, (w, h), (30, 0.45 * height), (980 - w, 0.84 * height - h))
        if place is None:
            return
        x, y, _, _ = place
        if sheet.chance(0.6):
            sheet.line(x, y + h, x + w, y + h, 1.1, setting.light, setting.dots)
        if sheet.chance(0.75):
            caption(sheet, setting, pick(rng, setting.captions.signature), x + 5, y + h + 1.6 * setting.small)
        sheet.add("signature", place)
        if filled:
            stretch = float(rng.uniform(0.9, 1.4))
            sign(sheet, setting, (x + 0.1 * w, y + h * (1 - stretch), 0.75 * w, h * stretch))
        if sheet.chance(0.2):
            name = setting.form.render(f"For {invent(rng, 2).upper()}", setting.small * sheet.scale)
            sheet.absorb(name, x, y - 1.2 * setting.small, setting.ink)


def draw_bank(sheet: Sheet, setting: Setting) -> None:
    """Print logo, name and address of the bank, mostly at the upper left, or below at the left."""
    rng, height = sheet.rng, sheet.height
    tall = float(rng.uniform(12, 30))
    name = pick(rng, BANKS).format(invent(rng))
    w, h = min(520.0, tall * (0.75 * len(name) + 2.5)), tall * 1.6 + 3.2 * setting.small
    low, high = ((15, 0.02 * height), (260, 0.16 * height))
    if sheet.chance(0.22):
        low, high = ((25, 0.55 * height), (120, 0.72 * height))
    place = find_place(sheet, (w, h), low, high, 10) or find_place(
        sheet, (w, h), (15, 5), (600, 0.75 * height)
    )
    if place is None:
        return
    x, y, _, _ = place
    sheet.add("text", place)
    if sheet.chance(0.75):
        draw_logo(sheet, (x, y, 1.6 * tall, 1.6 * tall))
        x += 2.0 * tall
    if setting.script and sheet.chance(0.5):
        second = imitate(rng, setting.script, int(rng.integers(4, 10)), 0.9 * tall * sheet.scale, 0.12)
        sheet.absorb(second, x, y, setting.ink)
        y += 1.1 * tall
    dark = float(rng.uniform(0.4, 0.9))
    sheet.absorb(setting.bank.render(name, tall * sheet.scale)[:, : int(520 * sheet.scale)], x, y, dark)
    y += 1.5 * tall
    for _ in range(int(rng.integers(1, 4))):
        street = f"{pick(rng, STREETS).format(invent(rng))} {rng.integers(1, 999)}"
        address = f"{street}, {invent(rng)} {rng.integers(1000, 999999)}"
        line = setting.form.render(address, 0.8 * setting.small * sheet.scale)
        sheet.absorb(line, x, y, setting.ink)
        y += 1.3 * setting.small


def draw_logo(sheet: Sheet, area: Area) -> None:
    """Draw a logo: a disc, a ring, bars, a square or a rosette."""
    rng, (x, y, w, h) = sheet.rng, area
    light = float(rng.uniform(40, 170))
    kind = int(rng.integers(4))
    turn = np.linspace(0, 2 * np.pi, 60)
    if kind == 0:
        for i in range(int(rng.integers(2, 6))):
            sheet.fill((x + i * w / 5, y, 0.12 * w, h * float(rng.uniform(0.4, 1))), light)
    elif kind == 1:
        sheet.fill(area, light)
        sheet.fill((x + 0.3 * w, y + 0.3 * h, 0.3 * w, 0.4 * h), 240.0)
    else:
        petals = int(rng.integers(3, 9)) if kind == 2 else 0
        for share in np.linspace(0.5, 1.0, int(rng.integers(2, 6))):
            radius = 0.5 * share * (1 + 0.3 * np.cos(petals * turn)) if petals else 0.5 * share * np.ones(60)
            ring = np.stack(
                [x + w * (0.5 + radius * np.cos(turn)), y + h * (0.5 + radius * np.sin(turn))], axis=1
            )
            sheet.stroke(ring, float(rng.uniform(1, 4)), 1 - light / 255)


def draw_remarks(sheet: Sheet, setting: Setting) -> None:
    """Print remarks, limits and numbers where there is room."""
    rng, height = sheet.rng, sheet.height
    for _ in range(int(rng.integers(1, 7))):
        limit = sheet.chance(0.18)
        if limit:
            text = pick(rng, LIMITS).format(f"{int(rng.integers(1, 99)) * 10 ** int(rng.integers(2, 5)):,}")
        else:
            text = fill_numbers(rng, pick(rng, REMARKS))
        size = setting.small * float(rng.uniform(0.6, 1.6 if limit else 1.1))
        cover = setting.form.render(text, size * sheet.scale)
        if setting.script and sheet.chance(0.3):
            cover = imitate(rng, setting.script, int(rng.integers(5, 20)), size * sheet.scale, 0.12)
        shape = cover.shape[1] / sheet.scale, cover.shape[0] / sheet.scale
        place = find_place(sheet, shape, (10, 4), (985 - shape[0], 0.97 * height - shape[1]))
        if place is not None:
            sheet.add("text", sheet.absorb(cover, place[0], place[1], setting.ink))
    if sheet.chance(0.85):  # the number of the check
        size = float(rng.uniform(9, 24))
        cover = setting.print.render(str(rng.integers(101, 99999999)), size * sheet.scale)
        shape = cover.shape[1] / sheet.scale, cover.shape[0] / sheet.scale
        place = find_place(sheet, shape, (600, 4), (985 - shape[0], 0.2 * height))
        if place is None:
            return
        if sheet.chance(0.15):  # white on a panel, where other checks have the amount
            pad = 0.4 * shape[1]
            area = place[0] - pad, place[1] - pad, shape[0] + 2 * pad, shape[1] + 2 * pad
            sheet.fill(area, float(rng.uniform(20, 100)))
            sheet.lighten(cover, place[0], place[1])
            sheet.add("text", area)
        else:
            sheet.add("text", sheet.absorb(cover, place[0], place[1], setting.ink))
