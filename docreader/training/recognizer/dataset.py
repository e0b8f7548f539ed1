"""Training examples of the recognizer: digits, distorted copies and negatives of each epoch from one seed."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from docreader.io.idx import Digits
from docreader.training.common.errors import TrainingError
from docreader.training.recognizer.distortions import CPU, continental_forms, vary_strokes, warp
from docreader.training.recognizer.negatives import make_negatives
from docreader.training.recognizer.recipe import Recipe
from segment.oversegmentation.normalize import SIDE, normalize_segment

CHUNK = 256
"""Digits distorted at once on the CPU: their canvases fit into the cache."""

GPU_CHUNK = 8192
"""Digits distorted at once on a GPU."""

HELD_OUT_STREAM, TEST_STREAM = 1_000_000, 1_000_001
"""Numbers of the random streams of the held-out digits and the test digits; those of the epochs are smaller."""


@dataclass(frozen=True)
class Examples:
    """Images with their targets.

    Attributes:
        images: (N, 32, 32) uint8, 0 paper to 255 ink.
        targets: (N,) int64 class numbers; the number of classes is the rubbish class.
    """

    images: NDArray[np.uint8]
    targets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.targets)


def split(digits: Digits, recipe: Recipe) -> tuple[Digits, Digits]:
    """Split the training digits into a training set and a validation set.

    Raises:
        TrainingError: A label has no class, or a set would be empty.
    """
    highest = int(digits.labels.max())
    if highest >= len(recipe.labels):
        raise TrainingError(
            f"the labels go up to {highest}, but the classes are only {''.join(recipe.labels)!r}: name one "
            "character for each class with --labels"
        )
    count = round(len(digits) * recipe.val_fraction)
    if count >= len(digits) or (recipe.val_fraction > 0 and count == 0):
        raise TrainingError(
            f"{len(digits)} digits are too few for a validation fraction of {recipe.val_fraction}"
        )
    order = np.random.default_rng([recipe.seed, 0]).permutation(len(digits))
    held_out, training = order[:count], order[count:]
    return (
        Digits(digits.images[training], digits.labels[training]),
        Digits(digits.images[held_out], digits.labels[held_out]),
    )


def clean_examples(digits: Digits) -> Examples:
    """Return the digits without distortion: 28x28 images padded, others normalized like segments."""
    height, width = digits.images.shape[1:]
    if (height, width) == (28, 28):
        images = np.pad(digits.images, ((0, 0), (2, 2), (2, 2)))
    elif (height, width) == (SIDE, SIDE):
        images = digits.images
    else:
        images = normalize_all(list(digits.images.astype(np.float32) / 255))
    return Examples(images, digits.labels.astype(np.int64))


def make_examples(digits: Digits, recipe: Recipe, stream: int, device: torch.device = CPU) -> Examples:
    """Generate the examples of one epoch in random order.

    Args:
        digits: Training digits.
        recipe: Recipe with distortion and negatives.
        stream: Number of the random stream, the epoch; equal numbers give equal examples.
        device: Device of the distortion of unsegmented digits.

    Returns:
        One image for each digit, and `recipe.negatives_per_digit` negatives for each.
    """
    rng = np.random.default_rng([recipe.seed, 1, stream])
    generator = torch.Generator().manual_seed(int(rng.integers(2**63)))
    if recipe.distort and not recipe.distortion.segmented:
        return _unsegmented_examples(digits, recipe, rng, generator, device)
    characters = np.array(recipe.labels)[digits.labels]
    clean = clean_examples(digits).images.copy() if recipe.clean_fraction or not recipe.distort else None
    images = np.zeros((len(digits), SIDE, SIDE), np.uint8)
    negatives = []
    for start in range(0, len(digits), CHUNK):
        part = slice(start, start + CHUNK)
        count = len(digits.labels[part])
        if recipe.distort or recipe.negatives_per_digit:
            drawn = _draw(digits.images[part], characters[part], recipe, rng, generator)
        if recipe.distort:
            images[part] = normalize_all(list(drawn), recipe.distortion.jitter, rng)
        if recipe.negatives_per_digit:
            ratio = recipe.negatives_per_digit
            wanted = round((start + count) * ratio) - round(start * ratio)
            made = make_negatives(drawn, characters[part], wanted, recipe.mixture, rng)
            negatives.append(normalize_all(made, recipe.distortion.jitter if recipe.distort else 0, rng))
    if clean is not None:
        chosen = rng.random(len(digits)) < (recipe.clean_fraction if recipe.distort else 1.0)
        images[chosen] = clean[chosen]
    extra = np.concatenate(negatives) if negatives else np.zeros((0, SIDE, SIDE), np.uint8)
    targets = np.concatenate([digits.labels.astype(np.int64), np.full(len(extra), len(recipe.labels))])
    order = rng.permutation(len(targets))
    return Examples(np.concatenate([images, extra])[order], targets[order])


def _unsegmented_examples(
    digits: Digits, recipe: Recipe, rng: np.random.Generator, generator: torch.Generator, device: torch.device
) -> Examples:
    """Distort digits within their frame, without normalization, and shuffle them."""
    clean = clean_examples(digits)
    images = clean.images.copy()
    chunk = CHUNK if device.type == "cpu" else GPU_CHUNK
    for start in range(0, len(images), chunk):
        part = torch.from_numpy(clean.images[start : start + chunk]).to(device).float()
        warped = warp(part, recipe.distortion, generator, SIDE, 1.0)
        images[start : start + chunk] = warped.round().to(torch.uint8).cpu().numpy()
    chosen = rng.random(len(images)) < recipe.clean_fraction
    images[chosen] = clean.images[chosen]
    order = rng.permutation(len(images))
    return Examples(images[order], clean.targets[order])


def _draw(
    images: NDArray[np.uint8],
    characters: NDArray[np.str_],
    recipe: Recipe,
    rng: np.random.Generator,
    generator: torch.Generator,
) -> NDArray[np.float32]:
    """Draw digits (N, H, W) on canvases, 0 to 1, distorted if the recipe requires it."""
    if not recipe.distort:
        return np.float32(1 / 255) * images.astype(np.float32)
    images = continental_forms(images, characters, recipe.distortion.continental, rng)
    canvas = warp(torch.from_numpy(images).float() / 255, recipe.distortion, generator)
    drawn: NDArray[np.float32] = vary_strokes(canvas, recipe.distortion, generator).numpy()
    return drawn


def normalize_all(
    images: list[NDArray[np.float32]], jitter: int = 0, rng: np.random.Generator | None = None
) -> NDArray[np.uint8]:
    """Normalize images like segments, and shift each randomly.

    Args:
        images: Images (H, W), 0 paper to 1 ink.
        jitter: Greatest shift, pixels.
        rng: Random generator of the shifts.

    Returns:
        (N, 32, 32) uint8, 0 paper to 255 ink.
    """
    out = np.zeros((len(images), SIDE, SIDE), np.uint8)
    for index, image in enumerate(images):
        out[index] = np.rint(normalize_segment(image) * 255)
    if jitter and rng is not None:
        moves = rng.integers(-jitter, jitter + 1, (len(out), 2))
        for index, (down, right) in enumerate(moves):
            out[index] = np.roll(out[index], (down, right), (0, 1))
    return out
