"""Setting of a page: language, currency, hands and fonts, and the writing of its fields."""

from dataclasses import dataclass

import cv2
import numpy as np

from docreader.synthesis.fonts import FontBank
from docreader.synthesis.glyph_bank import DigitBank
from docreader.synthesis.world_page_sheet import Area, Sheet
from docreader.synthesis.world_page_text import SCRIPTS, Face, Hand, imitate
from docreader.synthesis.world_page_words import CAPTIONS, LANGUAGES, SYLLABLES, Captions


@dataclass(frozen=True)
class Setting:
    """Choices that hold for a whole page.

    Attributes:
        captions: Captions in the language of the page.
        script: Imitated script of the second language; none if empty.
        form: Font of the captions.
        bank: Font of the bank's name.
        print: Font of fields filled in by machine.
        hand: Handwriting of fields filled in by hand.
        by_hand: Probability that a field is filled in by hand.
        ink: Depth of the ink, 0..1.
        light: Factor of ruled lines on the paper's light.
        dots: Distance of the dots of ruled lines in units; 0 for drawn-out ones.
        small: Height of a caption's digit in units.
    """

    captions: Captions
    script: str
    form: Face
    bank: Face
    print: Face
    hand: Hand
    by_hand: float
    ink: float
    light: float
    dots: float
    small: float

    @classmethod
    def sample(cls, rng: np.random.Generator, digits: DigitBank, fonts: FontBank, currency: str) -> "Setting":
        """Draw a setting for a currency's checks."""
        found = [language for language, codes in LANGUAGES.items() if currency in codes]
        if currency == "EUR":
            found = ["es", "pt", "fr", "de", "en"]
        language = found[int(rng.integers(len(found)))] if found else "en"
        return cls(
            captions=CAPTIONS[language],
            script=SCRIPTS[int(rng.integers(len(SCRIPTS)))] if rng.random() < 0.45 else "",
            form=Face.sample(rng, fonts, ("print",)),
            bank=Face.sample(rng, fonts, ("print", "typewriter") if rng.random() < 0.9 else ("hand",)),
            print=Face.sample(rng, fonts, ("print", "typewriter", "dot")),
            hand=Hand.sample(rng, digits, fonts),
            by_hand=float(rng.choice([1.0, 1.0, 0.0, 0.5])),
            ink=float(np.clip(rng.normal(0.75, 0.15), 0.35, 0.95)),
            light=float(rng.uniform(0.15, 0.75)),
            dots=float(rng.uniform(3, 7)) if rng.random() < 0.12 else 0.0,
            small=float(np.clip(rng.lognormal(2.2, 0.22), 5.5, 15)),
        )


def pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """Draw one of some texts."""
    return options[int(rng.integers(len(options)))]


def invent(rng: np.random.Generator, words: int = 1) -> str:
    """Invent a name of some words."""
    syllables = tuple(SYLLABLES.split())
    made = [
        "".join(pick(rng, syllables) for _ in range(int(rng.integers(2, 4)))).capitalize()
        for _ in range(words)
    ]
    return " ".join(made)


def fill_numbers(rng: np.random.Generator, pattern: str) -> str:
    """Replace each `{}` of a pattern by a number of two to four digits."""
    return pattern.format(*(int(v) for v in rng.integers(10, 9999, pattern.count("{}"))))


def caption(sheet: Sheet, setting: Setting, text: str, x: float, y: float, size: float | None = None) -> Area:
    """Print a caption with its lower left corner at x, y; at times in the second script, too."""
    size = size or setting.small
    parts = [setting.form.render(text, size * sheet.scale)] if text else []
    if setting.script and sheet.chance(0.35):
        second = imitate(
            sheet.rng, setting.script, int(sheet.rng.integers(2, 6)), size * 1.1 * sheet.scale, 0.13
        )
        parts.insert(int(sheet.rng.integers(len(parts) + 1)), second)
    area = (x, y, 0.0, 0.0)
    for part in parts:
        x0, _, w, h = sheet.absorb(part, x, y - part.shape[0] / sheet.scale, setting.ink)
        area = (area[0], min(area[1], y - h), x0 + w - area[0], max(area[3], h))
        x = x0 + w + 0.6 * size
    return area


def write_field(
    sheet: Sheet,
    setting: Setting,
    text: str,
    place: Area,
    *,
    by_hand: bool | None = None,
    center: bool = False,
) -> Area | None:
    """Fill in a field.

    Args:
        sheet: Sheet to write on.
        setting: Setting of the page.
        text: Single line.
        place: Area whose lower edge is the line written on; the text is as high as it or less.
        by_hand: Whether it is handwritten; by the setting if None.
        center: Whether the text is in the middle of the place.

    Returns:
        Area of the ink; None where there is none.
    """
    rng, (x, y, w, h) = sheet.rng, place
    hand = sheet.chance(setting.by_hand) if by_hand is None else by_hand
    size = h * float(rng.uniform(0.6, 0.95) if hand else rng.uniform(0.45, 0.75))
    if hand:
        cover = setting.hand.render(rng, text, size * sheet.scale)
    else:
        cover = setting.print.render(text, size * sheet.scale)
    cover = shrink_to(cover, w * sheet.scale)
    if cover.size < 4:
        return None
    across, down = cover.shape[1] / sheet.scale, cover.shape[0] / sheet.scale
    spare = max(0.0, w - across)
    left = x + (0.5 * spare if center else spare * float(rng.beta(1.0, 5.0)))
    # tails go below the line
    foot = (
        y
        + h
        - down
        + float(rng.normal(-0.02, 0.06)) * h
        + (0.2 * size if hand and down > 1.2 * size else 0.0)
    )
    return sheet.absorb(cover, left, foot, setting.ink)


def shrink_to(cover: np.ndarray, width: float) -> np.ndarray:
    """Shrink a coverage to a width in pixels, if it is wider: its height by at most a quarter."""
    if cover.shape[1] <= width:
        return cover
    share = width / cover.shape[1]
    size = max(1, round(width)), max(1, round(cover.shape[0] * max(share, 0.75)))
    return np.asarray(cv2.resize(cover, size, interpolation=cv2.INTER_AREA), np.float32)


def sign(sheet: Sheet, setting: Setting, place: Area) -> Area:
    """Draw a signature: shrinking loops, a long final stroke, at times a second line through it."""
    rng, (x, y, w, h) = sheet.rng, place
    loops = float(rng.uniform(2.0, 6.0))
    turn = np.linspace(0.0, 2 * np.pi * loops, int(16 * loops)) + rng.uniform(0, 3)
    part = np.linspace(0.0, 1.0, len(turn))
    tall = (1.0 - rng.uniform(0.3, 0.8) * part) * (1.0 + 0.5 * np.sin(turn * rng.uniform(0.2, 0.7)))
    across = rng.uniform(0.05, 0.25) * turn + rng.uniform(0.1, 0.7) * tall * np.sin(turn)
    points = np.stack([across + 0.4 * tall * np.cos(turn), -0.5 * tall * np.cos(turn)], axis=1)
    points = np.concatenate([points, points[-1] + [[rng.uniform(0.3, 2), rng.normal(0, 0.3)]]])
    points -= points.min(axis=0)
    points *= np.array([w, h]) / np.maximum(points.max(axis=0), 0.1)
    pen = float(rng.uniform(1.2, 3.2))
    sheet.stroke(points + np.array([x, y]), pen, setting.ink)
    if sheet.chance(0.4):
        ends = [[x + 0.1 * w, y + h * rng.uniform(0.5, 1)], [x + w, y + h * rng.uniform(0.3, 0.9)]]
        sheet.stroke(np.array(ends), pen, setting.ink)
    return place
