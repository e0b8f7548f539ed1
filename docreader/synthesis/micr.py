"""Text in the style of the MICR line at the foot of a check (not the E-13B font itself)."""

import cv2
import numpy as np

# 7 x 9 bitmaps, drawn for this module. T, U and A are the transit, on-us and amount symbols.
_SHAPES = {
    "0": ".#####. .#...#. .#...#. .#...#. .#...#. .#...#. .#...#. .#...#. .#####.",
    "1": "..##... ...#... ...#... ...#... ...#... .#####. .#####. .#####. .#####.",
    "2": "..####. .....#. .....#. .....#. ..####. ..#.... ..#.... ..#.... ..####.",
    "3": ".####.. ....#.. ....#.. ....#.. .#####. ....##. ....##. ....##. .#####.",
    "4": ".##.... .##.... .##.... .##..#. .##..#. .##..#. .######. .....#. .....#.",
    "5": ".####.. .#..... .#..... .#..... .####.. ....#.. ....#.. ....#.. .####..",
    "6": ".##.... .#..... .#..... .#..... .#####. .#...#. .#...#. .#...#. .#####.",
    "7": ".#####. .#...#. .....#. ....##. ...#... ...#... ...#... ...#... ...#...",
    "8": "..###.. ..#.#.. ..#.#.. ..#.#.. .#####. .##.##. .##.##. .##.##. .#####.",
    "9": ".#####. .#...#. .#...#. .#...#. .#####. .....#. ....##. ....##. ....##.",
    "T": ".#..... .#..... .#...## .#...## .#..... .#...## .#...## .#..... .#.....",
    "U": "....... .#.#... .#.#... .#.#.## .#.#.## .#.#.## .#.#.## ....... .......",
    "A": "....... .....#. .....#. .##..#. .##..#. ....... ....##. ....##. .......",
    " ": "....... ....... ....... ....... ....... ....... ....... ....... .......",
}


def print_micr(text: str, height: float) -> np.ndarray:
    """Render a MICR line.

    Args:
        text: Digits, spaces and the letters T, U and A for the symbols.
        height: Height of the characters, pixels.

    Returns:
        (h, w) float32 coverage 0..1.
    """
    columns = [
        np.array([[c == "#" for c in row[:7]] for row in _SHAPES[char].split()], np.uint8) for char in text
    ]
    spaced = [np.pad(c, ((0, 0), (0, 2))) for c in columns]
    line = np.concatenate(spaced, axis=1).astype(np.float32)
    size = (max(1, round(line.shape[1] * height / 9)), max(1, round(height)))
    fine = cv2.resize(line, None, fx=6, fy=6, interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.float32)
