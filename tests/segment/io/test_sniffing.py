"""Formats by content: what is read, and the way out of what is not."""

import io

import pytest
from PIL import Image

from segment.errors import DamagedImageError, EmptyImageError, UnsupportedFormatError
from segment.io.sniffing import START, is_image, sniff


def encode(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(buffer, form)
    return buffer.getvalue()[:START]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "PDF"])
def test_formats_that_are_read(form: str):
    assert sniff(encode(form)) == form
    assert is_image(encode(form))


@pytest.mark.parametrize(
    "junk", [b"\n", b"\xef\xbb\xbf", b"Content-Type: application/pdf\r\n\r\n", b"x" * 1000]
)
def test_junk_before_a_pdf(junk: bytes):
    assert sniff((junk + b"%PDF-1.7\n")[:START]) == "PDF"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (encode("GIF"), r"is a GIF; convert it .* magick"),
        (encode("WEBP"), r"is a WebP; convert it .* magick"),
        (encode("BMP"), r"is a BMP; convert it .* magick"),
        (encode("ICO"), r"is an icon; convert it .* magick"),
        (encode("PPM"), r"is a Netpbm image; convert it .* magick"),
        (encode("JPEG2000"), r"is a JPEG 2000; convert it .* magick"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", r"is a HEIC; convert it .* magick"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", r"is an AVIF; convert it .* magick"),
        (b"%!PS-Adobe-3.0\n", r"is PostScript; convert it to PDF"),
        (b"PK\x03\x04\x14\0\0\0", r"is a ZIP archive .*; unpack it"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"is an office document; export or print it as PDF"),
        (b"<html><body>", r"is HTML, XML or SVG"),
        (b"some text", r"is not PNG, JPEG, TIFF or PDF"),
    ],
)
def test_other_formats_name_the_way_out(content: bytes, message: str):
    with pytest.raises(UnsupportedFormatError, match=message):
        sniff(content)


def test_files_without_a_whole_signature():
    with pytest.raises(EmptyImageError):
        sniff(b"")
    with pytest.raises(DamagedImageError):
        sniff(b"\x89PN")


@pytest.mark.parametrize("form", ["GIF", "WEBP", "BMP"])
def test_images_are_told_from_lists_of_paths(form: str):
    assert is_image(encode(form))


@pytest.mark.parametrize(
    "text",
    [
        b"BMW/a.png\n",
        b"RIFF.png\n",
        b"GIF89.tif\nb.png",
        b"<a>.png\n",
        b"a.png\0b.png\0",
        b"BM1.png\0BM2.png\0",
    ],
)
def test_lists_of_paths_are_no_images(text: bytes):
    assert not is_image(text)
