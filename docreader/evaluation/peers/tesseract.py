"""Tesseract by its command `tesseract`, called once for each batch."""

import csv
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from docreader.errors import MissingExtraError
from docreader.evaluation.peers.protocol import Line, Output, PageFile, PageText, PeerSettings
from docreader.io.color import load_color
from segment.image.box import Box

SPARSE_TEXT, ONE_LINE = "11", "7"
"""Page segmentation modes: text in no order, for whole checks; one line, for cut-out amounts."""

_LINE = ("page_num", "block_num", "par_num", "line_num")
"""Columns of Tesseract's TSV that number a line."""


class TesseractReader:
    """Read text by the command `tesseract` with its data for English.

    Args:
        settings: Settings of all readers.

    Raises:
        MissingExtraError: There is no such command.
    """

    def __init__(self, settings: PeerSettings) -> None:
        command = shutil.which("tesseract")
        if command is None:
            raise MissingExtraError(
                "the reader 'tesseract' needs the command of that name: install your system's package "
                "(Debian and Ubuntu: apt-get install tesseract-ocr; macOS: brew install tesseract)"
            )
        done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
        self.version = f"Tesseract {(done.stdout or done.stderr).split()[1]}"
        self.command = [command, "", "stdout", "--psm", ONE_LINE if settings.single_line else SPARSE_TEXT]
        if settings.digits:
            self.command += ["-c", "tessedit_char_whitelist=0123456789"]
        self.command.append("tsv")
        self.environment = {**os.environ, "OMP_THREAD_LIMIT": str(settings.threads)}
        self.limits = settings.config.limits

    def read(self, pages: Sequence[PageFile]) -> list[Output]:
        """Return the text of each page."""
        from PIL import Image

        with tempfile.TemporaryDirectory() as name:
            folder, widths = Path(name), []
            for number, page in enumerate(pages):
                image = Image.fromarray(load_color(page.path, page.page, self.limits))
                image.save(folder / f"{number}.ppm")
                widths.append(image.width)
            listed = folder / "pages.txt"
            listed.write_text("".join(f"{folder / f'{number}.ppm'}\n" for number in range(len(pages))))
            self.command[1] = str(listed)
            done = subprocess.run(
                self.command, capture_output=True, encoding="utf-8", env=self.environment, check=False
            )
        if done.returncode:
            raise RuntimeError(f"tesseract ended with {done.returncode}: {done.stderr.strip()[-300:]}")
        return parse_tsv(done.stdout, widths)


def parse_tsv(table: str, widths: Sequence[int]) -> list[Output]:
    """Parse Tesseract's TSV into the lines of each page.

    Args:
        table: TSV of all pages: a row for each word, with its confidence in percent.
        widths: Width of each page in pixels.

    Returns:
        The lines of each page. The confidence of a line is the mean of its words, weighted by length.
    """
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == "5" and row["text"].strip()]
    lines: list[list[Line]] = [[] for _ in widths]
    for (page, *_), group in groupby(words, key=lambda row: [int(row[name]) for name in _LINE]):
        lines[page - 1].append(_line(list(group)))
    return [PageText(width, tuple(found)) for width, found in zip(widths, lines, strict=True)]


def _line(words: Sequence[dict[str, str]]) -> Line:
    sizes = [len(word["text"]) for word in words]
    weighted = sum(size * float(word["conf"]) for size, word in zip(sizes, words, strict=True))
    sides = [tuple(int(word[name]) for name in ("left", "top", "width", "height")) for word in words]
    left, top = min(side[0] for side in sides), min(side[1] for side in sides)
    right, bottom = max(x + w for x, _, w, _ in sides), max(y + h for _, y, _, h in sides)
    place = Box(left, top, right - left, bottom - top)
    return Line(" ".join(word["text"] for word in words), weighted / sum(sizes) / 100, place)
