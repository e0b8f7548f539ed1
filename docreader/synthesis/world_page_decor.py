"""Decoration of pages: tints, security print, borders, pictures; stamps and crossings over the contents."""

import cv2
import numpy as np

from docreader.synthesis.paper import grid, mottle, pattern
from docreader.synthesis.world_page_setting import Setting, invent, pick
from docreader.synthesis.world_page_sheet import Area, Sheet
from docreader.synthesis.world_page_text import imitate
from docreader.synthesis.world_page_words import CROSSINGS, STAMPS

_PATTERNS = ("waves", "hatch", "arcs", "fan", "weave", "halftone")


def print_background(sheet: Sheet, setting: Setting) -> None:
    """Print tint, gradient, security pattern, microtext and a watermark."""
    rng = sheet.rng
    shape = (sheet.gray.shape[0], sheet.gray.shape[1])
    x, y = grid(shape)
    if sheet.chance(0.3):
        slope = rng.normal(0.0, 22.0, 2)
        sheet.gray += np.float32(slope[0]) * (x / shape[1] - 0.5) + np.float32(slope[1]) * (
            y / shape[0] - 0.5
        )
    if sheet.chance(0.35):
        sheet.gray += np.float32(rng.uniform(2, 12)) * mottle(
            rng, shape, shape[1] * float(rng.uniform(0.1, 0.5))
        )
    top, foot = 0.0, sheet.height
    if sheet.chance(0.3):  # the middle alone is tinted
        top, foot = sheet.height * float(rng.uniform(0, 0.3)), sheet.height * float(rng.uniform(0.7, 0.9))
        sheet.fill(
            (0, top, sheet.width, foot - top), float(rng.uniform(140, 235)), float(rng.uniform(0.2, 0.8))
        )
    for _ in range(int(rng.choice([0, 1, 1, 2]))):
        print_pattern(sheet, (0, top, sheet.width, foot - top), float(rng.uniform(0.04, 0.3)))
    if sheet.chance(0.25):
        _print_microtext(sheet, setting)
    if sheet.chance(0.3):
        _print_rosette(sheet)
    if sheet.chance(0.2):
        _print_watermark(sheet, setting)


def print_pattern(sheet: Sheet, area: Area, strength: float) -> None:
    """Print a security pattern over an area."""
    rng = sheet.rng
    shape = max(2, round(area[3] * sheet.scale)), max(2, round(area[2] * sheet.scale))
    kind = pick(rng, _PATTERNS)
    # coarse patterns are printed at half the size, which costs a quarter
    pitch = float(rng.uniform(2.5, 8.0))
    half = (shape[0] // 2 + 1, shape[1] // 2 + 1)
    cover = cv2.resize(pattern(rng, kind, half, pitch), (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR)
    if sheet.chance(0.3):
        cover *= np.clip(mottle(rng, shape, 0.3 * shape[1]), 0, 1)
    sheet.absorb(cover, area[0], area[1], strength)


def _print_microtext(sheet: Sheet, setting: Setting) -> None:
    """Print a word over and over, in lines."""
    rng = sheet.rng
    word = setting.form.render(f"{invent(rng)} BANK ", max(4.0, float(rng.uniform(6, 14)) * sheet.scale))
    step = round(word.shape[0] * float(rng.uniform(1.6, 3.0)))
    tile = np.pad(word, ((0, step - word.shape[0]), (0, max(2, word.shape[0]))))
    rows, columns = sheet.gray.shape
    row = np.tile(tile, (1, columns // tile.shape[1] + 2))
    lines = [
        np.roll(row, int(rng.integers(tile.shape[1])), axis=1)[:, :columns] for _ in range(rows // step + 1)
    ]
    sheet.absorb(np.concatenate(lines)[:rows], 0, 0, float(rng.uniform(0.04, 0.25)))


def _print_rosette(sheet: Sheet) -> None:
    """Print an engraved rosette or a bundle of waves of fine lines."""
    rng = sheet.rng
    turn = np.linspace(0, 2 * np.pi, 180)
    cx, cy = float(rng.uniform(0, 1000)), float(rng.uniform(0, 1)) * sheet.height
    size, petals = float(rng.uniform(60, 300)), int(rng.integers(4, 20))
    depth = float(rng.uniform(0.06, 0.3))
    for share in np.linspace(0.2, 1.0, int(rng.integers(6, 16))):
        radius = size * share * (1 + rng.uniform(0.05, 0.25) * np.cos(petals * turn + 6 * share))
        ring = np.stack([cx + radius * np.cos(turn), cy + radius * np.sin(turn)], axis=1)
        sheet.stroke(ring, 1.0, depth)


def _print_watermark(sheet: Sheet, setting: Setting) -> None:
    """Print a large pale word or picture across the middle."""
    rng = sheet.rng
    cover = setting.bank.render(invent(rng), float(rng.uniform(40, 110)) * sheet.scale)
    turned = rotate(cover, float(rng.choice([0.0, rng.uniform(-30, 30)])))
    x = float(rng.uniform(0.1, 0.5)) * sheet.width
    sheet.absorb(turned, x, float(rng.uniform(0.2, 0.6)) * sheet.height, float(rng.uniform(0.05, 0.25)))


def print_border(sheet: Sheet) -> None:
    """Print a frame at the edges: bands, an ornamental border, or a line."""
    rng, width, height = sheet.rng, sheet.width, sheet.height
    kind, pen = rng.random(), float(rng.uniform(5, 20))
    dark = float(rng.uniform(20, 170))
    if kind < 0.3:
        for y in (0.0, height - pen):
            sheet.fill((0, y, width, pen), dark)
    elif kind < 0.6:
        for area in (
            (0, 0, width, pen),
            (0, height - pen, width, pen),
            (0, 0, pen, height),
            (width - pen, 0, pen, height),
        ):
            if kind < 0.45:
                sheet.fill(area, dark, 0.8)
            else:
                print_pattern(sheet, area, 0.9)
    else:
        inset = float(rng.uniform(3, 20))
        sheet.box((inset, inset, width - 2 * inset, height - 2 * inset), float(rng.uniform(1, 4)), dark / 255)


def print_picture(sheet: Sheet, area: Area) -> None:
    """Print a picture in gray tones: a portrait, a building, a landscape."""
    rng = sheet.rng
    shape = max(4, round(area[3] * sheet.scale)), max(4, round(area[2] * sheet.scale))
    tones = 150 + 50 * mottle(rng, shape, 0.4 * shape[0]) + 25 * mottle(rng, shape, max(2.0, 0.1 * shape[0]))
    if sheet.chance(0.5):
        middle = shape[1] // 2, round(shape[0] * 0.45)
        size = max(2, round(shape[0] * 0.22)), max(2, round(shape[0] * 0.32))
        cv2.ellipse(tones, middle, size, 0, 0, 360, float(rng.uniform(60, 210)), -1)
    cover = np.clip(1 - tones / np.float32(255), 0, 1)
    if sheet.chance(0.5):
        x, y = grid(shape)
        oval = ((x / shape[1] - 0.5) ** 2 + (y / shape[0] - 0.5) ** 2) < 0.24
        cover = cover * oval
    sheet.absorb(np.asarray(cover, np.float32), area[0], area[1], float(rng.uniform(0.4, 1.0)))


def print_code(sheet: Sheet, area: Area) -> None:
    """Print a matrix code or a barcode."""
    rng = sheet.rng
    cells = rng.random((21, 21) if sheet.chance(0.6) else (1, 60)) < 0.5
    size = max(4, round(area[2] * sheet.scale)), max(4, round(area[3] * sheet.scale))
    cover = cv2.resize(cells.astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
    sheet.absorb(cover, area[0], area[1], 0.85)


def rotate(cover: np.ndarray, angle: float) -> np.ndarray:
    """Rotate a coverage by degrees counterclockwise, on a canvas that holds all of it."""
    if abs(angle) < 0.1:
        return cover
    rows, columns = cover.shape
    turn = cv2.getRotationMatrix2D((columns / 2, rows / 2), angle, 1.0)
    cos, sin = abs(turn[0, 0]), abs(turn[0, 1])
    size = int(np.ceil(columns * cos + rows * sin)), int(np.ceil(columns * sin + rows * cos))
    turn[:, 2] += [size[0] / 2 - columns / 2, size[1] / 2 - rows / 2]
    return np.asarray(cv2.warpAffine(cover, turn, size, flags=cv2.INTER_LINEAR), np.float32)


def cross(sheet: Sheet, setting: Setting) -> None:
    """Cross a check: two slanted lines with words between them, mostly in the upper left corner."""
    rng = sheet.rng
    angle = float(rng.uniform(25, 50)) if sheet.chance(0.8) else 0.0
    size = float(rng.uniform(7, 16)) * sheet.scale
    words = pick(rng, CROSSINGS)
    by_hand = sheet.chance(0.4)
    inner = (
        setting.form.render(words, size) if words else np.zeros((round(size), round(8 * size)), np.float32)
    )
    if by_hand and words:
        inner = setting.hand.render(rng, words, 1.4 * size)
    gap = max(2, round(0.35 * size))
    cover = np.pad(inner, ((gap + 2, gap + 2), (round(size), round(size))))
    pen = max(1, round((1.8 if by_hand else 1.1) * sheet.scale))
    cover[:pen] = cover[-pen:] = 0.9
    turned = rotate(cover, angle)
    sheet.absorb(turned, float(rng.uniform(-30, 60)), float(rng.uniform(-30, 20)), setting.ink)


def stamp(sheet: Sheet, setting: Setting, *, void: bool) -> None:
    """Stamp a page: a word after which the check is none, or a seal of a bank."""
    rng = sheet.rng
    worn = float(rng.uniform(0.35, 0.85))
    if void:
        text, size = pick(rng, STAMPS), float(rng.uniform(22, 95))
        by_hand = sheet.chance(0.3)
        cover = (
            setting.hand.render(rng, text, size * sheet.scale)
            if by_hand
            else setting.bank.render(text, size * sheet.scale)
        )
        limit = round(950 * sheet.scale)
        if cover.shape[1] > limit:
            cover = cv2.resize(cover, (limit, max(2, cover.shape[0] * limit // cover.shape[1])))
        if not by_hand and sheet.chance(0.5):
            edge = max(2, round(3 * sheet.scale))
            cover = np.pad(np.pad(cover, 3 * edge), edge, constant_values=1.0)
    else:
        radius = float(rng.uniform(30, 75)) * sheet.scale
        cover = _seal(sheet, setting, radius) if sheet.chance(0.5) else _lines(sheet, setting)
    turned = rotate(np.asarray(cover, np.float32), float(rng.normal(0, 16)))
    turned = turned * np.clip(0.85 + 0.3 * mottle(rng, turned.shape, 8.0), 0, 1)
    across, down = turned.shape[1] / sheet.scale, turned.shape[0] / sheet.scale
    x = float(rng.uniform(0, max(1.0, sheet.width - across)))
    y = float(rng.uniform(0, max(1.0, sheet.height - down)))
    sheet.add("stamp", sheet.absorb(np.asarray(turned, np.float32), x, y, worn), take=False)


def _seal(sheet: Sheet, setting: Setting, radius: float) -> np.ndarray:
    """Draw a round seal of two rings around a line of text."""
    size = max(12, round(2 * radius))
    canvas = np.zeros((size, size), np.uint8)
    middle = (size // 2, size // 2)
    for share in (0.96, 0.62):
        cv2.circle(
            canvas, middle, max(3, round(radius * share) - 1), 255, max(1, round(radius / 22)), cv2.LINE_AA
        )
    cover = canvas.astype(np.float32) / np.float32(255)
    text = setting.form.render(invent(sheet.rng).upper(), 0.25 * radius)[:, : round(1.1 * radius)]
    y, x = (size - text.shape[0]) // 2, (size - text.shape[1]) // 2
    cover[y : y + text.shape[0], x : x + text.shape[1]] += text
    return np.asarray(np.clip(cover, 0, 1), np.float32)


def _lines(sheet: Sheet, setting: Setting) -> np.ndarray:
    """Draw a stamp of two to four lines, with or without a frame."""
    rng = sheet.rng
    size = float(rng.uniform(8, 16)) * sheet.scale
    texts = [
        pick(
            rng,
            (
                invent(rng, 2).upper(),
                f"{rng.integers(1, 29)} {invent(rng)[:3].upper()} {rng.integers(1990, 2036)}",
            ),
        )
        for _ in range(int(rng.integers(2, 5)))
    ]
    covers = [
        imitate(rng, setting.script, 7, size)
        if setting.script and sheet.chance(0.2)
        else setting.form.render(t, size)
        for t in texts
    ]
    columns = max(c.shape[1] for c in covers)
    rows = [np.pad(c, ((1, max(1, round(0.5 * size))), (0, columns - c.shape[1]))) for c in covers]
    cover = np.concatenate(rows)
    if sheet.chance(0.4):
        cover = np.pad(np.pad(cover, 4), 2, constant_values=1.0)
    return cover


def scrawl(sheet: Sheet, setting: Setting) -> None:
    """Add notes of the hand: initials, a tick, a ring around a field, a wavy line that fills a line's rest."""
    rng = sheet.rng
    x, y = float(rng.uniform(30, 900)), float(rng.uniform(0.1, 0.9)) * sheet.height
    kind = int(rng.integers(4))
    pen = float(rng.uniform(1.2, 2.6))
    if kind == 0:
        turn = np.linspace(0, 6.6, 30)
        w, h = float(rng.uniform(40, 110)), float(rng.uniform(12, 32))
        sheet.stroke(np.stack([x + w * np.cos(turn), y + h * np.sin(turn)], axis=1), pen, setting.ink)
    elif kind == 1:
        cover = setting.hand.render(
            rng, invent(rng)[:3] + str(rng.integers(10, 999)), float(rng.uniform(14, 30)) * sheet.scale
        )
        sheet.absorb(rotate(cover, float(rng.choice([0.0, 0.0, 90.0, 20.0]))), x, y, setting.ink)
    elif kind == 2:
        sheet.stroke(np.array([[x, y], [x + 8, y + 10], [x + 26, y - 22]]), pen, setting.ink)
    else:
        along = np.linspace(0, float(rng.uniform(80, 300)), 40)
        wave = y + 4 * np.sin(along / float(rng.uniform(4, 12)))
        sheet.stroke(np.stack([x + along, wave], axis=1), pen, setting.ink)
