"""Currency symbol detection by template matching: the symbol printed before an amount, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from segment.image.arrays import GrayImage, InkArray, Mask
from segment.image.box import Box
from segment.page.field_location import LocatedField
from segment.page.overview import Overview

MIN_CORRELATION = 0.84
"""Smallest correlation with a template. Of 101 printed symbols of real checks the lowest was 0.84 and most had more
than 0.9; written digits seldom reach 0.84, and then as another symbol than the printed one."""

_HEIGHTS = 14.0, 17.5, 22.0, 27.0, 34.0
"""Heights of the templates, pixels of the overview: a symbol a quarter larger still correlates."""

_WIDTHS = 0.9, 1.15
"""Widths of the templates, relative to the drawn symbol."""

_MIN_INK = 0.5
"""Smallest ink relative to the template's: the correlation of nearly blank paper is noise."""

_DRAWN_HEIGHT = 48
"""Height at which symbols are drawn, pixels."""

_ABOVE, _LEFT, _RIGHT = 0.3, 1.2, 1.3
"""Search window around the left border of a field, in shares of its height."""

_RIM = 2
"""Paper around a template, pixels of the overview: a printed symbol is isolated."""

_END_SEARCH = 0.3
"""Range right of the template's end in which the end of the symbol is searched, in shares of its height."""

_ERASE_MARGIN = 0.12
"""Margin erased around a symbol, except on its right, in shares of its height."""

_CELL, _THROUGH = 0.7, 0.8
"""Largest distance of the line that closes a symbol's cell, and its smallest length, in heights of the field."""

_CELL_MARGIN = 0.3
"""Margin at the left of a cell, in shares of its height."""


@dataclass(frozen=True)
class CurrencySymbol:
    """A printed currency symbol.

    Attributes:
        kind: $, ₹, € or £.
        box: Box in pixels of the page.
        end: Column of the page where the space for the amount begins: behind the symbol, and behind the ruled line
            that closes its cell where there is one.
        correlation: Normalized correlation with the template, at most 1.
    """

    kind: str
    box: Box
    end: int
    correlation: float


def find_currency_symbol(page: Overview, field: LocatedField) -> CurrencySymbol | None:
    """Detect a currency symbol at the left of a field.

    Args:
        page: Overview of a whole check, upright.
        field: One of its fields.

    Returns:
        The symbol of highest correlation, None where no template matches.
    """
    if page.ink is None:
        return None
    x, y, _, h = (value / page.scale for value in field.field_box)
    left, top = max(0, int(x - _LEFT * h)), max(0, int(y - _ABOVE * h))
    part = np.minimum(page.ink[top : int(y + (1 + _ABOVE) * h), left : int(x + _RIGHT * h)], np.float32(1))
    if not part.size:
        return None
    best, where = MIN_CORRELATION, None
    ink = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.8), np.float32)
    for kind, template in _templates():
        rows, columns = template.shape
        if rows > ink.shape[0] or columns > ink.shape[1]:
            continue
        correlation = cv2.matchTemplate(ink, template, cv2.TM_CCOEFF_NORMED)
        filled = cv2.boxFilter(ink, -1, (columns, rows), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        filled = filled[: correlation.shape[0], : correlation.shape[1]]
        correlation[filled < _MIN_INK * float(template.mean())] = 0
        _, highest, _, (at, down) = cv2.minMaxLoc(correlation)
        if highest >= best:
            best, where = highest, (kind, at, down, columns, rows)
    if where is None:
        return None
    kind, at, down, columns, rows = where
    right = left + _gap(ink, at + columns - _RIM, rows)
    box = left + at + _RIM, top + down + _RIM, right - left - at - _RIM, rows - 2 * _RIM
    rows = slice(max(0, int(y)), int(y + h))
    end = right + _cell(page.ruled_lines[1][rows, right : right + round(_CELL * h)])
    x, y, w, h = (round(value * page.scale) for value in box)
    return CurrencySymbol(kind, Box(x, y, w, h), round(end * page.scale), float(best))


def split_currency_symbol(page: Overview, field: LocatedField) -> tuple[LocatedField, CurrencySymbol | None]:
    """Split the currency symbol, or the cells before it, from a field.

    On business checks the field may be a table with the date on the left. A line through the whole field divides it
    where a printed currency symbol follows; a written stroke from border to border does not.

    Args:
        page: Overview of a whole check, upright.
        field: One of its fields.

    Returns:
        The last such cell, or the field itself; and the symbol before it, see `find_currency_symbol`.
    """
    left, top, width, height = field.field_box
    x, y, w, h = (round(value / page.scale) for value in field.field_box)
    through = page.ruled_lines[1][y : y + h, x : x + w].sum(axis=0) >= _THROUGH * h
    ends = np.flatnonzero(through & ~np.append(through[1:], False))  # last column of each line
    for column in ends[::-1]:
        start = round((x + int(column)) * page.scale)
        if not height / 2 < start - left < width - height:  # a side of the field itself, or too narrow a rest
            continue
        end, room = left + width, min(start, round(_CELL_MARGIN * height))
        box = start - room, field.box[1], field.box[0] + field.box[2] - start + room, field.box[3]
        cell = LocatedField(Box(*box), Box(start, top, end - start, height), field.score)
        symbol = find_currency_symbol(page, cell)
        if symbol is not None and start <= symbol.box[0] < start + height:
            return cell, symbol
    return field, find_currency_symbol(page, field)


def _cell(vertical: Mask) -> int:
    """Find the column behind the line that closes a symbol's cell, 0 where there is none.

    Args:
        vertical: (H, W) ink on long vertical lines, of the height of the field, right of the symbol.
    """
    tall = np.flatnonzero(vertical.sum(axis=0) >= _THROUGH * vertical.shape[0])
    return 0 if not tall.size else int(tall[-1]) + 2


def erase_symbol(crop: GrayImage, box: tuple[int, int, int, int]) -> None:
    """Paint a symbol over with paper, in place; lines around it remain.

    Args:
        crop: (H, W) uint8, part of a page.
        box: (x, y, w, h) of the symbol in pixels of the crop; parts of it may lie outside.
    """
    x, y, w, h = box
    rim = round(_ERASE_MARGIN * h)
    rows, columns = slice(max(0, y - rim), max(0, y + h + rim)), slice(max(0, x - rim), max(0, x + w))
    crop[rows, columns] = np.median(crop)


def _gap(ink: InkArray, end: int, height: int) -> int:
    """Find the column of least ink between a symbol and what follows."""
    first = max(0, end - 1)
    profile = ink[:, first : end + max(2, round(_END_SEARCH * height))].sum(axis=0)
    return first + int(profile.argmin()) if profile.size else end


@cache
def _templates() -> tuple[tuple[str, InkArray], ...]:
    """Draw each symbol in every size, 0 paper .. 1 ink."""
    found = []
    for kind, drawn in (
        *(("₹", _rupee(pen)) for pen in (5, 8)),
        *(("€", _euro(pen)) for pen in (5, 8)),
        ("£", _pound(5)),
        *(("$", _dollar(weight)) for weight in (0, 2)),
        ("$", _serif_dollar()),
    ):
        rows, columns = np.nonzero(drawn.any(axis=1))[0], np.nonzero(drawn.any(axis=0))[0]
        symbol = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        for height in _HEIGHTS:
            for broad in _WIDTHS:
                size = max(5, round(symbol.shape[1] * height / symbol.shape[0] * broad)), round(height)
                small = cv2.resize(symbol, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
                found.append((kind, cv2.GaussianBlur(np.pad(small, _RIM), (0, 0), 0.8).astype(np.float32)))
    return tuple(found)


def _canvas() -> NDArray[np.uint8]:
    return np.zeros((2 * _DRAWN_HEIGHT, 2 * _DRAWN_HEIGHT), np.uint8)


def _rupee(pen: int) -> NDArray[np.uint8]:
    """Draw two bars, the bowl between them, and a leg."""
    symbol = _canvas()
    for y in (10, 22):
        cv2.line(symbol, (10, y), (44, y), 255, pen)
    cv2.line(symbol, (10, 10), (20, 10), 255, pen)
    cv2.ellipse(symbol, (21, 22), (13, 12), 0, -90, 90, 255, pen)
    cv2.line(symbol, (10, 34), (21, 34), 255, pen)
    cv2.line(symbol, (13, 34), (36, 57), 255, pen)
    return symbol


def _euro(pen: int) -> NDArray[np.uint8]:
    """Draw an open round with two bars."""
    symbol = _canvas()
    cv2.ellipse(symbol, (36, 34), (19, 23), 0, 50, 310, 255, pen)
    for y in (29, 39):
        cv2.line(symbol, (8, y), (40, y), 255, pen)
    return symbol


def _pound(pen: int) -> NDArray[np.uint8]:
    """Draw a hooked stem with a foot and a bar."""
    symbol = _canvas()
    cv2.ellipse(symbol, (32, 22), (11, 12), 0, -180, -20, 255, pen)
    cv2.line(symbol, (21, 22), (23, 46), 255, pen)
    cv2.ellipse(symbol, (15, 46), (8, 11), 0, 0, 80, 255, pen)
    cv2.line(symbol, (12, 57), (43, 57), 255, pen)
    cv2.line(symbol, (12, 36), (36, 36), 255, pen)
    return symbol


def _dollar(weight: int) -> NDArray[np.uint8]:
    """Draw the dollar of Pillow's built-in font."""
    picture = Image.new("L", (2 * _DRAWN_HEIGHT, 2 * _DRAWN_HEIGHT))
    font = ImageFont.load_default(60)
    ImageDraw.Draw(picture).text((20, 10), "$", 255, font, stroke_width=weight)
    return np.asarray(picture)


def _serif_dollar() -> NDArray[np.uint8]:
    """Draw the dollar of OpenCV's plotter font."""
    symbol = _canvas()
    cv2.putText(symbol, "$", (20, 70), cv2.FONT_HERSHEY_COMPLEX, 1.9, 255, 8, cv2.LINE_AA)
    return symbol
