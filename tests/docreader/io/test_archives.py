"""Archives: images in order, by name; error records for damaged ones."""

import io
import os
import tarfile
from pathlib import Path

import pytest

from docreader.io.archives import InMemoryFile, is_archive
from docreader.io.inputs import input_name, iter_inputs
from docreader.io.records import ErrorRecord


@pytest.fixture
def pack(tmp_path):
    """A function that writes an archive: name=content, None for a folder."""

    def write(name, contents, mode="w"):
        with tarfile.open(tmp_path / name, mode) as archive:
            for member, content in contents.items():
                info = tarfile.TarInfo(member)
                if content is None:
                    info.type = tarfile.DIRTYPE
                    archive.addfile(info)
                else:
                    info.size = len(content)
                    archive.addfile(info, io.BytesIO(content))
        return str(tmp_path / name)

    return write


def test_archives_are_recognized_by_suffix():
    assert [
        name for name in ("a.tar", "a.TAR.GZ", "a.tgz", "a.tar.png", "tar", "a.zip") if is_archive(name)
    ] == [
        "a.tar",
        "a.TAR.GZ",
        "a.tgz",
    ]


@pytest.mark.parametrize(("name", "mode"), [("a.tar", "w"), ("a.tar.gz", "w:gz"), ("a.tar.xz", "w:xz")])
def test_images_come_in_the_archives_order(pack, name, mode):
    contents = {
        "z.png": b"1",
        "folder": None,
        "folder/a.TIF": b"22",
        "notes.txt": b"",
        ".b.png": b"",
        "c/.d/e.png": b"",
    }
    path = pack(name, contents, mode)
    assert list(iter_inputs([path])) == [
        InMemoryFile(f"{path}/z.png", b"1"),
        InMemoryFile(f"{path}/folder/a.TIF", b"22"),
    ]


def test_links_and_devices_are_skipped(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for name, kind in (
            ("l.png", tarfile.SYMTYPE),
            ("f.png", tarfile.FIFOTYPE),
            ("d.png", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    [record] = iter_inputs([str(tmp_path / "a.tar")])
    assert record.error.type == "EmptyFolderError"


def test_a_truncated_archive_yields_its_intact_members(pack, tmp_path):
    path = pack("a.tar", {"a.png": bytes(2000), "b.png": bytes(9000)})
    data = Path(path).read_bytes()
    broken = tmp_path / "broken.tar"
    broken.write_bytes(data[:5000])
    first, second = iter_inputs([str(broken)])
    assert first == InMemoryFile(f"{broken}/a.png", bytes(2000))
    assert (second.file, second.error.type) == (str(broken), "ArchiveReadError")
    broken.write_bytes(b"no archive" * 100)
    [record] = iter_inputs([str(broken)])
    assert record.error.type == "ArchiveReadError"


def test_a_member_over_the_limit_is_an_error_record(pack):
    path = pack("a.tar", {"a.png": bytes(300), "b.png": b"1"})
    first, second = iter_inputs([path], max_bytes=299)
    assert isinstance(first, ErrorRecord)
    assert "--max-bytes 299" in first.error.message
    assert input_name(first) == f"{path}/a.png"
    assert input_name(second) == f"{path}/b.png"


def test_a_missing_archive_is_left_to_the_loader(tmp_path):
    path = os.fspath(tmp_path / "none.tar")
    assert list(iter_inputs([path])) == [path]


def test_memory_does_not_grow_with_the_number_of_members(pack, monkeypatch):
    path = pack("a.tar", {f"{number}.png": b"1" for number in range(50)})
    opened = []
    open_archive = tarfile.open

    def spy(*arguments, **options):
        opened.append(open_archive(*arguments, **options))
        return opened[-1]

    monkeypatch.setattr(tarfile, "open", spy)
    assert all(len(opened[0].members) <= 1 for _ in iter_inputs([path]))
