"""Files of several pages, and pages that are no check: a record for each, and nothing accepted that is not there."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from docreader.io.records import ErrorRecord, Reading
from docreader.pipeline.reader import Reader

TEXTS = ("2035", "74", "2")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load(grammar="digits", field="amount", device="cpu", reject_below=0.0)


def amount(text: str) -> Image.Image:
    image = np.full((70, 220), 225, np.uint8)
    cv2.putText(image, text, (20, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 40, 4, cv2.LINE_AA)
    return Image.fromarray(image)


def several(form: str, mode: str, **options: object) -> bytes:
    first, *others = (amount(text).convert(mode) for text in TEXTS)
    stream = io.BytesIO()
    first.save(stream, form, save_all=True, append_images=others, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("compression", "mode"),
    [
        ("group3", "1"),
        ("group4", "1"),
        ("tiff_lzw", "L"),
        ("tiff_adobe_deflate", "RGB"),
        ("jpeg", "L"),
        ("jpeg", "RGB"),
        (None, "1"),
    ],
)
def test_three_pages_of_a_tiff_give_three_records(reader, tmp_path, compression, mode):
    path = tmp_path / "night.tif"
    path.write_bytes(several("TIFF", mode, compression=compression))
    [records] = reader.read_batch([str(path)])
    assert [record.page for record in records] == [1, 2, 3]
    assert [record.text for record in records] == list(TEXTS)
    assert {record.file for record in records} == {str(path)}


def test_three_pages_of_a_pdf_give_three_records(reader, tmp_path):
    pytest.importorskip("pypdfium2")
    path = tmp_path / "night.pdf"
    path.write_bytes(several("PDF", "L", resolution=200))
    [records] = reader.read_batch([str(path)])
    assert [(record.page, record.text) for record in records] == [(1, "2035"), (2, "74"), (3, "2")]


def test_a_bad_page_is_a_record_of_its_own(reader, tmp_path):
    content = bytearray(several("TIFF", "L"))
    with Image.open(io.BytesIO(content)) as image:
        image.seek(1)
        width = image.tag_v2._offset  # where the directory of page 2 starts
    # the first tag of a directory is the width; its value stands at the tag's last four bytes
    content[width + 10 : width + 14] = (10**9).to_bytes(4, "little")
    content[width + 4 : width + 6] = (4).to_bytes(2, "little")
    path = tmp_path / "night.tif"
    path.write_bytes(content)
    [records] = reader.read_batch([str(path)])
    assert [type(record) for record in records] == [Reading, ErrorRecord, Reading]
    assert [record.page for record in records] == [1, 2, 3]
    assert records[1].error.type == "ImageTooLargeError"
