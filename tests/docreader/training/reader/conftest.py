from dataclasses import fields

import cv2
import numpy as np
import pytest
import torch

from docreader.decoding import alphabet
from docreader.training.reader.examples_hos import segment_example_factory
from docreader.training.reader.examples_sdnn import LabeledLineImage
from docreader.training.reader.recipe import LineAugmentation, ReaderRecipe, SegmentAugmentation
from docreader.training.reader.trainer import train_reader
from docreader.training.reader.transcription import encode
from models.sdnn import SDNNConfig
from models.segment_scorer import SegmentScorerConfig
from segment.oversegmentation.graph import FEATURES

NETWORK = SDNNConfig(
    labels=tuple(alphabet.CHARACTERS), maps=(4, 8, 24, 16), refine=0, context=(1,), dropout=0.0
)
STILL = LineAugmentation(**dict.fromkeys((f.name for f in fields(LineAugmentation)), 0) | {"shift": (0, 0)})


SEGMENT_NETWORK = SegmentScorerConfig(
    tuple(alphabet.DIGITS), FEATURES, channels=2, maps=(4, 8, 24, 16), dropout=0.0
)
STILL_SEGMENTS = SegmentAugmentation(**dict.fromkeys((f.name for f in fields(SegmentAugmentation)), 0))


def draw(text):
    """Draw bars (1), rings (0) and dots (.), which a small network learns in seconds."""
    image = np.zeros((32, 12 + 20 * len(text)), np.uint8)
    for number, character in enumerate(text):
        x = 16 + 20 * number
        if character == "1":
            cv2.line(image, (x, 4), (x, 27), 255, 3)
        elif character == "0":
            cv2.ellipse(image, (x, 16), (7, 11), 0, 0, 360, 255, 3)
        else:
            cv2.circle(image, (x, 26), 2, 255, -1)
    return np.stack([image, image])


def line(text, label=None):
    target, digits_only = encode(label or text, "toy.csv, line 1")
    return LabeledLineImage("toy.csv, line 1", draw(text), target, digits_only)


@pytest.fixture
def toys():
    """Twelve strings whose points are not transcribed."""
    texts = ["0", "1", "10", "01", "00", "11", "1.0", "0.1", "1.00", "0.1.1", "10.1", "110."]
    return [line(text, text.replace(".", "")) for text in texts]


@pytest.fixture
def recipe():
    """A few epochs of a small network, no augmentation."""
    return ReaderRecipe(
        epochs=3, batch_size=6, lr=0.01, ema=0.5, network=NETWORK, augmentation=STILL, weight_decay=0.0
    )


@pytest.fixture
def fields_recipe():
    """A few epochs of a small segment scorer, no augmentation."""
    return ReaderRecipe(
        epochs=3,
        batch_size=6,
        lr=0.01,
        ema=0.5,
        network=SEGMENT_NETWORK,
        augmentation=STILL_SEGMENTS,
        weight_decay=0.0,
    )


def field(text, label=None, copies=0):
    """A field of the same bars, rings and dots."""
    image = cv2.copyMakeBorder(draw(text)[0], 6, 6, 0, 12, cv2.BORDER_CONSTANT)
    target, digits_only = encode(label or text, "toy.csv, line 1")
    return segment_example_factory(2, copies, 1)(255 - image, "toy.csv, line 1", target, digits_only)


@pytest.fixture
def field_toys():
    """Twelve fields; points are not transcribed in the first nine."""
    texts = ["0", "1", "10", "01", "00", "11", "1.0", "0.1", "1.00"]
    return [field(text, text.replace(".", "")) for text in texts] + [
        field(t) for t in ("0.1.1", "10.1", "1.10")
    ]


@pytest.fixture
def whole_and_resumed(tmp_path):
    """A function that trains twice, the second time stopped after two epochs and resumed; both outcomes."""

    def train(examples, recipe):
        def run(name, **more):
            return train_reader(examples, examples[:4], examples, recipe, tmp_path / name, **more)

        def stop(row):
            if row["epoch"] == 2:
                raise KeyboardInterrupt

        whole = run("whole")
        with pytest.raises(KeyboardInterrupt):
            run("parts", on_epoch=stop)
        torch.rand(7)  # whatever happened to the global generator in between
        return whole, run("parts", resume=True)

    return train
