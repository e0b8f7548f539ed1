"""Images in tar archives (shards of data sets), read sequentially."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from docreader.errors import ArchiveReadError, EmptyFolderError
from docreader.io.records import ErrorRecord

ARCHIVE_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(frozen=True)
class InMemoryFile:
    """A file in memory.

    Attributes:
        name: Name in records; of a member of an archive `archive.tar/member.png`.
        data: Contents.
    """

    name: str
    data: bytes


def is_archive(path: str) -> bool:
    """Return whether a path names a tar archive, by its suffix."""
    return path.lower().endswith(ARCHIVE_SUFFIXES)


def iter_archive(
    path: str, suffixes: tuple[str, ...], max_bytes: int
) -> Iterator[InMemoryFile | ErrorRecord]:
    """Iterate over the images of an archive in its order, without links, devices and hidden files.

    Args:
        path: The archive.
        suffixes: Suffixes of images.
        max_bytes: Limit of one image, bytes; a larger one is an error record.

    Yields:
        Images, and an error record for each that cannot be read, or for the archive as a whole.
    """
    found = False
    try:
        with open(path, "rb") as file, tarfile.open(fileobj=file, mode="r|*") as archive:  # noqa: PTH123
            for member in archive:
                name = f"{path}/{member.name}"
                hidden = any(part.startswith(".") for part in PurePosixPath(member.name).parts if part != ".")
                if not member.isreg() or hidden or not member.name.lower().endswith(suffixes):
                    continue
                found = True
                if member.size > max_bytes:
                    message = f"{name}: it has {member.size:,} bytes, more than --max-bytes {max_bytes}"
                    yield ErrorRecord.of(name, ArchiveReadError(message))
                    continue
                stream = archive.extractfile(member)
                assert stream is not None  # it is a regular file
                yield InMemoryFile(name, stream.read())
                archive.members = []  # type: ignore[attr-defined]  # its list of all members would grow without end
    except (OSError, tarfile.TarError, EOFError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        yield ErrorRecord.of(path, ArchiveReadError(f"cannot read the archive '{path}' to its end: {reason}"))
        return
    if not found:
        looked = " ".join(suffixes)
        yield ErrorRecord.of(
            path, EmptyFolderError(f"no image in the archive '{path}' (looked for {looked})")
        )
