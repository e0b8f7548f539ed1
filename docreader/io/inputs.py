"""From what the user names (files, folders, patterns, a list on standard input) to single files.

A path stays the very string that the user gave, so that records can be joined with the user's own list;
pathlib would tidy it up.
"""

# ruff: noqa: PTH112, PTH113, PTH118, PTH207

import glob
import os
from collections.abc import Iterable, Iterator
from io import BufferedReader
from typing import BinaryIO

from docreader.errors import EmptyFolderError, FolderReadError, NoMatchError
from docreader.io.archives import InMemoryFile, is_archive, iter_archive
from docreader.io.records import ErrorRecord
from segment.io.limits import Limits

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".pdf")
"""What is taken from a folder, in either case of letters; a file that is named itself is always read."""

Input = str | InMemoryFile | ErrorRecord
"""The path of a file, a file of an archive, or the record of an input that leads to none."""


def input_name(item: Input) -> str:
    """The input as records name it."""
    if isinstance(item, str):
        return item
    return item.name if isinstance(item, InMemoryFile) else item.file or ""


def iter_inputs(
    arguments: Iterable[str], stdin: BinaryIO | None = None, max_bytes: int = Limits.max_bytes
) -> Iterator[Input]:
    """The inputs that the arguments of a command stand for, lazily and in their order.

    A folder stands for the images in it and in the folders below, sorted by name, each folder's own files
    first; hidden files and links to folders are passed over. A name with `*`, `?` or `[` that is no file is a
    pattern (`**` crosses folders). A tar archive stands for the images in it, `-` for the paths on standard input.

    Args:
        arguments: Paths, patterns or `-`.
        stdin: Where `-` reads its list.
        max_bytes: Of one image in an archive.

    Yields:
        Paths, and an error record for everything that leads to none: nothing is left out in
        silence.
    """
    for argument in arguments:
        if argument == "-" and stdin is not None:
            for path in read_list(stdin):
                yield from _resolve(path, max_bytes)
        elif glob.has_magic(argument) and not os.path.lexists(argument):
            matches = sorted(glob.iglob(argument, recursive=True))
            if not matches:
                yield ErrorRecord.of(argument, NoMatchError(f"no file matches the pattern '{argument}'"))
            for match in matches:
                yield from _resolve(match, max_bytes)
        else:
            yield from _resolve(argument, max_bytes)


def read_list(stream: BinaryIO) -> Iterator[str]:
    r"""The paths of a list, one a line; separated by NUL where the list holds one early on (`find -print0`).

    Args:
        stream: Bytes, read as they come, so that a list may be without end.

    >>> import io
    >>> list(read_list(io.BytesIO(b"a.png\n\nb c.png\r\n")))
    ['a.png', 'b c.png']
    """
    buffered = stream if isinstance(stream, BufferedReader) else None
    if buffered is not None:
        by_nul = b"\0" in buffered.peek()
        lines = _split(buffered, b"\0") if by_nul else iter(buffered)
    else:
        content = stream.read()
        by_nul = b"\0" in content
        lines = iter(content.split(b"\0") if by_nul else content.splitlines(keepends=True))
    for line in lines:
        name = line if by_nul else line.rstrip(b"\r\n")
        if name:
            yield os.fsdecode(name)


def _split(stream: BufferedReader, separator: bytes) -> Iterator[bytes]:
    """The parts of a stream between separators, as they come."""
    rest = b""
    while chunk := stream.read1(1 << 16):
        *parts, rest = (rest + chunk).split(separator)
        yield from parts
    yield rest


def _resolve(path: str, max_bytes: int) -> Iterator[Input]:
    """The images below a folder or in an archive, or the path itself: the loader will say whether it can be read."""
    if os.path.isdir(path):
        yield from _walk(path)
    elif is_archive(path) and os.path.isfile(path):
        yield from iter_archive(path, IMAGE_SUFFIXES, max_bytes)
    else:
        yield path


def _walk(folder: str) -> Iterator[Input]:
    """The images below a folder."""
    found = False
    unreadable: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=unreadable.append):
        while unreadable:
            yield _unreadable(unreadable.pop(0))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = os.path.join(parent, name)
            if name.lower().endswith(IMAGE_SUFFIXES) and not name.startswith(".") and os.path.isfile(path):
                found = True
                yield path
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
