"""PNG, JPEG and TIFF: modes, orientation and resolution."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segment.errors import DamagedImageError, InvalidArrayError
from segment.io.pages import Limits, load_pages
from tests.segment.io.images import encode, only, picture


def test_gray_comes_out_as_it_is():
    gray = picture()
    assert np.array_equal(only(encode(Image.fromarray(gray))), gray)


def test_the_content_counts_not_the_suffix(tmp_path: Path):
    path = tmp_path / "scan.jpg"
    path.write_bytes(encode(Image.fromarray(picture()), "TIFF"))
    assert np.array_equal(only(path), picture())
    assert np.array_equal(only(str(path)), picture())


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_are_scaled(form: str):
    wide = np.array([[0, 257 * 128, 65535]], np.uint16)
    assert only(encode(Image.fromarray(wide), form)).tolist() == [[0, 128, 255]]


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_one_bit_is_black_and_white(form: str):
    bits = picture() > 127
    assert np.array_equal(only(encode(Image.fromarray(bits), form)), np.where(bits, 255, 0))


def test_transparent_pixels_are_paper():
    rgba = np.zeros((1, 3, 4), np.uint8)
    rgba[0, :, 3] = [0, 128, 255]
    for mode in ("RGBA", "LA"):
        assert only(encode(Image.fromarray(rgba).convert(mode))).tolist() == [[255, 127, 0]]
    palette = Image.new("P", (2, 1))
    palette.putpalette([0, 0, 0, 90, 90, 90])
    palette.putpixel((1, 0), 1)
    assert only(encode(palette, transparency=0)).tolist() == [[255, 90]]
    assert only(encode(palette)).tolist() == [[0, 90]]
    keyed = Image.fromarray(np.array([[10, 20]], np.uint8))
    assert only(encode(keyed, transparency=10)).tolist() == [[255, 20]]


def test_color_becomes_luma():
    rgb = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255]]], np.uint8)
    assert only(encode(Image.fromarray(rgb))).tolist() == [[76, 150, 29, 255]]


@pytest.mark.parametrize("form", ["TIFF", "JPEG"])
def test_cmyk_ink_is_dark(form: str):
    cmyk = np.zeros((16, 32, 4), np.uint8)
    cmyk[:, 16:, 3] = 255
    gray = only(encode(Image.frombytes("CMYK", (32, 16), cmyk.tobytes()), form))
    assert gray[:, :8].min() > 250
    assert gray[:, 24:].max() < 5


def test_lab_and_float_tiffs():
    lab = Image.frombytes("LAB", (2, 1), bytes([255, 0, 0, 100, 0, 0]))
    assert only(encode(lab, "TIFF")).tolist() == [[255, 100]]
    floats = Image.fromarray(np.array([[0.0, 0.5, 1.0]], np.float32))
    assert only(encode(floats, "TIFF")).tolist() == [[0, 128, 255]]
    nan = Image.fromarray(np.array([[0.0, np.nan]], np.float32))
    with pytest.raises(InvalidArrayError, match="not finite"):
        only(encode(nan, "TIFF"))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_images_are_rotated_by_their_orientation(form: str, orientation: int):
    gray = np.zeros((24, 40), np.uint8) + 255
    gray[:8, :16] = 0
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(gray)
    upright = {
        1: gray,
        2: gray[:, ::-1],
        3: gray[::-1, ::-1],
        4: gray[::-1],
        5: gray.T,
        6: gray.T[:, ::-1],
        7: gray.T[::-1, ::-1],
        8: gray.T[::-1],
    }[orientation]
    out = only(encode(stored, form, exif=exif))
    assert out.shape == upright.shape
    assert np.abs(out.astype(int) - upright).max() <= 8  # JPEG


def test_resolution(tmp_path: Path):
    gray = Image.fromarray(picture())
    for form in ("JPEG", "PNG", "TIFF"):
        (page,) = load_pages(encode(gray, form, dpi=(200, 200)))
        assert page.dpi == pytest.approx(200, abs=0.1)
    assert next(load_pages(encode(gray))).dpi is None


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
@pytest.mark.parametrize(
    ("dpi", "shape", "resolution"),
    [
        ((204, 98), (42, 34), 204),
        ((100, 300), (21, 102), 300),
        ((200, 150), (28, 34), 200),
        ((204, 196), (21, 34), 204),  # square but for the rounding of facsimile
        ((1000, 30), (21, 34), None),  # no such scanner exists
    ],
)
def test_pixels_that_are_not_square_are_made_so(
    form: str, dpi: tuple[int, int], shape: tuple[int, int], resolution: float | None
):
    (page,) = load_pages(encode(Image.fromarray(picture()), form, dpi=dpi))
    assert page.image.shape == shape
    assert page.dpi == (None if resolution is None else pytest.approx(resolution, abs=0.1))


def test_a_turned_page_is_stretched_along_its_stored_rows():
    for form in ("PNG", "JPEG", "TIFF"):
        exif = Image.Exif()
        exif[0x0112] = 6
        (page,) = load_pages(encode(Image.fromarray(picture()), form, dpi=(100, 200), exif=exif))
        assert page.image.shape == (68, 21), form


def test_a_ratio_of_pixels_without_a_unit():
    fax = encode(Image.fromarray(picture()), "TIFF", resolution_unit=1, x_resolution=204, y_resolution=98)
    (page,) = load_pages(fax)
    assert page.image.shape == (42, 34)
    assert page.dpi is None
    jpeg = bytearray(encode(Image.fromarray(picture()), "JPEG"))
    at = jpeg.index(b"JFIF\0") + 7
    jpeg[at : at + 5] = b"\0\0\2\0\1"  # no unit, 2 to 1
    (page,) = load_pages(bytes(jpeg))
    assert page.image.shape == (42, 34)
    assert page.dpi is None


def test_square_pixels_stay_within_the_limit():
    fax = encode(Image.fromarray(picture()), "TIFF", dpi=(204, 98))
    (page,) = load_pages(fax, Limits(max_pixels=34 * 21))
    assert page.image.shape == (21, 17)
    assert page.dpi == pytest.approx(98)


def writing() -> np.ndarray:
    """Dark strokes on light paper."""
    gray = np.full((40, 90), 240, np.uint8)
    gray[8:32, 20:24] = 30
    gray[14:18, 40:70] = 60
    return gray


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_an_alpha_channel_that_was_not_filled_hides_nothing(form: str):
    gray = writing()
    rgba = np.dstack([gray, gray, gray, np.zeros_like(gray)])
    assert np.array_equal(only(encode(Image.fromarray(rgba), form)), gray)


def test_white_ink_on_nothing_is_ink():
    ink = np.where(writing() < 100, 255, 0).astype(np.uint8)
    rgba = np.dstack([np.full_like(ink, 255)] * 3 + [ink])
    assert np.array_equal(only(encode(Image.fromarray(rgba))), 255 - ink)


@pytest.mark.parametrize("color", [0, 128, 255])
def test_an_image_of_nothing_is_paper(color: int):
    rgba = np.full((9, 14, 4), color, np.uint8)
    rgba[..., 3] = 0
    assert only(encode(Image.fromarray(rgba))).min() == 255


def test_blank_paper_with_a_transparent_margin_is_paper():
    rgba = np.full((30, 40, 4), 250, np.uint8)
    rgba[:, :4, 3] = 0
    assert only(encode(Image.fromarray(rgba))).min() >= 250


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_a_jpeg_without_its_end_is_read(mode: str, progressive: bool):
    whole = encode(Image.fromarray(picture(50, 70)).convert(mode), "JPEG", progressive=progressive)
    assert whole.endswith(b"\xff\xd9")
    for cut in (1, 2):
        assert np.array_equal(only(whole[:-cut]), only(whole))


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("part", [0.5, 0.9, 0.97])
def test_a_jpeg_that_lacks_pixels_is_damaged(progressive: bool, part: float):
    whole = encode(Image.fromarray(picture(50, 70)), "JPEG", progressive=progressive)
    with pytest.raises(DamagedImageError, match="truncated"):
        only(whole[: int(len(whole) * part)])
