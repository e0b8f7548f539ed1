"""The currency sign printed before an amount: which one it is, and where it ends."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from segment.io.grayscale import GrayImage
from segment.page.analysis import Mask, Overview
from segment.page.field_location import Field

LEAST = 0.84
"""Correlation with a drawn sign from which on it is that sign. Of 101 printed signs of real checks the lowest was 0.84
and most had more than 0.9; written digits seldom reach 0.84, and then as another sign than the one printed."""

_HEIGHTS = 14.0, 17.5, 22.0, 27.0, 34.0
"""Heights that are looked for, pixels of the overview: what is a quarter off correlates still."""

_WIDTHS = 0.9, 1.15
"""Widths, in shares of the drawn sign's."""

_FULL = 0.5
"""Where less ink lies than this share of a sign's, none is: the correlation of nearly blank paper is chance."""

_FINE = 48
"""Height in which signs are drawn, pixels."""

_ABOVE, _LEFT, _RIGHT = 0.3, 1.2, 1.3
"""How far around the left border of a field is looked, in shares of its height."""

_RIM = 2
"""Paper around a drawn sign, pixels of the overview: what is printed stands alone."""

_SEARCHED = 0.3
"""How far right of where a sign seems to end its end is looked for, in shares of its height: some are broader."""

_SPILL = 0.12
"""What is painted over beyond a sign, but to the right, in shares of its height."""

_CELL, _THROUGH = 0.7, 0.8
"""How near to a sign the line stands that closes its cell, and how tall it is at least, in heights of the field."""

_BESIDE = 0.3
"""Room at the left of a cell, in shares of its height."""

InkArray = NDArray[np.float32]


@dataclass(frozen=True)
class Sign:
    """A printed currency sign.

    Attributes:
        kind: $, ₹, € or £.
        bbox: (x, y, w, h) in pixels of the page.
        end: column of the page where the space for the amount begins: behind the sign, and behind the printed line
            that closes its cell where there is one.
        likeness: correlation with the sign as it is drawn here, at most 1.
    """

    kind: str
    bbox: tuple[int, int, int, int]
    end: int
    likeness: float


def find_sign(page: Overview, field: Field) -> Sign | None:
    """Look for a currency sign at the left of a field.

    Args:
        page: a whole check, upright.
        field: one of its fields.

    Returns:
        The likeliest sign, None where nothing looks like one.
    """
    if page.ink is None:
        return None
    x, y, _, h = (value / page.scale for value in field.inner)
    left, top = max(0, int(x - _LEFT * h)), max(0, int(y - _ABOVE * h))
    part = np.minimum(page.ink[top : int(y + (1 + _ABOVE) * h), left : int(x + _RIGHT * h)], np.float32(1))
    if not part.size:
        return None
    best, where = LEAST, None
    ink = np.asarray(cv2.GaussianBlur(part, (0, 0), 0.8), np.float32)
    for kind, picture in _pictures():
        rows, columns = picture.shape
        if rows > ink.shape[0] or columns > ink.shape[1]:
            continue
        likeness = cv2.matchTemplate(ink, picture, cv2.TM_CCOEFF_NORMED)
        filled = cv2.boxFilter(ink, -1, (columns, rows), anchor=(0, 0), borderType=cv2.BORDER_CONSTANT)
        filled = filled[: likeness.shape[0], : likeness.shape[1]]
        likeness[filled < _FULL * float(picture.mean())] = 0
        _, most, _, (at, down) = cv2.minMaxLoc(likeness)
        if most >= best:
            best, where = most, (kind, at, down, columns, rows)
    if where is None:
        return None
    kind, at, down, columns, rows = where
    right = left + _gap(ink, at + columns - _RIM, rows)
    box = left + at + _RIM, top + down + _RIM, right - left - at - _RIM, rows - 2 * _RIM
    rows = slice(max(0, int(y)), int(y + h))
    end = right + _cell(page.lines[1][rows, right : right + round(_CELL * h)])
    x, y, w, h = (round(value * page.scale) for value in box)
    return Sign(kind, (x, y, w, h), round(end * page.scale), float(best))


def split_currency_symbol(page: Overview, field: Field) -> tuple[Field, Sign | None]:
    """The cell of the amount where a field is a table, as on checks of businesses, which has the date on the left.

    A line through the whole field divides it where a printed currency sign stands right behind; a written stroke from
    border to border does not.

    Args:
        page: a whole check, upright.
        field: one of its fields.

    Returns:
        The last such cell, the field itself where there is none; and the sign before it, see `find_sign`.
    """
    left, top, width, height = field.inner
    x, y, w, h = (round(value / page.scale) for value in field.inner)
    through = page.lines[1][y : y + h, x : x + w].sum(axis=0) >= _THROUGH * h
    ends = np.flatnonzero(through & ~np.append(through[1:], False))  # of each line its last column
    for column in ends[::-1]:
        start = round((x + int(column)) * page.scale)
        if not height / 2 < start - left < width - height:  # a side of the field itself, or too narrow a rest
            continue
        end, room = left + width, min(start, round(_BESIDE * height))
        bbox = start - room, field.bbox[1], field.bbox[0] + field.bbox[2] - start + room, field.bbox[3]
        cell = Field(bbox, (start, top, end - start, height), field.score)
        sign = find_sign(page, cell)
        if sign is not None and start <= sign.bbox[0] < start + height:
            return cell, sign
    return field, find_sign(page, field)


def _cell(upright: Mask) -> int:
    """The column behind the line that closes a sign's cell, 0 where there is none.

    Args:
        upright: (H, W) ink on long upright lines, of the height of the field, right of the sign.
    """
    tall = np.flatnonzero(upright.sum(axis=0) >= _THROUGH * upright.shape[0])
    return 0 if not tall.size else int(tall[-1]) + 2


def paint_over(crop: GrayImage, box: tuple[int, int, int, int]) -> None:
    """Make paper of a sign, in place; lines around it stay.

    Args:
        crop: (H, W) uint8, part of a page.
        box: (x, y, w, h) of the sign in its pixels; parts of it may lie outside.
    """
    x, y, w, h = box
    rim = round(_SPILL * h)
    rows, columns = slice(max(0, y - rim), max(0, y + h + rim)), slice(max(0, x - rim), max(0, x + w))
    crop[rows, columns] = np.median(crop)


def _gap(ink: InkArray, end: int, height: int) -> int:
    """The column between a sign and what follows: that of least ink near the place where a drawn one ends."""
    first = max(0, end - 1)
    profile = ink[:, first : end + max(2, round(_SEARCHED * height))].sum(axis=0)
    return first + int(profile.argmin()) if profile.size else end


@cache
def _pictures() -> tuple[tuple[str, InkArray], ...]:
    """Each sign in every size, 0 paper .. 1 ink."""
    found = []
    for kind, drawn in (
        *(("₹", _rupee(pen)) for pen in (5, 8)),
        *(("€", _euro(pen)) for pen in (5, 8)),
        ("£", _pound(5)),
        *(("$", _dollar(weight)) for weight in (0, 2)),
        ("$", _serif_dollar()),
    ):
        rows, columns = np.nonzero(drawn.any(axis=1))[0], np.nonzero(drawn.any(axis=0))[0]
        sign = drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        for height in _HEIGHTS:
            for broad in _WIDTHS:
                size = max(5, round(sign.shape[1] * height / sign.shape[0] * broad)), round(height)
                small = cv2.resize(sign, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
                found.append((kind, cv2.GaussianBlur(np.pad(small, _RIM), (0, 0), 0.8).astype(np.float32)))
    return tuple(found)


def _canvas() -> NDArray[np.uint8]:
    return np.zeros((2 * _FINE, 2 * _FINE), np.uint8)


def _rupee(pen: int) -> NDArray[np.uint8]:
    """Two bars, the bowl between them, and a leg."""
    sign = _canvas()
    for y in (10, 22):
        cv2.line(sign, (10, y), (44, y), 255, pen)
    cv2.line(sign, (10, 10), (20, 10), 255, pen)
    cv2.ellipse(sign, (21, 22), (13, 12), 0, -90, 90, 255, pen)
    cv2.line(sign, (10, 34), (21, 34), 255, pen)
    cv2.line(sign, (13, 34), (36, 57), 255, pen)
    return sign


def _euro(pen: int) -> NDArray[np.uint8]:
    """An open round with two bars."""
    sign = _canvas()
    cv2.ellipse(sign, (36, 34), (19, 23), 0, 50, 310, 255, pen)
    for y in (29, 39):
        cv2.line(sign, (8, y), (40, y), 255, pen)
    return sign


def _pound(pen: int) -> NDArray[np.uint8]:
    """A hooked stem with a foot and a bar."""
    sign = _canvas()
    cv2.ellipse(sign, (32, 22), (11, 12), 0, -180, -20, 255, pen)
    cv2.line(sign, (21, 22), (23, 46), 255, pen)
    cv2.ellipse(sign, (15, 46), (8, 11), 0, 0, 80, 255, pen)
    cv2.line(sign, (12, 57), (43, 57), 255, pen)
    cv2.line(sign, (12, 36), (36, 36), 255, pen)
    return sign


def _dollar(weight: int) -> NDArray[np.uint8]:
    """As Pillow's built-in font has it."""
    picture = Image.new("L", (2 * _FINE, 2 * _FINE))
    font = ImageFont.load_default(60)
    ImageDraw.Draw(picture).text((20, 10), "$", 255, font, stroke_width=weight)
    return np.asarray(picture)


def _serif_dollar() -> NDArray[np.uint8]:
    """As OpenCV's plotter has it."""
    sign = _canvas()
    cv2.putText(sign, "$", (20, 70), cv2.FONT_HERSHEY_COMPLEX, 1.9, 255, 8, cv2.LINE_AA)
    return sign
