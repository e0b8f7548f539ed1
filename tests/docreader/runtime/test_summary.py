"""Counts of a run and the exit status that follows from them."""

import pytest

from docreader.cli.exits import Exit, exit_status
from docreader.io.records import ErrorRecord
from docreader.runtime.summary import RunSummary
from tests.docreader.readings import reading

FAILED = ErrorRecord.of("b.png", ValueError("broken"))


@pytest.mark.parametrize(
    ("runs", "status"),
    [
        ([], Exit.OK),
        ([[reading()], [reading("blank")]], Exit.OK),
        ([[reading()], [FAILED]], Exit.SOME_FAILED),
        ([[reading(), FAILED]], Exit.SOME_FAILED),
        ([[FAILED], [FAILED, FAILED]], Exit.ALL_FAILED),
    ],
)
def test_exit_status_of_a_run(runs, status):
    summary = RunSummary()
    for records in runs:
        summary.add(records)
    assert exit_status(summary) is status


def test_summary_counts_images_not_pages():
    summary = RunSummary()
    summary.add([reading(), reading("blank"), FAILED])
    assert summary.line(2.0) == "1 image: 1 accepted, 1 rejected, 1 failed; 0.5 images/s"
    summary.add([reading()])
    assert summary.line(2.0, read_now=1).startswith("2 images (1 of them in the earlier run): 2 accepted")
    assert summary.line(2.0, read_now=0).endswith("no image read")
