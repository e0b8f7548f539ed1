"""Records: through JSON and back, always valid under the schema."""

import csv
import io
import json
import os

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from docreader.errors import RecordError
from docreader.io.records import (
    CSV_COLUMNS,
    Alternative,
    Character,
    ErrorRecord,
    Failure,
    ModelInfo,
    Reading,
    from_json,
    printable,
    schema_text,
    to_csv,
    to_json,
    to_text,
)

SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

names = st.binary(min_size=1, max_size=20).map(os.fsdecode)
probabilities = st.floats(0, 1)
amounts = st.none() | st.decimals(0, 10**12, places=2).map(str)
numbers = st.floats(allow_nan=False, allow_infinity=False)
boxes = st.tuples(*[st.integers(0, 5000)] * 4)
characters = st.builds(Character, boxes, st.sampled_from("0123456789,."), numbers)
models = st.builds(ModelInfo, st.text(), st.text(), st.text("0123456789abcdef", min_size=64, max_size=64))
errors = st.builds(
    ErrorRecord,
    file=st.none() | names,
    page=st.none() | st.integers(1, 999),
    error=st.builds(Failure, st.text(min_size=1), st.text()),
)


@st.composite
def readings(draw):
    reason = draw(st.none() | st.text())
    return Reading(
        file=draw(st.none() | names),
        page=draw(st.integers(1, 999)),
        text=draw(st.text()),
        amount=draw(amounts),
        currency=draw(st.none() | st.sampled_from(["USD", "INR"])),
        confidence=draw(probabilities),
        decision="accept" if reason is None else "reject",
        reason=reason,
        alternatives=tuple(
            draw(st.lists(st.builds(Alternative, st.text(), amounts, probabilities), max_size=3))
        ),
        bbox=draw(st.none() | boxes),
        characters=tuple(draw(st.lists(characters, max_size=4))),
        method="hos",
        model=draw(models),
        locator=draw(st.none() | models),
    )


records = st.one_of(readings(), errors)


def reading(**values):
    standard = {
        "file": "a.png",
        "page": 1,
        "text": "1,234.56",
        "amount": "1234.56",
        "currency": "USD",
        "confidence": 0.75,
        "decision": "accept",
        "method": "hos",
        "model": ModelInfo("m", "1", "0" * 64),
    }
    return Reading(**{**standard, **values})


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@given(records)
def test_json_is_one_ascii_line_that_the_schema_accepts_and_that_reads_back(record):
    line = to_json(record)
    assert line.isascii()
    assert "\n" not in line
    VALIDATOR.validate(json.loads(line))
    assert from_json(line) == record


@given(names)
def test_every_file_name_survives(name):
    record = ErrorRecord(file=name, error=Failure("X", ""))
    assert os.fsencode(json.loads(to_json(record))["file"]) == os.fsencode(name)
    stream = io.BytesIO()
    text = io.TextIOWrapper(stream, encoding="utf-8", errors="surrogateescape", newline="")
    csv.writer(text).writerow(to_csv(record))
    text.flush()
    text = io.TextIOWrapper(
        io.BytesIO(stream.getvalue()), encoding="utf-8", errors="surrogateescape", newline=""
    )
    [row] = csv.reader(text)
    assert os.fsencode(row[0]) == os.fsencode(name)


@given(records)
def test_a_row_of_csv_has_all_columns(record):
    assert len(to_csv(record)) == len(CSV_COLUMNS)


@given(records)
def test_text_is_one_line_that_steers_no_terminal(record):
    assert to_text(record).isprintable()


def test_the_fields_are_in_the_order_of_the_design():
    assert list(json.loads(to_json(reading()))) == SCHEMA["$defs"]["reading"]["required"]


def test_csv_names_the_runner_up_and_the_box():
    record = reading(alternatives=(Alternative("1,284.56", "1284.56", 0.2),), bbox=(1, 2, 30, 40))
    row = dict(zip(CSV_COLUMNS, to_csv(record), strict=True))
    assert row["second_text"] == "1,284.56"
    assert row["second_confidence"] == "0.2"
    assert [row[name] for name in "xywh"] == ["1", "2", "30", "40"]
    assert row["reason"] == row["error_type"] == ""


def test_text_has_amount_decision_and_file():
    second = (Alternative("1,284.56", "1284.56", 0.2),)
    assert to_text(reading()) == "accept  1,234.56           1234.56 USD        0.7500 a.png"
    line = to_text(reading(decision="reject", reason="low_confidence", alternatives=second, page=3))
    assert line.endswith("a.png page 3  (low_confidence; or 1,284.56 at 0.2000)")
    failed = to_text(ErrorRecord.of("b.png", ValueError("it is broken")))
    assert failed.split() == ["failed", "b.png:", "it", "is", "broken"]
    failed = to_text(ErrorRecord.of("b.png", ValueError("b.png is broken")))
    assert failed.split() == ["failed", "b.png", "is", "broken"]


@pytest.mark.parametrize(
    "values",
    [
        {"confidence": 1.5},
        {"confidence": float("nan")},
        {"decision": "maybe"},
        {"decision": "reject"},
        {"reason": "blank"},
    ],
)
def test_nonsense_is_refused(values):
    with pytest.raises(RecordError):
        reading(**values)


def test_a_score_that_json_has_not_is_refused():
    broken = reading(characters=(Character((0, 0, 1, 1), "1", float("-inf")),))
    with pytest.raises(RecordError, match=r"a\.png"):
        to_json(broken)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("", "no.*JSON|not a line of JSON"),
        ("[1]", "list"),
        ("{}", "schema None"),
        ('{"schema": 99}', "schema 99"),
        ('{"schema": 2}', "malformed"),
        ('{"schema": 2, "error": 3}', "malformed"),
        ('{"schema": 2, "error": {"type": "a", "message": "b"}, "nonsense": 1}', "malformed"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_what_is_no_record_is_refused(line, message):
    with pytest.raises(RecordError, match=message):
        from_json(line)


def test_an_error_without_a_message_is_named_by_its_type():
    assert ErrorRecord.of("a", ValueError()).error == Failure("ValueError", "ValueError")


def test_printable_escapes_what_a_terminal_would_obey():
    assert printable("a\x1b[2J\udcff\n\u2028é") == r"a\x1b[2J\xff\n\u2028é"
