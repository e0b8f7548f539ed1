import threading

import pytest

from models import safetensors_io


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    safetensors_io.write_atomically(path, b"old")

    def fail(_):
        raise OSError("disk full")

    monkeypatch.setattr(safetensors_io.os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        safetensors_io.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_concurrent_readers_find_the_old_or_the_new_content(tmp_path):
    path = tmp_path / "file"
    contents = [bytes([n]) * 100_000 for n in range(2)]
    safetensors_io.write_atomically(path, contents[0])
    done = threading.Event()

    def write():
        for n in range(30):
            safetensors_io.write_atomically(path, contents[n % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert path.read_bytes() in contents
    writer.join()
