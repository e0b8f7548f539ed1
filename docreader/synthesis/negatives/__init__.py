"""Synthesis of pictures without a clean amount: what a reader has to refuse."""

from docreader.synthesis.negatives.clean import clean
from docreader.synthesis.negatives.dataset import negative_samples, write_negatives
from docreader.synthesis.negatives.registry import (
    GROUPS,
    KINDS,
    VALID,
    RenderedNegative,
    negative,
    select_kinds,
)
from docreader.synthesis.negatives.transcripts import transcript

__all__ = [
    "GROUPS",
    "KINDS",
    "VALID",
    "RenderedNegative",
    "clean",
    "negative",
    "negative_samples",
    "select_kinds",
    "transcript",
    "write_negatives",
]
