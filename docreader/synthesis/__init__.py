"""Labelled images of handwritten amounts and checks, made from isolated digits."""

from docreader.synthesis.bank import DigitBank
from docreader.synthesis.errors import (
    DigitsError,
    OutputExistsError,
    SynthesisError,
    UnknownStyleError,
    UnwritableTextError,
)
from docreader.synthesis.field import Rendered, render_amount
from docreader.synthesis.style import STYLES, Style
from docreader.synthesis.writer import Writer

__all__ = [
    "STYLES",
    "DigitBank",
    "DigitsError",
    "OutputExistsError",
    "Rendered",
    "Style",
    "SynthesisError",
    "UnknownStyleError",
    "UnwritableTextError",
    "Writer",
    "render_amount",
]
