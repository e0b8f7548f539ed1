"""labels.csv: what is wrong is named with file and line, and nothing is skipped."""

import cv2
import numpy as np
import pytest

from docreader.errors import LabelsError
from docreader.training.reader import dataset
from docreader.training.reader.dataset import check_reachable, encode, load_strings, split
from docreader.training.reader.recipe import ReaderRecipe
from docreader.training.reader.segmented_fields import field_maker
from docreader.training.reader.tasks.base import maker

LINES = maker(ReaderRecipe())


def picture(path, text="15"):
    image = np.full((60, 40 + 30 * len(text)), 235, np.uint8)
    cv2.putText(image, text, (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
    cv2.imwrite(str(path), image)


@pytest.fixture
def table(tmp_path):
    """A function that writes labels.csv beside three images; its path."""
    for number, text in enumerate(("15", "270", "1.250,-")):
        picture(tmp_path / f"{number}.png", text)
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
    lines = load_strings(path, LINES, on_item=lambda *counts: seen.append(counts))
    assert [line.text for line in lines] == ["15", "270", "1.250.-"]
    assert [line.latent for line in lines] == [True, True, False]
    assert all(line.picture.shape[:2] == (2, 32) for line in lines)
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
            r"line 3: no path can say '1+': the line has \d+ frames and the label needs 79",
        ),
        ("0.png,15,7", r"line 3: 3 cells, but the header has 2"),
        ("1.png,15", r"line 3: '1\.png' was labeled in line 2 already"),
    ],
)
def test_a_bad_label_is_named_with_file_and_line(table, row, message):
    path = table("1.png,270", row)
    with pytest.raises(LabelsError, match=r"labels\.csv, " + message):
        load_strings(path, LINES)


def test_labels_that_no_path_can_say_are_counted_and_named(table):
    path = table("0.png," + "1" * 90, "1.png,270", "2.png," + "12" * 40)
    message = (
        r"labels\.csv, line 2: no path.*\n.*labels\.csv, line 4: no path.*\n2 of 3 labels cannot be said"
    )
    for make in (LINES, field_maker(1, 0, 1)):
        with pytest.raises(dataset.UnreachableLabelError, match=message):
            load_strings(path, make)
        left_out = []
        assert [found.text for found in load_strings(path, make, left_out=left_out)] == ["270"]
        assert [sentence.split(":")[0][-6:] for sentence in left_out] == ["line 2", "line 4"]


def test_a_page_that_is_not_there(table):
    path = table("0.png,15,3", header="file,label,page")
    with pytest.raises(LabelsError, match=r"labels\.csv, line 2: '0\.png' has no page 3"):
        load_strings(path, LINES)


def test_corrections_take_the_place_of_labels(table):
    path = table("0.png,75", "1.png,270")
    corrections = table("0.png,15,one read as seven", header="file,label,reason", name="right.csv")
    assert [line.text for line in load_strings(path, LINES, corrections=corrections)] == ["15", "270"]
    stray = table("9.png,15,typo", header="file,label,reason", name="stray.csv")
    with pytest.raises(LabelsError, match=r"stray\.csv, line 2: '9\.png' is not in"):
        load_strings(path, LINES, corrections=stray)


def test_equal_neighbors_need_a_frame_between_them():
    check_reachable((1, 1), 3, "here")
    with pytest.raises(dataset.UnreachableLabelError, match="here: no path can say '11'"):
        check_reachable((1, 1), 2, "here")
    check_reachable((1, 2), 2, "here")


def test_spaces_and_likenesses():
    assert encode("1 234,50=", "x") == ((1, 2, 3, 4, 10, 5, 0, 11), False)
    assert encode("₹ 1,50/-", "x") == ((13, 1, 10, 5, 0, 12, 11), False)
    assert encode("Rs.7 no/100", "x") == encode("$7xx/100", "x")
    with pytest.raises(LabelsError, match="'\\$', which is not read"):
        encode("$7", "x", "0123456789.-")
    with pytest.raises(LabelsError, match="empty"):
        encode(" ", "x")


def test_the_split_is_of_the_seed_and_whole(toys):
    learned, held = split(toys, 0.25, 1)
    assert len(held) == 3
    assert {id(line) for line in [*learned, *held]} == {id(line) for line in toys}
    assert split(toys, 0.25, 1)[1] == held
    assert split(toys, 0.25, 2)[1] != held
    assert split(toys, 0, 1) == (toys, [])
