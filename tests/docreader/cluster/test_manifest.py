"""Manifests: checks before anything is read, images named by URL."""

import pytest

pytest.importorskip("pyarrow")

from docreader.cluster.manifest import check_manifest, fetch
from docreader.errors import ManifestError
from docreader.io.archives import InMemoryFile


@pytest.mark.parametrize("content", [b"name\na\n", b"\x00\xff", b""])
def test_file_without_the_column_is_refused(tmp_path, content):
    for name in ("a.csv", "a.parquet"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ManifestError, match="column 'file'"):
            check_manifest(str(tmp_path / name))
    with pytest.raises(ManifestError, match="cannot read"):
        check_manifest(str(tmp_path / "none.csv"))


def test_fetch_by_url(tmp_path):
    pytest.importorskip("fsspec")
    (tmp_path / "a.png").write_bytes(b"12345")
    url = (tmp_path / "a.png").as_uri()
    assert fetch("a.png", 9) == "a.png"
    assert fetch(url, 5) == InMemoryFile(url, b"12345")
    assert "--max-bytes" in fetch(url, 4).error.message
    assert fetch(url + "x", 9).error.type == "RemoteReadError"
    assert str(tmp_path) in fetch(url + "x", 9).file
