"""Engine: one result for each input, in order, whatever batch size and processes, and when they die."""

import multiprocessing
from functools import partial

import pytest

from docreader.errors import CalibrationError, NoMatchError
from docreader.io.records import ErrorRecord
from docreader.runtime.config import ReaderConfig
from docreader.runtime.engine import Engine

BROKEN = ErrorRecord.of("nowhere", NoMatchError("nothing"))


def summary(results):
    return [
        getattr(record, "text", None) or record.error.type for result in results for record in result.records
    ]


@pytest.mark.parametrize("batch_size", [1, 2, 3, 100])
def test_order_and_number_do_not_depend_on_the_batch(fake, scans, batch_size):
    folder = scans(a="1", b="bad", c="3", d="boom", e="5")
    inputs = [str(folder / f"{name}.png") for name in "abcde"]
    inputs.insert(2, BROKEN)
    results = list(Engine(partial(fake.load, ReaderConfig()), batch_size=batch_size).run(inputs))
    assert summary(results) == ["1", "ValueError", "NoMatchError", "3", "RuntimeError", "5"]
    assert [result.failed for result in results] == [False, True, True, False, True, False]
    assert results[2].name == "nowhere"


def test_inputs_are_consumed_lazily(fake, scans):
    path = str(scans(a="1") / "a.png")
    taken = []

    def endless():
        while True:
            taken.append(path)
            yield path

    results = Engine(partial(fake.load, ReaderConfig()), batch_size=4).run(endless())
    next(results)
    assert len(taken) == 4
    results.close()


def test_the_reader_is_loaded_before_anything_is_read(fake):
    with pytest.raises(CalibrationError):
        Engine(partial(fake.load, ReaderConfig(target_error=0.1))).run([BROKEN])


def test_processes_give_the_same_records_and_are_replaced_when_they_die(fake, scans):
    """One pool for all that processes must get right: starting them is what takes time."""
    folder = scans(a="1", b="bad", c="3", d="die", e="5", f="6\n7")
    inputs = [str(folder / f"{name}.png") for name in "abcdef"]
    inputs.insert(2, BROKEN)
    before = set(multiprocessing.active_children())
    results = list(Engine(partial(fake.load, ReaderConfig()), jobs=2, batch_size=2).run(inputs))
    assert summary(results) == ["1", "ValueError", "NoMatchError", "3", "WorkerError", "5", "6", "7"]
    assert "out of memory?" in results[4].records[0].error.message
    assert set(multiprocessing.active_children()) <= before


def test_an_error_of_loading_is_raised_in_the_parent(fake, scans):
    path = str(scans(a="1") / "a.png")
    with pytest.raises(CalibrationError, match="carries no calibration"):
        list(Engine(partial(fake.load, ReaderConfig(target_error=0.1)), jobs=2).run([path]))
