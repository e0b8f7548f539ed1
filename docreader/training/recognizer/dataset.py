"""What the recognizer sees in each pass: digits, distorted copies and negatives, all from one seed."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.io.idx import Digits
from docreader.training.common.errors import TrainingError
from docreader.training.recognizer.distortions import CPU, continental, repen, warp
from docreader.training.recognizer.negatives import make_negatives
from docreader.training.recognizer.recipe import Recipe
from segment.oversegmentation.normalize import SIDE, normalize_segment

CHUNK = 256
"""Digits that are distorted at a time: few enough for their canvases to stay in the processor's cache."""

GPU_CHUNK = 8192
"""The same on a GPU, which wants more work at a time."""

HELD_OUT_STREAM, TEST_STREAM = 1_000_000, 1_000_001
"""Numbers of the sources of chance for the held-out part and the test, beside the passes' own."""


@dataclass(frozen=True)
class Examples:
    """Pictures with their targets.

    Attributes:
        pictures: (N, 32, 32) uint8, 0 paper .. 255 ink.
        targets: (N,) int64 class numbers; the number of classes stands for "no character".
    """

    pictures: NDArray[np.uint8]
    targets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.targets)


def split(digits: Digits, recipe: Recipe) -> tuple[Digits, Digits]:
    """Part the training digits into those to learn from and those held out for choosing.

    Raises:
        TrainingError: A label has no character, or one of the parts would be empty.
    """
    highest = int(digits.labels.max())
    if highest >= len(recipe.labels):
        raise TrainingError(
            f"the labels go up to {highest}, but the classes are only {''.join(recipe.labels)!r}: name one "
            "character for each class with --labels"
        )
    kept = round(len(digits) * recipe.held_out)
    if kept >= len(digits) or (recipe.held_out > 0 and kept == 0):
        raise TrainingError(f"{len(digits)} digits are too few to hold out a share of {recipe.held_out}")
    order = np.random.default_rng([recipe.seed, 0]).permutation(len(digits))
    held, learned = order[:kept], order[kept:]
    return (
        Digits(digits.images[learned], digits.labels[learned]),
        Digits(digits.images[held], digits.labels[held]),
    )


def plain_examples(digits: Digits) -> Examples:
    """The digits as they are: 28x28 pictures are padded, others normalized as segments are."""
    height, width = digits.images.shape[1:]
    if (height, width) == (28, 28):
        pictures = np.pad(digits.images, ((0, 0), (2, 2), (2, 2)))
    elif (height, width) == (SIDE, SIDE):
        pictures = digits.images
    else:
        pictures = normalize_all(list(digits.images.astype(np.float32) / 255))
    return Examples(pictures, digits.labels.astype(np.int64))


def make_examples(digits: Digits, recipe: Recipe, stream: int, device: torch.device = CPU) -> Examples:
    """The pictures of one pass, in an order of chance.

    Args:
        digits: Digits to learn from.
        recipe: What to do with them.
        stream: Number of the pass; the same number gives the same pictures.
        device: Where digits that stay as they lie are distorted.

    Returns:
        One picture for each digit, and `recipe.rubbish` negatives for each.
    """
    rng = np.random.default_rng([recipe.seed, 1, stream])
    chance = torch.Generator().manual_seed(int(rng.integers(2**63)))
    if recipe.distort and not recipe.distortion.segmented:
        return _in_place(digits, recipe, rng, chance, device)
    characters = np.array(recipe.labels)[digits.labels]
    pictures = plain_examples(digits).pictures.copy() if recipe.plain or not recipe.distort else None
    shown = np.zeros((len(digits), SIDE, SIDE), np.uint8)
    negatives = []
    for start in range(0, len(digits), CHUNK):
        part = slice(start, start + CHUNK)
        count = len(digits.labels[part])
        if recipe.distort or recipe.rubbish:
            drawn = _draw(digits.images[part], characters[part], recipe, rng, chance)
        if recipe.distort:
            shown[part] = normalize_all(list(drawn), recipe.distortion.jitter, rng)
        if recipe.rubbish:
            wanted = round((start + count) * recipe.rubbish) - round(start * recipe.rubbish)
            made = make_negatives(drawn, characters[part], wanted, recipe.mixture, rng)
            negatives.append(normalize_all(made, recipe.distortion.jitter if recipe.distort else 0, rng))
    if pictures is not None:
        as_it_is = rng.random(len(digits)) < (recipe.plain if recipe.distort else 1.0)
        shown[as_it_is] = pictures[as_it_is]
    extra = np.concatenate(negatives) if negatives else np.zeros((0, SIDE, SIDE), np.uint8)
    targets = np.concatenate([digits.labels.astype(np.int64), np.full(len(extra), len(recipe.labels))])
    order = rng.permutation(len(targets))
    return Examples(np.concatenate([shown, extra])[order], targets[order])


def _in_place(
    digits: Digits, recipe: Recipe, rng: np.random.Generator, chance: torch.Generator, device: torch.device
) -> Examples:
    """Digits distorted where they lie in the frame, in an order of chance."""
    plain = plain_examples(digits)
    shown = plain.pictures.copy()
    chunk = CHUNK if device.type == "cpu" else GPU_CHUNK
    for start in range(0, len(shown), chunk):
        part = torch.from_numpy(plain.pictures[start : start + chunk]).to(device).float()
        moved = warp(part, recipe.distortion, chance, SIDE, 1.0)
        shown[start : start + chunk] = moved.round().to(torch.uint8).cpu().numpy()
    as_it_is = rng.random(len(shown)) < recipe.plain
    shown[as_it_is] = plain.pictures[as_it_is]
    order = rng.permutation(len(shown))
    return Examples(shown[order], plain.targets[order])


def _draw(
    images: NDArray[np.uint8],
    characters: NDArray[np.str_],
    recipe: Recipe,
    rng: np.random.Generator,
    chance: torch.Generator,
) -> NDArray[np.float32]:
    """Digits on canvases, (N, H, W) in 0 .. 1, distorted if the recipe says so."""
    if not recipe.distort:
        return np.float32(1 / 255) * images.astype(np.float32)
    images = continental(images, characters, recipe.distortion.continental, rng)
    canvas = warp(torch.from_numpy(images).float() / 255, recipe.distortion, chance)
    drawn: NDArray[np.float32] = repen(canvas, recipe.distortion, chance).numpy()
    return drawn


def normalize_all(
    pictures: list[NDArray[np.float32]], jitter: int = 0, rng: np.random.Generator | None = None
) -> NDArray[np.uint8]:
    """Normalize pictures as segments are, and shift each by up to `jitter` pixels.

    Args:
        pictures: (H, W) each, 0 paper .. 1 ink.
        jitter: Greatest shift, pixels.
        rng: Source of chance for the shifts.

    Returns:
        (N, 32, 32) uint8.
    """
    out = np.zeros((len(pictures), SIDE, SIDE), np.uint8)
    for index, picture in enumerate(pictures):
        out[index] = np.rint(normalize_segment(picture) * 255)
    if jitter and rng is not None:
        moves = rng.integers(-jitter, jitter + 1, (len(out), 2))
        for index, (down, right) in enumerate(moves):
            out[index] = np.roll(out[index], (down, right), (0, 1))
    return out
