import csv
import itertools
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from docreader.synthesis import DigitBank, OutputExistsError
from docreader.synthesis.dataset import (
    COLUMNS,
    amount_samples,
    check_samples,
    encode,
    prepare_folder,
    write_dataset,
)


def make(folder: Path, bank: DigitBank, count: int = 3, seed: int = 0, **options: bool) -> dict[str, bytes]:
    prepare_folder(folder, options.get("append", False))
    write_dataset(folder, amount_samples(bank, count, seed=seed), prefix=f"m-{seed}", **options)
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, bank: DigitBank) -> None:
    one, same, other = (make(tmp_path / str(i), bank, seed=s) for i, s in enumerate((5, 5, 6)))
    assert one == same
    assert one["labels.csv"] != other["labels.csv"]


def test_the_first_images_are_the_same_for_every_count(bank: DigitBank) -> None:
    long = amount_samples(bank, 5, seed=1)
    for short, same in zip(amount_samples(bank, 2, seed=1), long, strict=False):
        np.testing.assert_array_equal(short.image, same.image)


def test_styles_with_one_seed_have_different_writers(bank: DigitBank) -> None:
    labels = [[s.label for s in amount_samples(bank, 6, style=style, seed=1)] for style in ("chile", "eur")]
    assert labels[0] != labels[1]


def test_lists_name_every_image_once(tmp_path: Path, bank: DigitBank) -> None:
    make(tmp_path, bank)
    listed = rows(tmp_path)
    boxes = json.loads((tmp_path / "boxes.json").read_text(encoding="utf-8"))
    assert tuple(listed[0]) == COLUMNS
    assert list(boxes) == [r["file"] for r in listed]
    for row in listed:
        image = cv2.imread(str(tmp_path / row["file"]), cv2.IMREAD_UNCHANGED)
        assert image.shape == (int(row["h"]), int(row["w"]))
        assert "".join(str(b[0]) for b in boxes[row["file"]]) == row["label"]


def test_labels_can_be_the_text(bank: DigitBank) -> None:
    made = list(
        itertools.chain(amount_samples(bank, 3, labels="text"), check_samples(bank, 1, labels="text"))
    )
    assert [s.label for s in made] == [s.text for s in made]


def test_appending_keeps_other_images_and_replaces_the_same(tmp_path: Path, bank: DigitBank) -> None:
    make(tmp_path, bank, seed=1)
    first = rows(tmp_path)
    make(tmp_path, bank, seed=2, append=True)
    both = rows(tmp_path)
    assert both[:3] == first
    assert len(both) == 6
    make(tmp_path, bank, seed=2, append=True)
    assert rows(tmp_path) == both
    assert len(json.loads((tmp_path / "boxes.json").read_text(encoding="utf-8"))) == 6


def test_lists_of_another_form_are_refused(tmp_path: Path, bank: DigitBank) -> None:
    (tmp_path / "labels.csv").write_text("file,label\na.png,1\n", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="file,label"):
        make(tmp_path, bank, append=True)
    assert (tmp_path / "labels.csv").read_text(encoding="utf-8") == "file,label\na.png,1\n"


def test_a_folder_with_files_is_refused_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="--force"):
        prepare_folder(tmp_path)
    with pytest.raises(OutputExistsError, match="is a file"):
        prepare_folder(tmp_path / "letter.txt", force=True)
    prepare_folder(tmp_path, force=True)
    assert (tmp_path / "letter.txt").read_text(encoding="utf-8") == "dear"


def test_an_interrupted_run_leaves_no_lists(tmp_path: Path, bank: DigitBank) -> None:
    def broken() -> None:
        raise KeyboardInterrupt

    prepare_folder(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        write_dataset(tmp_path, amount_samples(bank, 2), prefix="m", progress=broken)
    assert not (tmp_path / "labels.csv").exists()


def test_tiff_is_bilevel_group_4_at_200_dpi(tmp_path: Path, bank: DigitBank) -> None:
    for sample in itertools.chain(
        amount_samples(bank, 1, style="usd"), check_samples(bank, 1, width=(600, 600))
    ):
        (tmp_path / "a.tif").write_bytes(encode(sample.image, ".tif"))
        with Image.open(tmp_path / "a.tif") as image:
            assert image.mode == "1"
            assert image.info["compression"] == "group4"
            assert image.info["dpi"] == (200, 200)
            assert 0.4 < np.asarray(image).mean() < 0.99


def test_png_is_lossless_and_jpeg_nearly(bank: DigitBank) -> None:
    (sample,) = amount_samples(bank, 1)
    for suffix, off in ((".png", 0), (".jpg", 4)):
        back = cv2.imdecode(np.frombuffer(encode(sample.image, suffix), np.uint8), cv2.IMREAD_UNCHANGED)
        assert np.abs(back.astype(float) - sample.image).mean() <= off
