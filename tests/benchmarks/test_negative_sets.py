"""Faults of fields are seen in the picture, harmless damage is beside the ink, and lists are free of held pictures."""

import csv

import cv2
import numpy as np
import pytest

from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph
from docreader.synthesis.glyph_bank import DigitBank

LABEL = "364728"


@pytest.fixture(scope="module")
def bank():
    images = []
    for number in range(10):
        image = np.zeros((112, 112), np.uint8)
        for stroke in parse_glyph(DIGITS[str(number)][0]).strokes:
            cv2.polylines(image, [np.round(stroke * 78 + [28, 94]).astype(np.int32)], False, 255, 8)
        images.append(cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA))
    return DigitBank(np.stack(images), np.arange(10, dtype=np.uint8))


def draw(label=LABEL):
    """Draw a field of plain digits on uneven paper, apart from one another."""
    rng = np.random.default_rng(3)
    image = np.full((70, 20 + 42 * len(label)), 215, np.uint8)
    for number, char in enumerate(label):
        cv2.putText(image, char, (14 + 42 * number, 54), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 60, 3, cv2.LINE_AA)
    return np.clip(image + rng.normal(0, 2, image.shape), 0, 255).astype(np.uint8)


@pytest.fixture
def field(script):
    found = script("real_fields").analyze(draw(), LABEL, "one")
    assert found is not None
    return found


def test_the_digits_of_a_field_are_found(field):
    assert field.exact
    assert field.chars == LABEL
    lefts = [box[0] for box in field.boxes]
    assert np.allclose(np.diff(lefts), 42, atol=8)
    assert field.paper.min() > 190  # no ink is left on it


def test_two_digits_that_touch_have_no_known_place(script):
    image = draw()
    cv2.line(image, (20, 40), (90, 40), 60, 3)
    assert not script("real_fields").analyze(image, LABEL, "one").exact


def test_every_fault_changes_the_picture(script, bank, field):
    faults = script("field_faults")
    for number, (kind, (_, fault)) in enumerate(faults.FAULTS.items()):
        made = None
        for attempt in range(60):
            made = faults.spoil(np.random.default_rng([number, attempt]), bank, field, fault)
            if made is not None:
                break
        assert made is not None, kind
        assert made.dtype == np.uint8
        same = made.shape == field.image.shape
        assert not same or (np.abs(made.astype(float) - field.image) > 25).sum() > 30, kind


def test_the_same_seed_gives_the_same_picture(script, bank, field):
    faults = script("field_faults")
    _, fault = faults.FAULTS["struck_line"]
    one, two = (faults.spoil(np.random.default_rng(8), bank, field, fault) for _ in range(2))
    assert np.array_equal(one, two)


def test_an_erased_digit_leaves_a_gap_between_others(script, bank, field):
    faults = script("field_faults")
    made = faults.spoil(np.random.default_rng(1), bank, field, faults.erased)
    columns = np.flatnonzero((made < 140).any(axis=0))
    width = max(box[2] - box[0] for box in field.boxes)
    assert np.diff(columns).max() > width


def test_a_cut_goes_through_ink(script, bank, field):
    faults = script("field_faults")
    for side in ("left", "right"):
        made = None
        for attempt in range(60):
            made = faults.spoil(np.random.default_rng(attempt), bank, field, faults.cut(side))
            if made is not None:
                break
        edge = made[:, :3] if side == "left" else made[:, -3:]
        assert made.shape[1] < field.image.shape[1]
        assert edge.min() < 140


def test_harmless_damage_leaves_the_line_in_the_picture(script, bank, field):
    faults, harmless = script("field_faults"), script("harmless_damage")
    for number, (kind, (_, damage)) in enumerate(harmless.HARMLESS.items()):
        made = faults.spoil(np.random.default_rng(number), bank, field, damage)
        width = field.image.shape[1]
        pictures = [made[:, x : x + width].astype(float) for x in range(made.shape[1] - width + 1)]
        alike = max(float(np.corrcoef(one.ravel(), field.image.ravel())[0, 1]) for one in pictures)
        assert alike > 0.5, kind


def test_lists_hold_no_picture_of_a_held_string_or_check(script, tmp_path, capsys):
    sets = script("negative_sets")
    rows = [
        {"file": name, "label": label, "kind": "k", "group": group, "amount": "", "origin": origin}
        for label in ("", "12")
        for name, group, origin in (
            ("a", "p", "page"),
            ("b", "s", "600"),
            ("c", "h", "held"),
            ("d", "x", "check"),
            ("e", "y", "check"),
        )
    ]
    sets.write_lists(tmp_path, rows, {"x": 0, "y": 1})

    def files(name):
        with (tmp_path / f"{name}.csv").open(newline="") as stream:
            return "".join(row["file"] for row in csv.DictReader(stream))

    for name in ("negatives", "altered"):
        assert files(name) == "abcde"
        assert files(f"{name}-600") == "ab"
        assert [files(f"{name}-fold{number}") for number in range(3)] == ["abe", "abd", "abde"]
