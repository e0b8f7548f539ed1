"""IDX files (MNIST), plain or gzipped, checked before decompression."""

import gzip
import math
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from docreader.errors import DocreaderError

MAX_BYTES = 4_000_000_000
"""Largest array, bytes."""

_UINT8 = 0x08
"""Type code of unsigned bytes, the third byte of a file."""

_STEMS = {"train": "train", "test": "t10k"}


class IdxError(DocreaderError, ValueError):
    """IDX files that cannot be used."""


class IdxNotFoundError(IdxError):
    """A file or its folder is missing."""


class IdxFormatError(IdxError):
    """A file is truncated, damaged, or no IDX file of unsigned bytes."""


class IdxMismatchError(IdxError):
    """Numbers of images and labels differ."""


@dataclass(frozen=True)
class Digits:
    """Labeled images of digits.

    Attributes:
        images: (N, H, W) uint8, 0 paper .. 255 ink.
        labels: (N,) uint8 class numbers.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.labels)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read one IDX file of unsigned bytes.

    Its first bytes, not its name, decide whether it is gzipped. No more is decompressed than the header states, and
    nothing if that exceeds `MAX_BYTES`.

    Args:
        path: The file.

    Returns:
        An array of the shape in the header.

    Raises:
        IdxNotFoundError: The file does not exist.
        IdxFormatError: It is no IDX file of unsigned bytes, or header and size disagree.
    """
    path = Path(path)
    if path.is_dir():
        raise IdxNotFoundError(f"{path} is a folder, not an IDX file")
    try:
        with path.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
            stream.seek(0)
            if not packed:
                return _parse(stream, path)
            with gzip.GzipFile(fileobj=stream) as unpacked:
                return _parse(unpacked, path)  # type: ignore[arg-type]
    except FileNotFoundError as error:
        raise IdxNotFoundError(f"there is no file {path}") from error
    except (OSError, EOFError, zlib.error) as error:
        raise IdxFormatError(f"{path} cannot be read or is damaged ({error}): copy it again") from error


def _parse(stream: BinaryIO, path: Path) -> NDArray[np.uint8]:
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] != _UINT8 or magic[3] == 0:
        raise IdxFormatError(f"{path} is no IDX file of unsigned bytes (it starts with {magic!r})")
    header = stream.read(4 * magic[3])
    if len(header) < 4 * magic[3]:
        raise IdxFormatError(f"{path} is truncated within its header: copy it again")
    shape = tuple(int(size) for size in np.frombuffer(header, ">u4"))
    size = math.prod(shape)
    if size > MAX_BYTES:
        raise IdxFormatError(f"{path} claims {size:,} bytes {shape}, more than is read ({MAX_BYTES:,})")
    data = bytearray()
    while len(data) <= size:  # in steps: a false header must not allocate the memory
        step = stream.read(min(size + 1 - len(data), 1 << 24))
        if not step:
            break
        data += step
    if len(data) != size:
        more = "more" if len(data) > size else f"only {len(data):,}"
        raise IdxFormatError(f"{path} promises {size:,} bytes {shape} and has {more}: copy it again")
    return np.frombuffer(bytes(data), np.uint8).reshape(shape)


def read_digits(directory: Path, part: str = "train") -> Digits:
    """Read the training or test set of a folder with MNIST's files.

    Args:
        directory: Folder of `train-images-idx3-ubyte`, `train-labels-idx1-ubyte` and the same with `t10k`, each
            with or without `.gz`.
        part: 'train' or 'test'.

    Raises:
        IdxNotFoundError: A file is missing.
        IdxFormatError: A file is damaged or of another form.
        IdxMismatchError: Numbers of images and labels differ or are 0, or a shape is wrong.
    """
    directory = Path(directory)
    stem = _STEMS[part]
    images = read_idx(_find(directory, f"{stem}-images-idx3-ubyte"))
    labels = read_idx(_find(directory, f"{stem}-labels-idx1-ubyte"))
    if images.ndim != 3 or labels.ndim != 1 or len(images) != len(labels) or images.size == 0:
        raise IdxMismatchError(
            f"{directory}: images {images.shape} and labels {labels.shape} do not belong together; "
            "(N, H, W) and (N,) are wanted, N at least 1"
        )
    return Digits(images, labels)


def _find(directory: Path, name: str) -> Path:
    for candidate in (directory / f"{name}.gz", directory / name):
        if candidate.is_file():
            return candidate
    raise IdxNotFoundError(
        f"{directory} contains no {name} or {name}.gz: name a folder with the four files of MNIST, or with your "
        "own digits in the same form (docs/training.md)"
    )
