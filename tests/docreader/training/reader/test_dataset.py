"""Errors of labels.csv have file and line, and nothing is skipped."""

import cv2
import numpy as np
import pytest

from docreader.errors import LabelsError
from docreader.training.reader.dataset import load_examples, load_negatives, split
from docreader.training.reader.examples_hos import segment_example_factory
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.transcription import SPOILED, UnreachableLabelError

LINES = make_task(ReaderRecipe()).example_factory()


def draw(path, text="15"):
    image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
    cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
    cv2.imwrite(str(path), image)


@pytest.fixture
def table(tmp_path):
    """A function that writes labels.csv beside three images and returns its path."""
    for number, text in enumerate(("15", "270", "1.250,-")):
        draw(tmp_path / f"{number}.png", text)
    cv2.imwrite(str(tmp_path / "blank.png"), np.full((50, 120), 230, np.uint8))
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")

    def write(*rows, header="file,label", name="labels.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n")
        return path

    return write


def test_strings_are_read_in_order(table):
    seen = []
    path = table("0.png,15", "1.png,270", '2.png,"1.250,-"')
    lines = load_examples(path, LINES, on_item=lambda *counts: seen.append(counts))
    assert [line.text for line in lines] == ["15", "270", "1.250.-"]
    assert [line.digits_only for line in lines] == [True, True, False]
    assert all(line.image.shape[:2] == (2, 32) for line in lines)
    assert seen == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0.png,1y5", r"line 3: '1y5' holds 'y', which is not read"),
        ("0.png,", r"line 3: the column 'label' of '0\.png' is empty"),
        ("missing.png,15", r"line 3: 'missing\.png' cannot be read"),
        ("broken.png,15", r"line 3: 'broken\.png' cannot be read"),
        ("blank.png,15", r"line 3: no ink was found in 'blank\.png'"),
        (
            "0.png," + "1" * 40,
            r"line 3: no path accepts '1+': the line has \d+ time steps and the label needs 79",
        ),
        ("0.png,15,7", r"line 3: 3 cells, but the header has 2"),
        ("1.png,15", r"line 3: '1\.png' was labeled in line 2 already"),
    ],
)
def test_a_bad_label_is_named_with_file_and_line(table, row, message):
    path = table("1.png,270", row)
    with pytest.raises(LabelsError, match=r"labels\.csv, " + message):
        load_examples(path, LINES)


def test_unreachable_labels_are_counted_and_named(table):
    path = table("0.png," + "1" * 90, "1.png,270", "2.png," + "12" * 40)
    message = (
        r"labels\.csv, line 2: no path.*\n.*labels\.csv, line 4: no path.*\n2 of 3 labels are unreachable"
    )
    for make in (LINES, segment_example_factory(1, 0, 1)):
        with pytest.raises(UnreachableLabelError, match=message):
            load_examples(path, make)
        skipped = []
        assert [found.text for found in load_examples(path, make, skipped=skipped)] == ["270"]
        assert [sentence.split(":")[0][-6:] for sentence in skipped] == ["line 2", "line 4"]


def test_a_page_that_is_not_there(table):
    path = table("0.png,15,3", header="file,label,page")
    with pytest.raises(LabelsError, match=r"labels\.csv, line 2: '0\.png' has no page 3"):
        load_examples(path, LINES)


def test_corrections_take_the_place_of_labels(table):
    path = table("0.png,75", "1.png,270")
    corrections = table("0.png,15,one read as seven", header="file,label,reason", name="right.csv")
    assert [line.text for line in load_examples(path, LINES, corrections=corrections)] == ["15", "270"]
    stray = table("9.png,15,typo", header="file,label,reason", name="stray.csv")
    with pytest.raises(LabelsError, match=r"stray\.csv, line 2: '9\.png' is not in"):
        load_examples(path, LINES, corrections=stray)


def test_images_without_an_amount_need_no_label(table):
    path = table("0.png,,words", "blank.png,,paper", "1.png,,date", header="file,label,kind")
    found = load_negatives(path, LINES)
    assert [example.target for example in found] == [SPOILED] * 2
    assert all(example.spoiled and not example.digits_only for example in found)
    with pytest.raises(LabelsError, match=r"line 2: 'missing\.png' cannot be read"):
        load_negatives(table("missing.png,", header="file,label"), LINES)
    with pytest.raises(LabelsError, match="no column 'file'"):
        load_negatives(table("0.png", header="picture"), LINES)


def test_the_split_depends_on_the_seed_and_loses_nothing(toys):
    learned, held = split(toys, 0.25, 1)
    assert len(held) == 3
    assert {id(line) for line in [*learned, *held]} == {id(line) for line in toys}
    assert split(toys, 0.25, 1)[1] == held
    assert split(toys, 0.25, 2)[1] != held
    assert split(toys, 0, 1) == (toys, [])
