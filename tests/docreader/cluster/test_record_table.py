"""Records as parquet files: columns, counts, torn files."""

import pytest

pytest.importorskip("pyarrow")

import pyarrow as pa
import pyarrow.parquet as pq

from docreader.cluster.record_table import files_read, open_parts, summarize, to_table
from docreader.errors import ManifestError
from docreader.io.records import ErrorRecord, from_json
from docreader.runtime.config import ReaderConfig
from docreader.runtime.summary import RunSummary
from tests.docreader import fake_reader


@pytest.fixture
def part(tmp_path, scans):
    """A parquet file of five images with six records."""
    scans(a="1", b="bad", c="3\nbad", d="5 0.1")
    names = [str(tmp_path / f"{name}.png") for name in "abcd"]
    records = [record for one in fake_reader.load(ReaderConfig()).read_batch(names) for record in one]
    records.append(ErrorRecord.of("\udce9.png", ValueError("\udce9")))
    path = tmp_path / "part.parquet"
    pq.write_table(to_table(records), path)
    return path, names, records


def test_rows_hold_the_records(part):
    path, names, records = part
    rows = pq.read_table(path).to_pylist()
    assert [row["file"] for row in rows] == [*(names[n] for n in (0, 1, 2, 2, 3)), "\\udce9.png"]
    assert [row["text"] for row in rows] == ["1", None, "3", None, "5", None]
    assert [row["decision"] for row in rows] == ["accept", None, "accept", None, "reject", None]
    assert [from_json(row["record"]) for row in rows] == records


def test_counts_are_those_of_images(part):
    path, names, _ = part
    assert summarize(path.parent) == RunSummary(inputs=5, accepted=2, rejected=1, failed=3, lost=2)
    assert files_read(path.parent).to_pylist() == [*names, "\\udce9.png"]
    assert summarize(path.parent / "none") == RunSummary()
    assert files_read(path.parent / "none").to_pylist() == []


def test_torn_file_is_deleted_and_a_foreign_one_refused(part):
    path, _, _ = part
    torn = path.with_name("torn.parquet")
    torn.write_bytes(path.read_bytes()[:-100])
    assert open_parts(path.parent) == [path]
    assert not torn.exists()
    pq.write_table(pa.table({"file": ["a"]}), torn)
    with pytest.raises(ManifestError, match="name another folder"):
        open_parts(path.parent)
