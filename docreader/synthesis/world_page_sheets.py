"""Sheets around checks and sheets without one: vouchers, counterfoils, letters, forms, receipts, pictures."""

import itertools

import cv2
import numpy as np

from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page_check import DrawnCheck
from docreader.synthesis.world_page_decor import (
    print_background,
    print_border,
    print_code,
    print_picture,
    stamp,
)
from docreader.synthesis.world_page_parts import draw_logo
from docreader.synthesis.world_page_setting import Setting, invent, pick, sign, write_field
from docreader.synthesis.world_page_sheet import Sheet
from docreader.synthesis.world_page_view import Picture, background, outline, transform


def picture_of(check: DrawnCheck) -> Picture:
    """Return a check as a picture; regions `check` and `_ink` are those of the whole and of the amount's ink."""
    sheet = check.sheet
    regions = [(kind, outline(area, sheet.scale)) for kind, area in sheet.regions]
    regions.append(("check", outline((0, 0, sheet.width, sheet.height), sheet.scale)))
    if check.ink is not None:
        regions.append(("_ink", outline(check.ink, sheet.scale)))
    return Picture(sheet.gray, tuple(regions))


def paste(gray: np.ndarray, picture: Picture, x: int, y: int) -> tuple[tuple[str, np.ndarray], ...]:
    """Paste a picture onto another image, in place; return its regions there."""
    rows, columns = picture.gray.shape
    part = gray[y : y + rows, x : x + columns]
    part[:] = picture.gray[: part.shape[0], : part.shape[1]]
    move = np.array([[1.0, 0, x], [0, 1.0, y], [0, 0, 1.0]])
    return tuple((kind, transform(quad, move)) for kind, quad in picture.regions)


def on_sheet(
    rng: np.random.Generator, pictures: list[Picture], digits: DigitBank, fonts: FontBank
) -> Picture:
    """Lay checks onto a sheet of paper, one below the other, with text between them."""
    columns = max(p.gray.shape[1] for p in pictures)
    width = round(columns / float(rng.uniform(0.6, 1.0)))
    tall = sum(p.gray.shape[0] for p in pictures)
    height = (
        max(round(width * float(rng.uniform(1.25, 1.45))), round(tall * 1.08))
        if rng.random() < 0.7
        else round(tall * 1.12)
    )
    setting = Setting.sample(rng, digits, fonts, "USD")
    sheet = Sheet.blank(rng, (1000, 1000 * height / width), width / 1000, float(rng.uniform(225, 254)))
    height = sheet.gray.shape[0]
    gaps = rng.dirichlet(np.full(len(pictures) + 1, 1.5)) * (height - tall)
    regions: list[tuple[str, np.ndarray]] = []
    y = 0.0
    for number, gap in enumerate(gaps):
        if gap > 0.06 * width and rng.random() < 0.6:
            write_paragraphs(
                sheet, setting, (y + 0.02 * width) / sheet.scale, (y + gap - 0.02 * width) / sheet.scale
            )
        y += float(gap)
        if number < len(pictures):
            rows, wide = pictures[number].gray.shape
            row = min(round(y), height - rows)
            regions += paste(
                sheet.gray, pictures[number], int(rng.integers(0, width - wide + 1)), max(0, row)
            )
            y += rows
    return Picture(sheet.gray, tuple(regions))


def with_voucher(rng: np.random.Generator, picture: Picture, digits: DigitBank, fonts: FontBank) -> Picture:
    """Add a voucher above or below a check, or a counterfoil at its left, of the same paper."""
    rows, columns = picture.gray.shape
    setting = Setting.sample(rng, digits, fonts, "USD")
    light = float(np.median(picture.gray))
    if rng.random() < 0.5:  # counterfoil
        room = round(columns * float(rng.uniform(0.15, 0.3)))
        sheet = Sheet.blank(rng, (1000, 1000 * rows / room), room / 1000, light)
        for y in np.arange(0.12, 0.9, float(rng.uniform(0.1, 0.2))):
            at, tall = float(y) * sheet.height, 0.07 * sheet.height
            sheet.line(60, at, 940, at, 4, setting.light)
            text = invent(rng, 2) if rng.random() < 0.6 else str(rng.integers(1, 10**6))
            if rng.random() < 0.6:
                write_field(sheet, setting, text, (80, at - tall, 840, tall))
        gray = np.hstack([sheet.gray, picture.gray])
        gray[::4, room] *= 0.4
        return picture.mapped(gray, np.array([[1.0, 0, room], [0, 1.0, 0], [0, 0, 1.0]]))
    room = round(rows * float(rng.uniform(0.5, 1.9)))
    sheet = Sheet.blank(rng, (1000, 1000 * room / columns), columns / 1000, light)
    if rng.random() < 0.5:
        draw_table(sheet, setting, 0.1 * sheet.height, 0.9 * sheet.height)
    else:
        write_paragraphs(sheet, setting, 0.1 * sheet.height, 0.9 * sheet.height)
    sheet.gray = sheet.gray[:room]
    above = rng.random() < 0.6
    gray = np.vstack([sheet.gray, picture.gray] if above else [picture.gray, sheet.gray])
    edge = sheet.gray.shape[0] if above else rows
    gray[min(edge, gray.shape[0] - 1), ::3] *= 0.4
    return picture.mapped(
        gray, np.array([[1.0, 0, 0], [0, 1.0, sheet.gray.shape[0] if above else 0], [0, 0, 1.0]])
    )


def write_paragraphs(sheet: Sheet, setting: Setting, top: float, foot: float) -> None:
    """Print or write paragraphs between two heights."""
    rng = sheet.rng
    size = float(rng.uniform(7, 15))
    step = size * float(rng.uniform(1.7, 2.6))
    left, right = float(rng.uniform(40, 160)), float(rng.uniform(700, 960))
    by_hand = rng.random() < 0.2
    y = top + step
    while y < foot:
        if rng.random() < 0.12:
            y += step
            continue
        end = right if rng.random() < 0.75 else float(rng.uniform(left + 60, right))
        words = invent(rng, max(1, int((end - left) / (6 * size)))).lower().capitalize()
        cover = (
            setting.hand.render(rng, words, size * sheet.scale)
            if by_hand
            else setting.form.render(words, size * sheet.scale)
        )
        sheet.absorb(cover[:, : round((end - left) * sheet.scale)], left, y - size, setting.ink)
        y += step


def draw_table(sheet: Sheet, setting: Setting, top: float, foot: float) -> None:
    """Print a table with words and figures, and a total."""
    rng = sheet.rng
    cuts = np.sort(rng.uniform(60, 940, int(rng.integers(2, 6))))
    columns = [50.0, *(float(c) for c in cuts), 950.0]
    step = float(rng.uniform(22, 46))
    ruled = rng.random() < 0.6
    size = 0.36 * step
    y = top
    while y + step < foot:
        for x, end in itertools.pairwise(columns):
            if ruled:
                sheet.box((x, y, end - x, step), 1.0, setting.light)
            if rng.random() < 0.75:
                number = rng.random() < 0.5
                text = f"{rng.integers(1, 10**5) / 100:,.2f}" if number else invent(rng, 1)
                place = (x + 4, y + 0.15 * step, end - x - 8, 0.7 * step)
                if end - x > 30:
                    write_field(sheet, setting, text, place)
        y += step
    if rng.random() < 0.6:
        total = setting.form.render(f"Total {rng.integers(100, 10**6) / 100:,.2f}", 1.3 * size * sheet.scale)
        sheet.absorb(total, 620, min(y + 4, foot), setting.ink)


def draw_letter(rng: np.random.Generator, digits: DigitBank, fonts: FontBank, width: int) -> Picture:
    """Draw a letter, an invoice, a form, a deposit slip or a receipt: a sheet that is no check."""
    setting = Setting.sample(rng, digits, fonts, pick(rng, ("USD", "INR", "EUR", "BRL")))
    kind = rng.random()
    aspect = 1.41 if kind < 0.6 else 0.45 if kind < 0.8 else 2.4
    if rng.random() < 0.2:
        aspect *= float(rng.uniform(0.5, 1.0))
    sheet = Sheet.blank(
        rng, (1000, 1000 * aspect), width / 1000, float(np.clip(rng.normal(238, 16), 150, 254))
    )
    height = sheet.height
    if rng.random() < 0.25:
        print_background(sheet, setting)
    if rng.random() < 0.1:
        print_border(sheet)
    if rng.random() < 0.6:
        draw_logo(sheet, (float(rng.uniform(40, 700)), 30, 70, 60))
        name = setting.bank.render(invent(rng, 2), float(rng.uniform(16, 50)) * sheet.scale)
        sheet.absorb(name, float(rng.uniform(60, 500)), 40, setting.ink)
    y = float(rng.uniform(0.08, 0.2)) * height
    while y < 0.85 * height:
        end = min(0.92 * height, y + float(rng.uniform(0.1, 0.5)) * height)
        part = rng.random()
        if part < 0.45:
            write_paragraphs(sheet, setting, y, end)
        elif part < 0.7:
            draw_table(sheet, setting, y, end)
        else:
            _draw_form(sheet, setting, y, end)
        y = end + 0.03 * height
    if rng.random() < 0.5:
        sign(sheet, setting, (float(rng.uniform(80, 600)), 0.86 * height, 220, 0.06 * height))
    if rng.random() < 0.2:
        print_code(sheet, (float(rng.uniform(50, 800)), float(rng.uniform(0.02, 0.8)) * height, 120, 90))
    if rng.random() < 0.2:
        print_picture(
            sheet, (float(rng.uniform(50, 600)), float(rng.uniform(0.1, 0.6)) * height, 300, 0.2 * height)
        )
    if rng.random() < 0.15:
        stamp(sheet, setting, void=rng.random() < 0.3)
    return Picture(sheet.gray, tuple((kind, outline(area, sheet.scale)) for kind, area in sheet.regions))


def _draw_form(sheet: Sheet, setting: Setting, top: float, foot: float) -> None:
    """Print captions with boxes, combs and lines, some filled in."""
    rng = sheet.rng
    step = float(rng.uniform(36, 70))
    y = top
    while y + step < foot:
        x = float(rng.uniform(30, 80))
        while x < 900:
            head = setting.form.render(invent(rng), setting.small * sheet.scale)
            x0, _, w, _ = sheet.absorb(head, x, y + 0.4 * step, setting.ink)
            place = (x0 + w + 8, y + 0.1 * step, float(rng.uniform(80, 420)), 0.75 * step)
            if place[0] + place[2] > 970:
                break
            kind = rng.random()
            if kind < 0.4:
                sheet.box(place, 1.2, setting.light)
            elif kind < 0.6:
                for cell in np.arange(place[0], place[0] + place[2], 0.7 * step):
                    sheet.box((float(cell), place[1], 0.7 * step, place[3]), 1.0, setting.light)
            else:
                sheet.line(
                    place[0],
                    place[1] + place[3],
                    place[0] + place[2],
                    place[1] + place[3],
                    1.2,
                    setting.light,
                )
            if rng.random() < 0.5:
                text = str(rng.integers(1, 10**7)) if rng.random() < 0.5 else invent(rng, 2)
                write_field(sheet, setting, text, (place[0] + 4, place[1], place[2] - 8, place[3]))
            x = place[0] + place[2] + 20
        y += step


def draw_scene(rng: np.random.Generator, width: int) -> Picture:
    """Draw what is no paper at all: blobs of tones, things, edges, as photographs have them."""
    shape = (round(width * float(rng.choice([0.5, 0.75, 1.0, 1.33]))), width)
    gray = background(rng, shape)
    for _ in range(int(rng.integers(3, 25))):
        middle = int(rng.integers(shape[1])), int(rng.integers(shape[0]))
        size = float(rng.uniform(0.03, 0.6)) * width, float(rng.uniform(0.03, 0.6)) * width
        tone = float(rng.uniform(0, 255))
        if rng.random() < 0.5:
            cv2.ellipse(gray, (middle, size, float(rng.uniform(0, 180))), tone, -1)
        else:
            cv2.fillConvexPoly(
                gray, cv2.boxPoints((middle, size, float(rng.uniform(0, 180)))).astype(np.int32), tone
            )
    blurred = cv2.GaussianBlur(gray, (0, 0), float(rng.uniform(0.5, 8)))
    grain = rng.standard_normal((shape[0], shape[1]), np.float32)
    blurred = blurred + np.float32(rng.uniform(0, 25)) * grain
    return Picture(np.asarray(np.clip(blurred, 0, 255), np.float32), ())
