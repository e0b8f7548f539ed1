"""Synthesis of labeled training images: handwritten amounts and whole checks from isolated digits."""

from docreader.synthesis.check import RenderedCheck, render_check
from docreader.synthesis.errors import (
    DigitsError,
    OutputExistsError,
    SynthesisError,
    UnknownStyleError,
    UnwritableTextError,
)
from docreader.synthesis.field import render_amount
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.layouts import LAYOUTS, Layout
from docreader.synthesis.rendered import RenderedAmount
from docreader.synthesis.style import STYLES, Style
from docreader.synthesis.writer import Writer

__all__ = [
    "LAYOUTS",
    "STYLES",
    "DigitBank",
    "DigitsError",
    "Layout",
    "OutputExistsError",
    "RenderedAmount",
    "RenderedCheck",
    "Style",
    "SynthesisError",
    "UnknownStyleError",
    "UnwritableTextError",
    "Writer",
    "render_amount",
    "render_check",
]
