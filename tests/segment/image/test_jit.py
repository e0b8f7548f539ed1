"""Loops return the same, compiled and not."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from segment.cleaning.pipeline import clean

CODE = """
import sys
import numpy as np
from segment.cleaning.pipeline import clean
inks = [clean(page) for page in np.load(sys.argv[1])]
np.savez(sys.argv[2], *[array for ink in inks for array in (ink.gray, ink.to_page)])
"""


def drawn(seed: int) -> np.ndarray:
    """(36, 70) uint8: strokes in a form box, with a rule, dots and the noise of a scan."""
    rng = np.random.default_rng(seed)
    page = np.full((36, 70), 210.0)
    y, x = np.indices(page.shape)
    page[np.abs(y - 29 - rng.uniform(-0.08, 0.12) * x) < rng.uniform(0.6, 1.5)] = 150
    page[4:6, 4:] = page[4:31, 4:6] = 150
    for left in rng.integers(12, 62, 3):
        page[(y > 9) & (np.abs(x - left - rng.uniform(-0.5, 0.5) * (20 - y)) < 2)] = 60
    page[25:27, 42:44] = 130
    return np.clip(page + rng.normal(0, 6, page.shape), 0, 255).astype(np.uint8)


def test_the_same_ink_is_found_without_the_compiler(tmp_path: Path):
    pages = np.stack([drawn(seed) for seed in range(2)])
    np.save(tmp_path / "pages.npy", pages)
    command = [sys.executable, "-c", CODE, tmp_path / "pages.npy", tmp_path / "inks.npz"]
    root = str(Path(__file__).resolve().parents[3])
    subprocess.run(command, cwd=root, env=dict(os.environ, NUMBA_DISABLE_JIT="1"), check=True, timeout=300)
    inks = [clean(page) for page in pages]
    assert not any(ink.empty for ink in inks)
    with np.load(tmp_path / "inks.npz") as plain:
        for number, array in enumerate(array for ink in inks for array in (ink.gray, ink.to_page)):
            assert np.array_equal(array, plain[f"arr_{number}"])
