"""Small sets of dark and bright images."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="session")
def make_images():
    """Return a function that fills a folder with two classes, dark and bright images."""

    def make(folder: Path, count: int = 16) -> Path:
        rng = np.random.default_rng(1)
        for name, level in (("dark", 60), ("bright", 190)):
            (folder / name).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                pixels = (level + rng.normal(0, 12, (36, 40, 3))).clip(0, 255).astype(np.uint8)
                Image.fromarray(pixels).save(folder / name / f"{number:02d}.png")
        return folder

    return make
