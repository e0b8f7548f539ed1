"""Built-in readers, skipped where they are not installed."""

import shutil

import cv2
import numpy as np
import pytest

from docreader.errors import MissingExtraError
from docreader.evaluation.peers.protocol import PageFile, PeerSettings
from docreader.evaluation.peers.readers import READERS, load_reader
from docreader.evaluation.peers.tesseract import parse_tsv
from docreader.runtime.config import ReaderConfig

HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"


@pytest.fixture
def check(tmp_path):
    """A page with an amount in print on the right."""
    image = np.full((300, 900, 3), 255, np.uint8)
    cv2.putText(image, "PAY TO THE ORDER", (30, 90), cv2.FONT_HERSHEY_DUPLEX, 1.3, (0, 0, 0), 2)
    cv2.putText(image, "$ 2,350.00", (600, 200), cv2.FONT_HERSHEY_DUPLEX, 1.3, (0, 0, 0), 2)
    path = tmp_path / "check.png"
    cv2.imwrite(str(path), image)
    return PageFile(str(path))


def read(name, check):
    reader = load_reader(name, READERS[name], PeerSettings(ReaderConfig(device="cpu")))
    [page] = reader.read([check])
    return reader.version, page


def test_rapidocr_reads_offline(check):
    pytest.importorskip("rapidocr")
    pytest.importorskip("onnxruntime")
    version, page = read("rapidocr", check)
    assert version.startswith("RapidOCR 3")
    assert page.width == 900
    [line] = [line for line in page.lines if "2,350" in line.text]
    assert line.box.x > 500
    assert 0.5 < line.confidence <= 1


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_tesseract_reads(check):
    version, page = read("tesseract", check)
    assert version.startswith("Tesseract ")
    [line] = [line for line in page.lines if "2,350" in line.text]
    assert line.box.x > 500
    assert 0.3 < line.confidence <= 1


def test_without_its_command_tesseract_names_the_package(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingExtraError, match="apt-get install tesseract-ocr"):
        load_reader("tesseract", READERS["tesseract"], PeerSettings(ReaderConfig()))


def test_without_its_package_rapidocr_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "rapidocr", None)
    with pytest.raises(MissingExtraError, match=r"docreader\[compare\]"):
        load_reader("rapidocr", READERS["rapidocr"], PeerSettings(ReaderConfig()))


def test_words_of_a_line_are_joined_and_pages_kept_apart():
    rows = [
        "4\t1\t1\t1\t1\t0\t5\t5\t90\t12\t-1\t",
        "5\t1\t1\t1\t1\t1\t5\t6\t20\t10\t90\tRs.",
        "5\t1\t1\t1\t1\t2\t40\t5\t55\t12\t60\t250.00",
        '5\t1\t1\t1\t2\t1\t5\t30\t20\t10\t50\t"',
        "5\t3\t1\t1\t1\t1\t1\t2\t3\t4\t10\tx",
    ]
    first, second, third = parse_tsv(HEAD + "\n".join(rows) + "\n", [100, 200, 300])
    assert [line.text for line in first.lines] == ["Rs. 250.00", '"']
    assert tuple(first.lines[0].box) == (5, 5, 90, 12)
    assert first.lines[0].confidence == pytest.approx((3 * 0.9 + 6 * 0.6) / 9)
    assert (second.width, second.lines) == (200, ())
    assert [line.text for line in third.lines] == ["x"]
