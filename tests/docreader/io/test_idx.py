import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from docreader.errors import DocreaderError
from docreader.io import idx


def idx_bytes(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def write_part(folder, stem, images, labels, suffix=""):
    pack = gzip.compress if suffix else bytes
    (folder / f"{stem}-images-idx3-ubyte{suffix}").write_bytes(pack(idx_bytes(images)))
    (folder / f"{stem}-labels-idx1-ubyte{suffix}").write_bytes(pack(idx_bytes(labels)))


@pytest.fixture
def images():
    return np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@pytest.fixture
def labels():
    return np.array([7, 1], np.uint8)


@given(arrays.arrays(np.uint8, arrays.array_shapes(max_dims=4, max_side=5)), st.booleans())
def test_an_array_is_read_as_written(tmp_path_factory, array, packed):
    path = tmp_path_factory.mktemp("idx") / "file"
    data = idx_bytes(array)
    path.write_bytes(gzip.compress(data) if packed else data)
    assert np.array_equal(idx.read_idx(path), array)


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize(("part", "stem"), [("train", "train"), ("test", "t10k")])
def test_a_folder_of_digits(tmp_path, images, labels, suffix, part, stem):
    write_part(tmp_path, stem, images, labels, suffix)
    digits = idx.read_digits(tmp_path, part)
    assert np.array_equal(digits.images, images)
    assert np.array_equal(digits.labels, labels)
    assert len(digits) == 2


def test_a_gzipped_file_is_known_by_its_bytes(tmp_path, images):
    path = tmp_path / "no-suffix"
    path.write_bytes(gzip.compress(idx_bytes(images)))
    assert np.array_equal(idx.read_idx(path), images)


@pytest.mark.parametrize("cut", [0, 1, 3, 4, 9, 15, 20, -1])
@pytest.mark.parametrize("packed", [False, True])
def test_a_truncated_file_is_refused(tmp_path, images, cut, packed):
    path = tmp_path / "file"
    data = idx_bytes(images)[:cut]
    path.write_bytes(gzip.compress(data) if packed else data)
    with pytest.raises(idx.IdxFormatError, match=str(path)):
        idx.read_idx(path)


def test_a_truncated_archive_is_refused(tmp_path, images):
    path = tmp_path / "file.gz"
    path.write_bytes(gzip.compress(idx_bytes(images))[:-9])
    with pytest.raises(idx.IdxFormatError):
        idx.read_idx(path)


def test_a_damaged_archive_is_refused(tmp_path, images):
    data = bytearray(gzip.compress(idx_bytes(images)))
    data[12:16] = b"\xff\xff\xff\xff"
    (tmp_path / "file.gz").write_bytes(data)
    with pytest.raises(idx.IdxFormatError):
        idx.read_idx(tmp_path / "file.gz")


def test_surplus_bytes_are_refused(tmp_path, images):
    (tmp_path / "file").write_bytes(idx_bytes(images) + b"x")
    with pytest.raises(idx.IdxFormatError, match="more"):
        idx.read_idx(tmp_path / "file")


@pytest.mark.parametrize("magic", [b"\0\0\x0d\1", b"\1\0\x08\1", b"\0\0\x08\0", b"PNG\0"])
def test_another_format_is_refused(tmp_path, magic):
    (tmp_path / "file").write_bytes(magic + bytes(100))
    with pytest.raises(idx.IdxFormatError, match="no IDX"):
        idx.read_idx(tmp_path / "file")


def test_a_header_over_the_limit_is_refused_before_decompression(tmp_path):
    (tmp_path / "file").write_bytes(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**31, 2**31, 2**31))
    with pytest.raises(idx.IdxFormatError, match="claims"):
        idx.read_idx(tmp_path / "file")


def test_no_more_is_decompressed_than_the_header_states(tmp_path):
    bomb = gzip.compress(idx_bytes(np.zeros(10, np.uint8)) + bytes(50_000_000))
    (tmp_path / "file").write_bytes(bomb)
    with pytest.raises(idx.IdxFormatError, match="more"):
        idx.read_idx(tmp_path / "file")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(idx.IdxNotFoundError, match="no file"):
        idx.read_idx(tmp_path / "none")
    with pytest.raises(idx.IdxNotFoundError, match="folder"):
        idx.read_idx(tmp_path)


def test_a_folder_without_digits_is_refused_with_the_remedy(tmp_path):
    with pytest.raises(idx.IdxNotFoundError, match="train-images-idx3-ubyte"):
        idx.read_digits(tmp_path)


@pytest.mark.parametrize(
    ("images_shape", "labels_shape"),
    [((3, 4, 4), (2,)), ((4, 4), (4,)), ((2, 4, 4), (2, 1)), ((0, 4, 4), (0,))],
)
def test_numbers_of_images_and_labels_must_agree(tmp_path, images_shape, labels_shape):
    write_part(tmp_path, "train", np.zeros(images_shape, np.uint8), np.zeros(labels_shape, np.uint8))
    with pytest.raises(idx.IdxMismatchError):
        idx.read_digits(tmp_path)


def test_the_errors_are_docreaders():
    assert issubclass(idx.IdxError, DocreaderError)
