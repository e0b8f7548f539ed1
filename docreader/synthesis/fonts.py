"""Fonts of synthesized text: handwriting, print, typewriter, dot matrix and labels, from a folder of font files."""

import functools
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from docreader.synthesis.errors import FontsError

KINDS = ("hand", "print", "typewriter", "dot", "label")
"""Kinds of fonts, each a folder; `label` is for currency signs and words of other scripts, without digits."""

SUFFIXES = (".ttf", ".otf", ".woff", ".woff2")
"""Names of font files end so."""

MASTER = 64
"""Height of a digit in the cached glyphs, pixels."""

_MISSING = "\U0010fffe"  # no font has it: its picture is the one of missing characters


@dataclass(frozen=True)
class FontGlyph:
    """Picture of a character in a font.

    Lengths are in heights of a digit.

    Attributes:
        cover: (h, w) uint8, 0 paper .. 255 ink, cropped to the ink, `MASTER` pixels to the height of a digit.
        left: x of its left edge from the pen's position.
        top: y of its upper edge from the baseline, negative above it.
        advance: Distance to the pen's next position.
    """

    cover: np.ndarray
    left: float
    top: float
    advance: float


@dataclass(eq=False)
class Font:
    """Font file with a cache of glyphs.

    Attributes:
        path: Font file; None for Pillow's built-in font.

    A file that is no font raises `FontsError` on first use.
    """

    path: Path | None
    _glyphs: dict[str, FontGlyph] = field(default_factory=dict, repr=False)
    _known: dict[str, bool] = field(default_factory=dict, repr=False)

    @functools.cached_property
    def _font(self) -> ImageFont.FreeTypeFont:
        tall = self._load(100)
        _, top, _, bottom = tall.getbbox("0", anchor="ls")
        if bottom - top < 10:  # no digits: a font of labels
            _, top, _, bottom = tall.getbbox("x", anchor="ls")
        size = 100 * MASTER / max(bottom - top, 30)
        return self._load(min(round(size), 400))

    def _load(self, size: int) -> ImageFont.FreeTypeFont:
        try:
            if self.path is None:
                found = ImageFont.load_default(size)
                assert isinstance(found, ImageFont.FreeTypeFont)
                return found
            return ImageFont.truetype(str(self.path), size)
        except OSError as error:
            raise FontsError(f"{self.path} is no font that FreeType can read: {error}") from error

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        return "built-in" if self.path is None else self.path.stem

    def has(self, text: str) -> bool:
        """Return whether the font has all characters of a text, spaces aside."""
        return all(self._has(char) for char in set(text) - {" "})

    def _has(self, char: str) -> bool:
        if char not in self._known:
            drawn = bytes(self._small.getmask(char, mode="L"))
            self._known[char] = any(drawn) and drawn != self._missing
        return self._known[char]

    @functools.cached_property
    def _small(self) -> ImageFont.FreeTypeFont:
        return self._load(24)

    @functools.cached_property
    def _missing(self) -> bytes:
        return bytes(self._small.getmask(_MISSING, mode="L"))

    def glyph(self, char: str) -> FontGlyph:
        """Return the picture of a character; of a space, an empty one."""
        if char not in self._glyphs:
            self._glyphs[char] = self._draw(char)
        return self._glyphs[char]

    def word(self, text: str) -> np.ndarray:
        """Render a text in one piece, with the joined letters of its script.

        Args:
            text: Single line.

        Returns:
            (h, w) uint8, 0 paper .. 255 ink, cropped to the ink, `MASTER` pixels to the height of a digit.
        """
        return self._draw(text).cover

    def _draw(self, text: str) -> FontGlyph:
        left, top, right, bottom = (int(v) for v in self._font.getbbox(text, anchor="ls"))
        cover = np.zeros((1, 1), np.uint8)
        if right > left and bottom > top:
            image = Image.new("L", (right - left, bottom - top), 0)
            ImageDraw.Draw(image).text((-left, -top), text, 255, self._font, anchor="ls")
            cover = np.asarray(image, np.uint8)
        return FontGlyph(cover, left / MASTER, top / MASTER, float(self._font.getlength(text)) / MASTER)


@dataclass(frozen=True, eq=False)
class FontBank:
    """Fonts by kind.

    Attributes:
        fonts: Fonts of each kind of `KINDS`; a kind may be empty.
        digest: SHA-256 of names and contents of the files, hexadecimal.
    """

    fonts: Mapping[str, tuple[Font, ...]]
    digest: str = ""

    @classmethod
    def from_directory(cls, directory: str | Path | None) -> "FontBank":
        """Load the fonts of a folder with a folder for each kind.

        Args:
            directory: Folder; None for Pillow's built-in font alone, as a font of print.

        Raises:
            FontsError: There is no font in it, or a file is none.
        """
        if directory is None:
            return cls({"print": (Font(None),)})
        files = {
            kind: sorted(p for p in (Path(directory) / kind).glob("*") if p.suffix.lower() in SUFFIXES)
            for kind in KINDS
        }
        if not any(files.values()):
            raise FontsError(
                f"{directory} has no fonts: it needs folders {', '.join(KINDS)} with files {', '.join(SUFFIXES)}"
            )
        digest = hashlib.sha256()
        for kind, paths in files.items():
            for path in paths:
                digest.update(f"{kind}/{path.name}\0".encode() + path.read_bytes())
        fonts = {kind: tuple(Font(path) for path in paths) for kind, paths in files.items()}
        return cls(fonts, digest.hexdigest())

    def pick(self, rng: np.random.Generator, kinds: Iterable[str], text: str = "") -> Font | None:
        """Draw a font of some kinds that has the characters of a text.

        Args:
            rng: Random generator.
            kinds: Names in `KINDS`.
            text: Characters that the font needs.

        Returns:
            Font; None where no font of these kinds has them.
        """
        fonts = [font for kind in kinds for font in self.fonts.get(kind, ())]
        order = rng.permutation(len(fonts)).tolist()
        # fonts are loaded on demand
        return next((fonts[number] for number in order if fonts[number].has(text)), None)


@functools.cache
def built_in() -> FontBank:
    """Return the bank of Pillow's built-in font."""
    return FontBank.from_directory(None)


def shrink(cover: np.ndarray, height: float, widen: float = 1.0, slant: float = 0.0) -> np.ndarray:
    """Scale a cached picture to a size.

    Args:
        cover: (h, w) uint8, `MASTER` pixels to the height of a digit.
        height: Height of a digit in the result, pixels.
        widen: Further factor on the width.
        slant: Shift to the right per pixel upward.

    Returns:
        (h, w) float32 coverage 0..1.
    """
    scale = height / MASTER
    rows, columns = cover.shape
    if slant:
        room = int(np.ceil(abs(slant) * rows))
        shift = np.array([[1.0, -slant, slant * rows if slant > 0 else 0.0], [0.0, 1.0, 0.0]])
        cover = cv2.warpAffine(cover, shift, (columns + room, rows), flags=cv2.INTER_LINEAR)
    size = max(1, round(cover.shape[1] * scale * widen)), max(1, round(rows * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    # the cubic filter stays within the range of its type
    return np.asarray(cv2.resize(cover, size, interpolation=how), np.float32) / np.float32(255)
