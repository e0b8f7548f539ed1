"""Expansion of inputs (files, folders, archives, patterns, a list on standard input) to single files.

A path stays the string that the user gave, so that records can be joined with the user's own list; pathlib would
normalize it.
"""

# ruff: noqa: PTH112, PTH113, PTH118, PTH122, PTH207

import glob
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import BinaryIO

from docreader.errors import EmptyFolderError, FolderReadError, NoMatchError, PathListError
from docreader.io.archives import InMemoryFile, is_archive, iter_archive
from docreader.io.records import ErrorRecord
from segment.io.limits import Limits
from segment.io.sniffing import START, is_image

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf")
"""Suffixes of the images in a folder, in any case; a file that is named itself is always read."""

Input = str | InMemoryFile | ErrorRecord
"""Path of a file, file of an archive, or error record of an input without files."""


def input_name(item: Input) -> str:
    """Return the name of an input in records."""
    if isinstance(item, str):
        return item
    return item.name if isinstance(item, InMemoryFile) else item.file or ""


def iter_inputs(
    arguments: Iterable[str],
    stdin: BinaryIO | None = None,
    max_bytes: int = Limits.max_bytes,
    passed_over: Counter[str] | None = None,
) -> Iterator[Input]:
    """Expand the arguments of a command to inputs, lazily and in their order.

    A folder expands to the images in it and in the folders below, sorted by name, each folder's own files first,
    without hidden files and links to folders. A name with `*`, `?` or `[` that is no file is a pattern (`**` crosses
    folders). A tar archive expands to the images in it, `-` to the paths on standard input.

    Args:
        arguments: Paths, patterns or `-`.
        stdin: Stream of the list that `-` reads.
        max_bytes: Limit of one image in an archive, bytes.
        passed_over: Counter of the suffixes of files in folders that are not read.

    Yields:
        Paths and files, and an error record for each argument without any.
    """
    for argument in arguments:
        if argument == "-" and stdin is not None:
            try:
                for path in read_list(stdin):
                    yield from _resolve(path, max_bytes, passed_over)
            except PathListError as error:
                yield ErrorRecord.of(argument, error)
        elif glob.has_magic(argument) and not os.path.lexists(argument):
            matches = sorted(glob.iglob(argument, recursive=True))
            if not matches:
                yield ErrorRecord.of(argument, NoMatchError(f"no file matches the pattern '{argument}'"))
            for match in matches:
                yield from _resolve(match, max_bytes, passed_over)
        else:
            yield from _resolve(argument, max_bytes, passed_over)


def read_list(stream: BinaryIO) -> Iterator[str]:
    r"""Read a list of paths, one a line, or separated by NUL if its beginning has one (`find -print0`).

    Args:
        stream: Bytes; a list may be endless.

    Raises:
        PathListError: The stream is an image.

    >>> import io
    >>> list(read_list(io.BytesIO(b"a.png\n\nb c.png\r\n")))
    ['a.png', 'b c.png']
    """
    buffered = stream if isinstance(stream, BufferedReader) else None
    if buffered is not None:
        start = buffered.peek()
        _check_list(start)
        by_nul = b"\0" in start
        lines = _split(buffered, b"\0") if by_nul else iter(buffered)
    else:
        content = stream.read()
        _check_list(content)
        by_nul = b"\0" in content
        lines = iter(content.split(b"\0") if by_nul else content.splitlines(keepends=True))
    for line in lines:
        name = line if by_nul else line.rstrip(b"\r\n")
        if name:
            yield os.fsdecode(name)


def _check_list(start: bytes) -> None:
    if is_image(start[:START]):
        raise PathListError(
            "- takes a list of paths, one a line, but standard input is an image; save it to a file and name that"
        )


def _split(stream: BufferedReader, separator: bytes) -> Iterator[bytes]:
    """Split a stream at separators, as it comes."""
    rest = b""
    while chunk := stream.read1(1 << 16):
        *parts, rest = (rest + chunk).split(separator)
        yield from parts
    yield rest


def describe_passed_over(counts: Counter[str]) -> str:
    """Describe the files in folders that were not read, by suffix.

    >>> describe_passed_over(Counter({".dat": 2, "": 1})).partition(":")[0]
    '3 files in folders were passed over (2 .dat, 1 without a suffix)'
    """
    total = counts.total()
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kinds = [f"{count} {suffix or 'without a suffix'}" for suffix, count in most[:5]]
    kinds += ["..."] if len(counts) > len(kinds) else []
    files = "1 file in folders was" if total == 1 else f"{total} files in folders were"
    return (
        f"{files} passed over ({', '.join(kinds)}): names of images end in {' '.join(IMAGE_SUFFIXES)}; "
        "a file that is named itself is read whatever its suffix"
    )


def _resolve(path: str, max_bytes: int, passed_over: Counter[str] | None) -> Iterator[Input]:
    """Expand a folder or an archive; yield any other path itself."""
    if os.path.isdir(path):
        yield from _walk(path, passed_over)
    elif is_archive(path) and os.path.isfile(path):
        yield from iter_archive(path, IMAGE_SUFFIXES, max_bytes)
    else:
        yield path


def _walk(folder: str, passed_over: Counter[str] | None) -> Iterator[Input]:
    """Yield the images below a folder, and count the suffixes of other files."""
    found = False
    unreadable: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        while unreadable:
            yield _unreadable(unreadable.pop(0))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.startswith(".") or not os.path.isfile(path):
                continue
            if name.lower().endswith(IMAGE_SUFFIXES):
                found = True
                yield path
            elif passed_over is not None:
                passed_over[os.path.splitext(name)[1].lower()] += 1
    for error in unreadable:
        found = True
        yield _unreadable(error)
    if not found:
        suffixes = " ".join(IMAGE_SUFFIXES)
        message = f"no image in the folder '{folder}' nor below it (looked for {suffixes})"
        yield ErrorRecord.of(folder, EmptyFolderError(message))


def _unreadable(error: OSError) -> ErrorRecord:
    folder = os.fsdecode(error.filename)
    return ErrorRecord.of(folder, FolderReadError(f"cannot list the folder '{folder}': {error.strerror}"))
