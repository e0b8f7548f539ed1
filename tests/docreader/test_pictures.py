import cv2
import numpy as np
import pytest

from docreader.pictures import WIDTH, draw_reading, save_reading
from docreader.reader import Reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(grammar="digits", field="amount", device="cpu")


def written(text: str) -> np.ndarray:
    image = np.full((70, 60 + 40 * len(text)), 225, np.uint8)
    cv2.putText(image, text, (20, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 4, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("image", [written("472"), written("1"), np.full((40, 90), 255, np.uint8)])
def test_a_picture_of_each_outcome(reader, image):
    [(_, examination)] = reader.examine([image])
    picture = draw_reading(examination)
    assert picture.width == WIDTH
    assert picture.height > 100
    assert len(np.unique(np.asarray(picture.convert("L")))) > 10


def test_cuts_and_best_path_are_drawn(reader):
    [(_, examination)] = reader.examine([written("472")])
    colours = {colour for _, colour in draw_reading(examination).getcolors(1 << 24)}
    assert (0x1B, 0x7F, 0x3B) in colours  # the bars of the best path


def test_pictures_of_inputs_with_the_same_name_are_kept_apart(reader, tmp_path):
    [(_, examination)] = reader.examine([written("4")])
    first, second = save_reading(examination, tmp_path), save_reading(examination, tmp_path)
    assert first != second
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"\x89PNG")


def test_a_name_that_is_no_ascii_gives_a_file_all_the_same(reader, tmp_path):
    source = tmp_path / "çek\n1.png"
    cv2.imwrite(str(tmp_path / "plain.png"), written("4"))
    (tmp_path / "plain.png").rename(source)
    folder = tmp_path / "out"
    folder.mkdir()
    [[record]] = reader.read_batch([source], viz=folder)
    [picture] = folder.iterdir()
    assert picture.name.isascii()
    assert record.file == str(source)
