"""Handwriting style of one writer, and its variation between characters."""

from dataclasses import dataclass

import numpy as np

from docreader.synthesis.alphabet import DIGITS, LETTERS, SYMBOLS
from docreader.synthesis.errors import UnwritableTextError
from docreader.synthesis.glyph import Glyph, curve, parse_glyph
from docreader.synthesis.glyph_bank import DigitBank

# probability that the usual form of a digit is one of alphabet.DIGITS and not of the bank
_CONTINENTAL = (0.10, 0.70, 0.12, 0.12, 0.30, 0.30, 0.10, 0.60, 0.10, 0.22)
_ELSEWHERE = (0.06, 0.15, 0.06, 0.05, 0.25, 0.08, 0.06, 0.10, 0.06, 0.10)


@dataclass(frozen=True, eq=False)
class Writer:
    """Handwriting style of one person with one pen.

    Lengths are in heights of a digit; slants are dx/dy, positive if the top leans to the right.

    Attributes:
        slant: Mean slant.
        slant_sd: Standard deviation of the slant between characters.
        widen: Factor on the width of all characters.
        pen: Stroke width.
        nib: Angle (radians) and contrast (0..1) of the change of width with the direction of the stroke.
        darkness: Share of the paper's light that ink absorbs, 0..1.
        gap: Mean distance of neighboring characters, negative if they touch.
        gap_sd: Standard deviation of the gap.
        baseline_sd: Standard deviation of the vertical position.
        slope: Rise of the baseline per unit of x.
        size_sd: Standard deviation of the relative size.
        heights: Relative height of each digit, (10,); zeros are often small.
        forms: Usual form of each digit and symbol: an index in the bank, or a drawing.
        constancy: Probability of the usual form.
        joins: Probability that consecutive zeros are joined.
    """

    slant: float
    slant_sd: float
    widen: float
    pen: float
    nib: tuple[float, float]
    darkness: float
    gap: float
    gap_sd: float
    baseline_sd: float
    slope: float
    size_sd: float
    heights: tuple[float, ...]
    forms: dict[str, int | str]
    constancy: float
    joins: float = 0.0

    @classmethod
    def sample(cls, rng: np.random.Generator, bank: DigitBank, continental: bool = True) -> "Writer":
        """Draw a random writer.

        Args:
            rng: Random generator.
            bank: Handwritten digits.
            continental: Whether continental forms of 1 and 7 prevail.

        Returns:
            Writer.
        """
        heights = rng.normal(1.0, 0.06, 10)
        heights[0] *= rng.uniform(0.5, 0.8) if rng.random() < 0.3 else rng.uniform(0.85, 1.02)
        heights[[1, 7]] *= rng.uniform(1.0, 1.15)
        forms: dict[str, int | str] = {}
        drawn = _CONTINENTAL if continental else _ELSEWHERE
        for digit in range(10):
            shapes = DIGITS[str(digit)]
            if not continental and digit == 1:
                shapes = shapes[4:7]
            if rng.random() < drawn[digit]:
                forms[str(digit)] = shapes[rng.integers(len(shapes))]
            else:
                forms[str(digit)] = bank.pick(rng, digit)
        for symbol, drawings in SYMBOLS.items():
            forms[symbol] = drawings[rng.integers(len(drawings))]
        return cls(
            slant=float(np.clip(rng.normal(0.16, 0.22), -0.35, 0.8)),
            slant_sd=float(rng.uniform(0.02, 0.08)),
            widen=float(np.clip(rng.lognormal(0.05, 0.18), 0.7, 1.6)),
            pen=float(np.clip(rng.lognormal(np.log(0.079), 0.26), 0.048, 0.15)),
            nib=(float(rng.uniform(0, np.pi)), float(rng.uniform(0.0, 0.35))),
            darkness=float(np.clip(rng.normal(0.655, 0.085), 0.45, 0.9)),
            gap=float(np.clip(rng.normal(0.25, 0.13), -0.03, 0.8)),
            gap_sd=float(rng.uniform(0.03, 0.1)),
            baseline_sd=float(rng.uniform(0.01, 0.06)),
            slope=float(rng.normal(0.0, 0.03)),
            size_sd=float(rng.uniform(0.02, 0.09)),
            heights=tuple(float(h) for h in heights),
            forms=forms,
            constancy=float(rng.uniform(0.7, 1.0)),
            joins=float(rng.uniform(0.4, 1.0)) if rng.random() < 0.3 else 0.0,
        )

    def draw(self, rng: np.random.Generator, bank: DigitBank, char: str) -> Glyph:
        """Draw one character in the style of the writer.

        Args:
            rng: Random generator.
            bank: Handwritten digits.
            char: Digit, symbol of alphabet.SYMBOLS or letter.

        Returns:
            Glyph, slanted and scaled, with x >= 0.

        Raises:
            UnwritableTextError: The character has no handwritten form.
        """
        if char in self.forms:
            glyph = self._usual_form(rng, bank, char)
        elif char in LETTERS:
            glyph = parse_glyph(LETTERS[char], rng, 2.0)
        else:
            raise UnwritableTextError(
                f"{char!r} has no handwritten form; known are {''.join(sorted({*self.forms, *LETTERS}))}"
            )
        size = float(np.exp(rng.normal(0.0, self.size_sd)))
        tall = size * (self.heights[int(char)] if char.isdigit() else 1.0)
        wide = size * self.widen * float(np.exp(rng.normal(0.0, 0.06)))
        if char == "0":
            wide *= 0.5 + 0.5 * self.heights[0]  # small zeros are narrower, but rounder
        lean = self.slant + float(rng.normal(0.0, self.slant_sd))
        bent = Glyph(tuple(_waver(rng, s) for s in glyph.strokes))
        return bent.map(np.array([[wide, -lean * tall], [0.0, tall]]))

    def draw_zeros(self, rng: np.random.Generator, count: int) -> list[Glyph]:
        """Draw joined zeros: loops, closed or open, connected at the top.

        Args:
            rng: Random generator.
            count: Number of zeros.

        Returns:
            Glyph for each zero, one stroke that ends at the start of the next; x counts from the left of the first.
        """
        pitch, shut = float(rng.uniform(44, 100)), float(rng.uniform(-4, 16))
        sag = float(rng.uniform(-24, 2))
        drawn: list[np.ndarray] = []
        for number in range(count):
            points = np.array(
                [[40, 90], [13, 82], [2, 42], [17, 3], [42, 4], [58, 46], [46 + shut, 88]], float
            )
            points += rng.normal(0.0, 3.5, points.shape)
            if drawn:
                points[0] = drawn[-1][-1] - np.array([number * pitch, 0.0])
            if number + 1 < count:
                link = [(46 + shut + 40 + pitch) / 2, 88 + sag]
                points = np.vstack([points, link, [40 + pitch, 88 + rng.normal(0, 3)]])
            drawn.append(points + np.array([number * pitch, 0.0]))
        tall = float(rng.uniform(0.55, 1.0))
        lean = self.slant + float(rng.normal(0.0, self.slant_sd))
        by = np.array([[self.widen * tall, lean * tall], [0.0, -tall]]) / 100
        left = min(float((points @ by.T)[:, 0].min()) for points in drawn)
        return [Glyph((np.asarray(curve(points) @ by.T - [left, 0.0], np.float32),)) for points in drawn]

    def thickness(self, stroke: np.ndarray) -> np.ndarray:
        """Return the stroke width along a stroke, (N, 2) points -> (N - 1,), in heights of a digit."""
        step = np.diff(stroke, axis=0)
        angle = np.arctan2(step[:, 1], step[:, 0])
        return np.asarray(self.pen * (1.0 + self.nib[1] * np.cos(2.0 * (angle - self.nib[0]))))

    def _usual_form(self, rng: np.random.Generator, bank: DigitBank, char: str) -> Glyph:
        form = self.forms[char]
        if isinstance(form, str):
            return parse_glyph(form, rng, 2.5 if char.isdigit() else 1.5)
        if rng.random() < self.constancy:
            # a similar digit at times: a writer does not repeat the exact shape
            return bank.glyph(form if rng.random() < 0.5 else bank.pick(rng, int(char), like=form))
        return bank.glyph(bank.pick(rng, int(char)))


def _waver(rng: np.random.Generator, stroke: np.ndarray) -> np.ndarray:
    """Bend a stroke slightly and smoothly."""
    amplitude = rng.normal(0.0, 0.018, 2)
    rate, phase = rng.uniform(0.5, 1.3, 2), rng.uniform(0.0, 2 * np.pi, 2)
    bend = amplitude * np.sin(2 * np.pi * rate * stroke[:, ::-1] + phase)
    return np.asarray(stroke + bend, np.float32)
