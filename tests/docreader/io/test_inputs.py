"""Inputs: files, folders, patterns and lists expand to paths in order."""

import io
import os
from collections import Counter

import pytest

from docreader.io.inputs import describe_passed_over, iter_inputs, read_list
from docreader.io.records import ErrorRecord


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("b.png", "a.JPG", "notes.txt", ".hidden.png", "sub/c.tif", "sub/deep/d.png", ".git/e.png"):
        file = tmp_path / "tree" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def paths(*arguments, stdin=None):
    return list(iter_inputs(arguments, stdin))


def types(items):
    return [item.error.type if isinstance(item, ErrorRecord) else item for item in items]


def test_a_folder_is_its_images_sorted_own_files_first(tree):
    assert paths("tree") == ["tree/a.JPG", "tree/b.png", "tree/sub/c.tif", "tree/sub/deep/d.png"]


def test_files_keep_their_order_their_spelling_and_their_number(tree):
    assert paths("./tree/b.png", "tree//a.JPG", "./tree/b.png") == [
        "./tree/b.png",
        "tree//a.JPG",
        "./tree/b.png",
    ]


def test_a_named_file_is_yielded_whatever_its_suffix(tree):
    assert paths("tree/notes.txt", "missing.png") == ["tree/notes.txt", "missing.png"]


def test_patterns(tree):
    assert paths("tree/*.png") == ["tree/b.png"]
    assert paths("tree/**/*.png") == ["tree/b.png", "tree/sub/deep/d.png"]
    assert paths("tree/su?") == ["tree/sub/c.tif", "tree/sub/deep/d.png"]


def test_a_file_named_like_a_pattern_is_a_file(tree):
    (tree / "scan[1].png").touch()
    assert paths("scan[1].png") == ["scan[1].png"]


def test_arguments_without_files_are_error_records(tree):
    assert types(paths("*.xyz", "empty", "tree/b.png")) == ["NoMatchError", "EmptyFolderError", "tree/b.png"]


def test_a_loop_of_links_ends(tree):
    (tree / "tree" / "sub" / "loop").symlink_to(tree / "tree")
    assert len(paths("tree")) == 4


def test_only_files_are_taken_from_a_folder(tree):
    os.mkfifo(tree / "tree" / "pipe.png")
    (tree / "tree" / "dangling.png").symlink_to("nowhere")
    assert len(paths("tree")) == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_an_unreadable_folder_is_an_error_record(tree):
    (tree / "tree" / "sub").chmod(0)
    try:
        assert "FolderReadError" in types(paths("tree"))
    finally:
        (tree / "tree" / "sub").chmod(0o755)


def test_a_vanished_folder_is_an_error_record(tree, monkeypatch):
    def listing(folder, onerror):
        onerror(PermissionError(13, "Permission denied", f"{folder}/secret"))
        yield from ()

    monkeypatch.setattr("docreader.io.inputs.os.walk", listing)
    [record] = paths("tree")
    assert record.file == "tree/secret"
    assert record.error.type == "FolderReadError"


def test_names_that_are_no_utf8(tree):
    name = os.fsdecode(b"tree/\xff\n.png")
    (tree / name).touch()
    assert name in paths("tree")


def test_a_list_on_standard_input(tree):
    listed = io.BytesIO(b"tree/b.png\r\n\n  spaced.png\nempty\ntree/sub\n")
    assert types(paths("-", "x.png", stdin=listed)) == [
        "tree/b.png",
        "  spaced.png",
        "EmptyFolderError",
        "tree/sub/c.tif",
        "tree/sub/deep/d.png",
        "x.png",
    ]


@pytest.mark.parametrize("buffered", [False, True])
def test_a_list_separated_by_nul(buffered):
    data = b"a\nb.png\0\xff.png\0" + b"x" * 9000 + b".png\0"
    stream = io.BufferedReader(io.BytesIO(data)) if buffered else io.BytesIO(data)
    assert [os.fsencode(name) for name in read_list(stream)] == data.split(b"\0")[:-1]


def test_a_list_is_read_as_it_comes():
    reading, writing = os.pipe()
    with open(reading, "rb") as stream, open(writing, "wb", buffering=0) as sink:  # noqa: PTH123
        sink.write(b"first.png\n")
        names = read_list(stream)
        assert next(names) == "first.png"
        sink.write(b"second.png\n")
        assert next(names) == "second.png"


@pytest.mark.parametrize("buffered", [False, True])
@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"%PDF-1.4\n", b"GIF89a\1\0\1\0\0\0"]
)
def test_an_image_in_place_of_a_list_is_one_error(start, buffered):
    data = start + bytes(range(256)) * 3
    stream = io.BufferedReader(io.BytesIO(data)) if buffered else io.BytesIO(data)
    [record] = paths("-", stdin=stream)
    assert record.file == "-"
    assert record.error.type == "PathListError"
    assert "- takes a list of paths" in record.error.message


def test_files_that_a_folder_passes_over_are_counted(tree):
    for name in ("x.jfif", "x.JFIF", "x.dat", "x", "y"):
        (tree / "tree" / name).touch()
    counts = Counter()
    assert len(list(iter_inputs(["tree", "tree/sub", "empty"], passed_over=counts))) == 7
    assert counts == {".txt": 1, ".jfif": 2, ".dat": 1, "": 2}
    text = describe_passed_over(counts)
    assert text.startswith(
        "6 files in folders were passed over (2 without a suffix, 2 .jfif, 1 .dat, 1 .txt): "
    )
    assert ".png .jpg .jpeg .tif .tiff .pdf" in text


def test_a_pattern_in_a_list_is_a_name(tree):
    assert paths("-", stdin=io.BytesIO(b"tree/*.png\n")) == ["tree/*.png"]
