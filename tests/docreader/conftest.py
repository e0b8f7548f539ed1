"""Digits in MNIST's form, drawn, so that no data has to be there; small interpretation graphs."""

import gzip
import struct
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import gtn
from docreader.decoding import alphabet
from docreader.synthesis.alphabet import DIGITS
from docreader.synthesis.glyph import parse_glyph

HERE = Path(__file__).parent


@pytest.fixture
def fake(monkeypatch):
    """The module of the fake reader, in place of the real one."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.delitem(sys.modules, "fake_reader", raising=False)
    import fake_reader

    monkeypatch.setattr("docreader.cli.loading.load_reader", fake_reader.load)
    return fake_reader


@pytest.fixture
def scans(tmp_path):
    """A function that writes inputs: name=content."""

    def write(**contents):
        for name, content in contents.items():
            (tmp_path / f"{name}.png").write_text(content)
        return tmp_path

    return write


@pytest.fixture
def idx_digits(tmp_path):
    """A folder with two training images of each digit."""
    folder = tmp_path / "idx-digits"
    folder.mkdir()
    images = np.stack([_draw(drawing) for drawings in DIGITS.values() for drawing in drawings[:2]])
    values = np.array([int(digit) for digit in DIGITS for _ in range(2)], np.uint8)
    for name, array in (("images-idx3", images), ("labels-idx1", values)):
        header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
        (folder / f"train-{name}-ubyte.gz").write_bytes(gzip.compress(header + array.tobytes()))
    return folder


@pytest.fixture(scope="session")
def lattice():
    """Makes a graph of one segment after another."""
    return _lattice


def _lattice(rows: list[dict[str, float]]) -> gtn.Graph:
    """One segment after another, each with scores for some characters; segment k has payload k."""
    arcs = [(k, alphabet.INDEX[c], score) for k, row in enumerate(rows) for c, score in row.items()]
    return gtn.Graph.from_arcs(
        [k for k, _, _ in arcs],
        [k + 1 for k, _, _ in arcs],
        [label for _, label, _ in arcs],
        weight=[score for *_, score in arcs],
        num_states=len(rows) + 1,
        start=0,
        final=len(rows),
        payload=[k for k, _, _ in arcs],
    )


def _draw(drawing):
    glyph = parse_glyph(drawing)
    image = np.zeros((112, 112), np.uint8)
    unit = 80 / max(1.0, glyph.width)
    for stroke in glyph.strokes:
        points = np.round(stroke * unit + [56 - glyph.width * unit / 2, 56 + unit / 2]).astype(np.int32)
        cv2.polylines(image, [points], False, 255, 8)
    return cv2.resize(image, (28, 28), interpolation=cv2.INTER_AREA)
