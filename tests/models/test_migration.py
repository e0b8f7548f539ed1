"""Files of schema 1 load and give the outputs of the network that wrote them."""

import json

import pytest
import safetensors.torch
import torch

from models.alexnet import AlexNet, AlexNetConfig
from models.files import ARCHITECTURES, load_model
from models.historical.lenet1 import LeNet1
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5
from models.lenet5_sdnn import LeNet5SDNN
from models.migration import migrate
from models.pyramid import PyramidConfig, PyramidNet
from models.sdnn import SDNN, SDNNConfig
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.cleaning.pipeline import CleaningConfig
from segment.line_image import LineConfig
from segment.oversegmentation.graph import FEATURES as SEGMENT_FEATURES

DIGITS = tuple("0123456789")
FEATURES = ("width", "centre")
SCORER = {
    "labels": DIGITS,
    "features": FEATURES,
    "recognizer": "lenet",
    "channels": 2,
    "maps": [2, 3, 8, 6],
    "dropout": 0.2,
    "normalisation": "pooled",
    "rubbish": 50.0,
    "scale": 0.03,
}
"""Configuration of a segment scorer as schema 1 wrote it."""

SCHEMA_1 = {
    "alexnet": (
        lambda: AlexNet(AlexNetConfig(("a", "b"), "batch-norm", 224)),
        {"labels": ["a", "b"], "form": "batch-norm", "size": 224, "stride": 4, "dropout": 0.5},
        [(1, 3, 224, 224)],
    ),
    "lenet": (
        lambda: LeNet(LeNetConfig(maps=(2, 3, 8, 6), normalization="pooled")),
        {
            "labels": DIGITS,
            "channels": 1,
            "maps": [2, 3, 8, 6],
            "normalisation": "pooled",
            "dropout": 0.1,
        },
        [(2, 1, 32, 32)],
    ),
    "lenet1": (LeNet1, {"labels": DIGITS}, [(2, 1, 32, 32)]),
    "lenet5": (LeNet5, {"labels": DIGITS, "rubbish": 50.0, "scale": 1.0}, [(2, 1, 32, 32)]),
    "lenet5-swept": (LeNet5SDNN, {"labels": DIGITS, "rubbish": 50.0, "scale": 0.03}, [(1, 2, 32, 60)]),
    "lenet-review": (
        lambda: LeNetReview(LeNetReviewConfig(DIGITS)),
        {"labels": DIGITS, "channels": 1},
        [(2, 1, 32, 32)],
    ),
    "piece-reader": (
        lambda: SegmentScorer(SegmentScorerConfig(DIGITS, ("width", "center"), maps=(2, 3, 8, 6))),
        SCORER,
        [(2, 2, 32, 32), (2, 2)],
    ),
    "pyramid": (
        lambda: PyramidNet(PyramidConfig(("a", "b"))),
        {"labels": ["a", "b"], "levels": [1], "hidden": 0, "dropout": 0.5},
        [(1, 3, 80, 80)],
    ),
    "sdnn": (
        lambda: SDNN(SDNNConfig(maps=(2, 2, 4, 4))),
        {
            "labels": tuple("0123456789.-/$*x"),
            "channels": 2,
            "height": 32,
            "maps": [2, 2, 4, 4],
            "refine": 1,
            "context": [1, 2],
            "dropout": 0.15,
            "strided": False,
        },
        [(1, 2, 32, 60)],
    ),
}
"""By the name of schema 1: a function that builds the network, its configuration, and the shapes of its inputs."""


@pytest.mark.parametrize("architecture", SCHEMA_1)
def test_model_file_of_schema_1_gives_the_same_outputs(architecture, tmp_path):
    build, configuration, shapes = SCHEMA_1[architecture]
    torch.manual_seed(3)
    network = build().eval()
    header = {
        "kind": "reader",
        "name": "old",
        "version": "1",
        "architecture": architecture,
        "configuration": configuration,
        "labels": configuration["labels"],
        "preprocessing": {},
        "calibration": None,
        "training": {},
        "results": {},
    }
    strings = {"format": "docreader-model", "schema": "1"}
    strings |= {name: json.dumps(value) for name, value in header.items()}
    path = tmp_path / "old.safetensors"
    tensors = {key: tensor.float() for key, tensor in network.state_dict().items()}
    path.write_bytes(safetensors.torch.save(tensors, strings))
    loaded = load_model(path, kind="reader")
    assert loaded.module.config == network.config
    inputs = [torch.rand(shape) for shape in shapes]
    with torch.inference_mode():
        assert torch.equal(loaded.module(*inputs), network(*inputs))


def test_every_architecture_has_a_file_of_schema_1():
    known = {migrate({"architecture": name}, 1)["architecture"] for name in SCHEMA_1}
    assert known == set(ARCHITECTURES) - {"field-locator"}  # which is younger than that schema


def test_recipes_are_converted_and_the_current_schema_is_not():
    old = {"training": {"recipe": {"network": dict(SCORER)}}, "preprocessing": {"normalise": {"colour": 1}}}
    new = migrate(old, 1)
    network = new["training"]["recipe"]["network"]
    assert (network["backbone"], network["normalization"]) == ("wide", "pooled")
    assert "recognizer" not in network
    assert new["preprocessing"] == {"normalize": {"color": 1}}
    assert migrate(new, 2) == new


CLEANING = {
    "max_height": 80,
    "max_skew": 5.0,
    "max_slant": 40.0,
    "min_contrast": 12.0,
    "min_height": 30,
    "min_speck": 0.5,
    "rules": False,
    "slant_prior": 0.03,
}
CUTS = {
    "margin": 0.1,
    "max_ink": 0.7,
    "min_prominence": 0.02,
    "min_width": 0.4,
    "reach": 0.3,
    "sideways": 0.1,
    "spacing": 0.2,
}


def test_preprocessing_of_schema_1_loads_to_the_same_configuration():
    cleaning = CleaningConfig(80, 30, 12.0, False, 40.0, 0.03, 5.0, 0.5)
    line = {
        "cleaning": CLEANING,
        "height": 40,
        "ink": 30,
        "margin": 4,
        "max_scale": 2.0,
        "slant": 0.1,
        "stretch": 1.2,
    }
    loaded = migrate({"preprocessing": line}, 1)["preprocessing"]
    assert CleaningConfig(**loaded.pop("cleaning")) == cleaning
    assert LineConfig(**loaded, cleaning=cleaning) == LineConfig(40, 30, 4, 1.2, 2.0, 0.1, cleaning)
    pieces = {"cuts": CUTS, "min_area": 0.003, "nested": 0.8}
    old = {"max_gap": 0.2, "max_pieces": 5, "max_width": 1.5, "pieces": pieces}
    loaded = migrate({"preprocessing": {"cleaning": CLEANING, "candidates": old}}, 1)["preprocessing"]
    assert CleaningConfig(**loaded["cleaning"]) == cleaning
    assert loaded["candidates"] == {"max_gap": 0.2, "max_fragments": 5, "max_width": 1.5, "fragments": pieces}


def test_features_of_schema_1_are_those_of_the_segments():
    old = ["width", "height", "centre", "density", "gap", "extra_pieces"]
    assert (
        tuple(migrate({"configuration": {"features": old}}, 1)["configuration"]["features"])
        == SEGMENT_FEATURES
    )
