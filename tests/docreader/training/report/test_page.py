import cv2
import numpy as np

from docreader.training.report.contents import Contents, Mistake
from docreader.training.report.page import write_report

HISTORY = [{"epoch": 1.0, "train_loss": 1.0, "train_error": 0.5}]


def test_the_page_names_every_picture_that_there_is(tmp_path):
    rng = np.random.default_rng(0)
    mistakes = [
        Mistake(rng.integers(0, 255, (20, 30, 3), np.uint8), "cat", "<dog>", 0.98, "cats/\x1b1.png"),
        Mistake(rng.integers(0, 255, (30, 20), np.uint8), "cat", "<dog>", 0.9, "b"),
    ]
    contents = Contents(
        title="mine",
        part="validation",
        sentences=["2 of 9 wrong"],
        settings=[("lr", "0.1")],
        history=HISTORY,
        labels=("cat", "<dog>"),
        confusion=np.array([[3, 2], [0, 4]]),
        mistakes=mistakes,
        filters=rng.normal(size=(5, 3, 4, 4)).astype(np.float32),
        maps=[("c1", rng.normal(size=(3, 8, 8)).astype(np.float32))],
        sample=mistakes[1].picture,
    )
    index = write_report(contents, tmp_path / "report")
    page = index.read_text()
    for name in ("curves", "confusion", "mistakes", "filters", "maps"):
        assert f'src="{name}.png"' in page
        assert cv2.imread(str(index.parent / f"{name}.png")).std() > 0
    assert "2 of 9 wrong" in page
    assert "&lt;dog&gt;" in page
    assert "<dog>" not in page
    assert "\x1b" not in page


def test_what_was_not_measured_is_not_shown(tmp_path):
    contents = Contents("mine", "", ["nothing measured"], [], [], ("a", "b"))
    page = write_report(contents, tmp_path).read_text()
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]
    assert "<img" not in page
