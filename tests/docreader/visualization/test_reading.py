from pathlib import Path

import cv2
import numpy as np
import pytest

from docreader.pipeline.reader import Reader
from docreader.visualization.batch import PictureWriter
from docreader.visualization.page import redact
from docreader.visualization.reading import WIDTH, draw_reading, save_reading

SAMPLES = Path(__file__).parents[3] / "samples" / "images"


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(grammar="digits", field="amount", device="cpu")


def written(text: str) -> np.ndarray:
    image = np.full((70, 60 + 40 * len(text)), 225, np.uint8)
    cv2.putText(image, text, (20, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 4, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("image", [written("472"), written("1"), np.full((40, 90), 255, np.uint8)])
def test_a_picture_of_each_outcome(reader, image):
    [(_, trace)] = reader.read_with_trace([image])
    picture = draw_reading(trace)
    assert picture.width == WIDTH
    assert picture.height > 100
    assert len(np.unique(np.asarray(picture.convert("L")))) > 10


def test_cuts_and_best_path_are_drawn(reader):
    [(_, trace)] = reader.read_with_trace([written("472")])
    colors = {color for _, color in draw_reading(trace).getcolors(1 << 24)}
    assert (0x1B, 0x7F, 0x3B) in colors  # the bars of the best path


def test_pictures_of_inputs_with_the_same_name_are_kept_apart(reader, tmp_path):
    [(_, trace)] = reader.read_with_trace([written("4")])
    first, second = save_reading(trace, tmp_path), save_reading(trace, tmp_path)
    assert first != second
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"\x89PNG")


def test_a_name_that_is_no_ascii_gives_a_file_all_the_same(reader, tmp_path):
    source = tmp_path / "çek\n1.png"
    cv2.imwrite(str(tmp_path / "plain.png"), written("4"))
    (tmp_path / "plain.png").rename(source)
    folder = tmp_path / "out"
    folder.mkdir()
    [[record]] = PictureWriter(reader, folder).read_batch([source])
    [picture] = folder.iterdir()
    assert picture.name.isascii()
    assert record.file == str(source)


def test_nothing_but_the_fields_of_a_check_stays_legible():
    page = cv2.imread(str(SAMPLES / "check-us-business-7-000000.jpg"), cv2.IMREAD_GRAYSCALE)
    reader = Reader.load(device="cpu", reject_below=0.0)
    [(_, trace)] = reader.read_with_trace([page], field="check", diagnostics=True)
    assert trace.reading.amount == "2963.00"
    assert trace.lattice is not None
    assert bool(trace.runner_up) == (len(trace.hypotheses) > 1)
    shown = redact(page, [trace.box])
    x, y, w, h = trace.box
    assert np.array_equal(shown[y : y + h, x : x + w], page[y : y + h, x : x + w])
    micr = np.s_[-75:-15, 100:900]
    assert page[micr].std() > 2 * shown[micr].std()
    hidden, whole = draw_reading(trace), draw_reading(trace, unredacted=True)
    assert hidden.size == whole.size
    assert np.abs(np.asarray(hidden, int) - np.asarray(whole, int)).sum() > 0
