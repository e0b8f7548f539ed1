"""Pages of the world: checks of invented banks as people scan them, and pages that are no check."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import cv2
import numpy as np

from docreader.synthesis.fonts import FontBank, built_in
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page_check import draw_check
from docreader.synthesis.world_page_sheets import draw_letter, draw_scene, on_sheet, picture_of, with_voucher
from docreader.synthesis.world_page_view import Picture, degrade, view_flat, view_photo, view_screen
from segment.image.box import Box

KINDS = (
    *("amount", "empty", "legal", "date", "micr", "account", "signature", "payee", "text", "box", "stamp"),
    "check",
)
"""Kinds of regions. `empty` is an amount field without an amount, `box` another box, `check` a whole check."""


@dataclass(frozen=True)
class Region:
    """Region of a page.

    Attributes:
        kind: Name in KINDS.
        box: Axis-aligned box around it, pixels, within the image.
    """

    kind: str
    box: Box


@dataclass(frozen=True)
class WorldPage:
    """Page with its regions.

    Attributes:
        image: (H, W) uint8, 0 black .. 255 white.
        regions: Regions of all checks on the page; those of the first check come first.
        amount: Value of the first check; None without an amount.
        currency: ISO 4217 code of the first check; empty without a check.
        transcript: Target of a reader of the first check's amount, a currency sign as `$`; empty without an amount.
        turned: Degrees by which the page is turned clockwise: 0, 90, 180 or 270.
        checks: Number of checks on the page.
        ink: Box around the ink of the first check's amount; None without an amount, and where a picture's edge
            cuts it off.
        void: Whether a stamp or a word over it makes the first check none.
        capture: `scan`, `screen` or `photo`.
    """

    image: np.ndarray
    regions: tuple[Region, ...]
    amount: Decimal | None
    currency: str
    transcript: str
    turned: int
    checks: int
    ink: Box | None
    void: bool
    capture: str

    def boxes(self, *kinds: str) -> list[Box]:
        """Return the boxes of the regions of some kinds."""
        return [region.box for region in self.regions if region.kind in kinds]


View = Callable[[np.random.Generator, Picture, int], Picture]

_VIEWS: dict[str, tuple[View, float]] = {
    "scan": (view_flat, 0.5),
    "screen": (view_screen, 0.14),
    "photo": (view_photo, 0.36),
}
_TURNS = (0.82, 0.05, 0.08, 0.05)


def render_world_page(
    rng: np.random.Generator,
    digits: DigitBank,
    fonts: FontBank | None = None,
    *,
    width: int = 640,
    currency: str | None = None,
    turn: bool = True,
) -> WorldPage:
    """Render a page with a check on it, at times with two.

    Args:
        rng: Random generator; the same state gives the same page.
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one alone.
        width: Width of the page in pixels, for the reader's upright page.
        currency: ISO 4217 code; random if None.
        turn: Whether some pages are turned by 90, 180 or 270 degrees.

    Returns:
        Page with its regions.

    Raises:
        DigitsError: A digit that is needed has no image with strokes.
    """
    fonts, digits = fonts or built_in(), _few(digits)
    kind = rng.random()
    share = float(rng.uniform(0.6, 1.0)) if kind < 0.14 else 1.0
    checks = [draw_check(rng, digits, fonts, width * share, currency)]
    if kind < 0.05:
        checks.append(draw_check(rng, digits, fonts, width * share))
    pictures = [picture_of(check) for check in checks]
    if kind < 0.14:
        picture = on_sheet(rng, pictures, digits, fonts)
    elif kind < 0.22:
        picture = with_voucher(rng, pictures[0], digits, fonts)
    else:
        picture = pictures[0]
    first, number = checks[0], len(pictures[0].regions)
    image, outlines, turned, capture = _capture(rng, picture, width, turn)
    boxes = [_clip(quad, image.shape) for _, quad in outlines]
    ink = next((_clip(quad, image.shape, 0.97) for kind, quad in outlines[:number] if kind == "_ink"), None)
    regions = tuple(
        Region(kind, box)
        for (kind, _), box in zip(outlines, boxes, strict=True)
        if box is not None and kind != "_ink"
    )
    return WorldPage(
        image=image,
        regions=regions,
        amount=first.amount,
        currency=first.currency,
        transcript=first.transcript,
        turned=turned,
        checks=len(checks),
        ink=ink,
        void=first.void,
        capture=capture,
    )


def render_no_check(
    rng: np.random.Generator,
    digits: DigitBank,
    fonts: FontBank | None = None,
    *,
    width: int = 640,
    turn: bool = True,
) -> WorldPage:
    """Render a page without a check: a letter, a form, an invoice, a receipt, a slip, a photograph of things.

    Args:
        rng: Random generator; the same state gives the same page.
        digits: Handwritten digits.
        fonts: Fonts; None for the built-in one alone.
        width: Width of the page in pixels.
        turn: Whether some pages are turned by 90, 180 or 270 degrees.

    Returns:
        Page without regions of amounts and checks.
    """
    fonts, digits = fonts or built_in(), _few(digits)
    picture = draw_scene(rng, width) if rng.random() < 0.2 else draw_letter(rng, digits, fonts, width)
    image, outlines, turned, capture = _capture(rng, picture, width, turn)
    boxes = ((kind, _clip(quad, image.shape)) for kind, quad in outlines)
    regions = tuple(Region(kind, box) for kind, box in boxes if box is not None)
    return WorldPage(image, regions, None, "", "", turned, 0, None, False, capture)


@functools.lru_cache(maxsize=4)
def _few(digits: DigitBank) -> DigitBank:
    """Return a bank of some of the digits: each is traced once, which takes longer than the rest of a page."""
    kept = np.concatenate([np.flatnonzero(digits.labels == c)[:200] for c in range(10)])
    return DigitBank(digits.images[kept], digits.labels[kept])


def _capture(
    rng: np.random.Generator, picture: Picture, width: int, turn: bool
) -> tuple[np.ndarray, tuple[tuple[str, np.ndarray], ...], int, str]:
    """Scan or photograph a picture, and turn it; return image, outlines, turn and capture."""
    shares = np.array([share for _, share in _VIEWS.values()])
    capture = str(rng.choice(list(_VIEWS), p=shares / shares.sum()))
    seen = _VIEWS[capture][0](rng, picture, width)
    image = degrade(rng, seen.gray, camera=capture == "photo")
    quarter = int(rng.choice(4, p=_TURNS)) if turn else 0
    outlines = seen.regions
    for _ in range(quarter):
        rows = image.shape[0]
        image = cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE)
        outlines = tuple((kind, np.stack([rows - quad[:, 1], quad[:, 0]], axis=1)) for kind, quad in outlines)
    return np.ascontiguousarray(image), outlines, 90 * quarter, capture


def _clip(quad: np.ndarray, shape: tuple[int, ...], least: float = 0.5) -> Box | None:
    """Return the box around an outline within the image; None where less than a share of it is within."""
    low, high = np.floor(quad.min(axis=0)), np.ceil(quad.max(axis=0))
    area = float(np.prod(high - low))
    low, high = np.clip(low, 0, [shape[1], shape[0]]), np.clip(high, 0, [shape[1], shape[0]])
    if float(np.prod(high - low)) < least * max(area, 1.0):
        return None
    return Box(int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1]))
