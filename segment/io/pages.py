"""Loading of pages from files, bytes and arrays, with size limits that apply before decoding."""

from __future__ import annotations

import copy
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from segment.errors import (
    ImageAccessError,
    ImageNotFoundError,
    ImageReadError,
    ImageTooLargeError,
    SegmentError,
)
from segment.image.arrays import GrayImage
from segment.io.grayscale import array_to_gray
from segment.io.limits import Limits
from segment.io.pdf import Pdf
from segment.io.pillow import decode_single, decode_tiff_page
from segment.io.sniffing import START, sniff
from segment.io.tiff import TiffDirectory, read_directories, too_many_pixels

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | NDArray[Any]
"""Path of a file, bytes of a file, or pixels (`segment.io.grayscale.array_to_gray`)."""


@dataclass(frozen=True, eq=False)
class Page:
    """A grayscale page in the orientation of its metadata.

    Attributes:
        image: (H, W) uint8, 0 black .. 255 white, contiguous.
        number: Page number in its file, from 1.
        dpi: Resolution in dots per inch, None if unknown.
    """

    image: GrayImage
    number: int = 1
    dpi: float | None = None


@dataclass(frozen=True)
class PageFailure:
    """A page or file that failed to load.

    Attributes:
        error: Reason of the failure.
        number: Page number in its file, from 1; None if the file itself failed.
    """

    error: Exception
    number: int | None = None


def load_pages(source: Source, limits: Limits | None = None) -> Iterator[Page]:
    """Load the pages of a source lazily, one by one.

    Raises:
        SegmentError: The source or the current page cannot be read. `try_pages` continues after such a page.
    """
    with open_pages(source, limits) as pages:
        for index in range(len(pages)):
            yield pages[index]


def try_pages(source: Source, limits: Limits | None = None) -> Iterator[Page | PageFailure]:
    """Load the pages of a source lazily and yield a failure for each that cannot be read; never raises."""
    try:
        pages = open_pages(source, limits)
    except SegmentError as error:
        yield PageFailure(error)
        return
    with pages:
        for index in range(len(pages)):
            try:
                page: Page | PageFailure = pages[index]
            except SegmentError as error:
                page = PageFailure(error, index + 1)
            yield page


def open_pages(source: Source, limits: Limits | None = None) -> Pages:
    """Open a source without decoding it.

    Args:
        source: Path, bytes or array. PNG, JPEG, TIFF and PDF are recognized by content, not by suffix.
        limits: Size limits, None for the defaults.

    Returns:
        The pages, decoded when indexed. Close the object, or use it in a `with` statement.

    Raises:
        ImageNotFoundError: The file does not exist.
        ImageAccessError: The path is a directory, pipe or device, or permission is denied.
        EmptyImageError: The source has no bytes or no pixels.
        UnsupportedFormatError: The content is of another format.
        ImageTooLargeError: The source has more bytes or pages than `limits` allow.
        DamagedImageError: A TIFF without one readable page directory, or an unreadable PDF.
        PdfSupportError: The source is a PDF, and pypdfium2 is not installed.
    """
    limits = limits or Limits()
    if isinstance(source, np.ndarray):
        return Pages(None, "", limits, array=array_to_gray(source))
    if isinstance(source, bytes | bytearray | memoryview):
        content = bytes(source)
        _check_bytes(len(content), limits, "the data")
        return _open(io.BytesIO(content), "", limits, content)
    try:
        path = Path(source)
    except TypeError:
        kind = type(source).__name__
        raise ImageReadError(f"cannot read an image from a {kind}; pass a path, bytes or an array") from None
    file = _open_file(path, limits)
    try:
        return _open(file, f"{path}: ", limits, None)
    except BaseException:
        file.close()
        raise


class Pages:
    """Sequence of the pages of an open source; `pages[0]` decodes the first. Returned by `open_pages`."""

    def __init__(
        self,
        file: BinaryIO | None,
        name: str,
        limits: Limits,
        *,
        kind: str = "",
        content: bytes | None = None,
        directories: list[TiffDirectory] | None = None,
        pdf: Pdf | None = None,
        array: GrayImage | None = None,
    ) -> None:
        self._file, self._name, self._limits = file, name, limits
        self._kind, self._content, self._directories, self._array = kind, content, directories, array
        self._pdf = pdf

    def __len__(self) -> int:
        if self._pdf is not None:
            return self._pdf.count
        return len(self._directories) if self._directories is not None else 1

    def __getitem__(self, index: int) -> Page:
        """Decode one page.

        Raises:
            SegmentError: This page cannot be read; others may be readable.
            IndexError: The index is out of range.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"page {index + 1} of {len(self)}")
        try:
            image, dpi = self._decode(index)
        except SegmentError as error:
            raise _named(error, self._name + (f"page {index + 1}: " if len(self) > 1 else "")) from None
        return Page(image, index + 1, dpi)

    def _decode(self, index: int) -> tuple[GrayImage, float | None]:
        if self._array is not None:
            height, width = self._array.shape
            if width * height > self._limits.max_pixels:
                raise too_many_pixels(width, height, self._limits.max_pixels)
            return self._array, None
        if self._file is None or self._file.closed:
            raise ImageReadError("the file is closed; index the pages inside the with statement")
        if self._pdf is not None:
            return self._pdf.decode(index)
        if self._directories is None:
            return decode_single(self._file, self._kind, self._limits.max_pixels)
        return decode_tiff_page(self._file, self._directories[index], self._content, self._limits.max_pixels)

    def close(self) -> None:
        """Close the file; idempotent."""
        if self._pdf is not None:
            self._pdf.close()
        if self._file is not None:
            self._file.close()

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _open(file: BinaryIO, name: str, limits: Limits, content: bytes | None) -> Pages:
    try:
        kind = sniff(file.read(START))
        directories = read_directories(file, limits.max_pages, limits.max_pixels) if kind == "TIFF" else None
        pdf = Pdf(file, limits.max_pages, limits.max_pixels) if kind == "PDF" else None
    except SegmentError as error:
        raise _named(error, name) from None
    except OSError as error:
        raise ImageAccessError(f"{name}the file cannot be read: {error.strerror or error}") from None
    return Pages(file, name, limits, kind=kind, content=content, directories=directories, pdf=pdf)


_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)  # Windows
)


def _open_file(path: Path, limits: Limits) -> BinaryIO:
    """Open a regular file for reading, without blocking on pipes."""
    try:
        _check_regular(path, path.stat().st_mode)
        file = os.fdopen(os.open(path, _OPEN_FLAGS), "rb")
    except FileNotFoundError:
        raise ImageNotFoundError(f"{path}: no such file") from None
    except ValueError as error:
        if isinstance(error, SegmentError):
            raise
        raise ImageNotFoundError(f"{str(path)!r} is not a file name: {error}") from None
    except OSError as error:
        raise ImageAccessError(f"{path}: the file cannot be opened: {error.strerror or error}") from None
    try:
        # again on the open file: the path may have been replaced in between
        status = os.fstat(file.fileno())
        _check_regular(path, status.st_mode)
        _check_bytes(status.st_size, limits, f"{path}: the file")
    except BaseException:
        file.close()
        raise
    return file


def _check_regular(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISDIR(mode):
        raise ImageAccessError(f"{path} is a directory; name the files in it, such as {path}/*.png")
    raise ImageAccessError(f"{path} is a pipe, socket or device, not a file")


def _check_bytes(size: int, limits: Limits, what: str) -> None:
    if size > limits.max_bytes:
        raise ImageTooLargeError(f"{what} has {size:,} bytes", "max_bytes", size, limits.max_bytes)


def _named(error: SegmentError, name: str) -> SegmentError:
    """Return a copy of an error whose message starts with the name of the file."""
    named = copy.copy(error)
    named.args = (f"{name}{error}",)
    return named
