import csv
from pathlib import Path

import numpy as np
import pytest

from docreader.classification.preprocessing import Preprocessing
from docreader.io.color import load_color
from docreader.training.classifier.dataset import DataError, load_all, read_parts, split


def test_missing_and_damaged_images_are_reported(make_images, tmp_path: Path) -> None:
    source = make_images(tmp_path)
    rows = [(f"{name}/{n:02d}.png", name) for name in ("dark", "bright") for n in range(16)]
    rows += [("dark/none.png", "dark"), ("bright/broken.png", "bright")]
    (source / "bright" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nrubbish")
    with (source / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("file", "label"), *rows])
    data, val = read_parts(source)
    assert val is None
    messages: list[str] = []
    prepared = Preprocessing("square", 32, 34, (0.5,), (0.5,))
    pixels, good = load_all(data, lambda file: prepared.fit(np.asarray(_opened(file))), messages.append)
    by_threads: list[str] = []
    again, same = load_all(
        data, lambda file: prepared.fit(np.asarray(_opened(file))), by_threads.append, workers=3
    )
    assert (same, by_threads) == (good, messages)
    assert all(np.array_equal(one, other) for one, other in zip(pixels, again, strict=True))
    assert len(pixels) == len(good) == 32
    assert len(messages) == 2
    assert "none.png" in messages[1] or "none.png" in messages[0]


def _opened(file: Path) -> np.ndarray:

    return load_color(file)


def test_validation_images_are_separate(make_images, tmp_path: Path) -> None:
    make_images(tmp_path / "train")
    make_images(tmp_path / "val", 4)
    data, val = read_parts(tmp_path)
    assert (len(data), len(val or ())) == (32, 8)
    (tmp_path / "val" / "odd").mkdir()
    (tmp_path / "val" / "dark" / "00.png").rename(tmp_path / "val" / "odd" / "0.png")
    with pytest.raises(DataError, match="odd"):
        read_parts(tmp_path)


def test_single_class_is_refused(make_images, tmp_path: Path) -> None:
    make_images(tmp_path)
    for file in (tmp_path / "dark").iterdir():
        file.unlink()
    with pytest.raises(DataError, match="1 classes"):
        read_parts(tmp_path)


def test_split_is_stratified(make_images, tmp_path: Path) -> None:
    data, _ = read_parts(make_images(tmp_path))
    train, held = split(data, 0.25, 1)
    assert [held.targets.count(number) for number in (0, 1)] == [4, 4]
    assert not set(train.files) & set(held.files)
