"""Reading by segments, with test-time augmentation by shear."""

import numpy as np
import pytest
import torch

import gtn
from docreader.decoding.alphabet import DIGITS
from docreader.decoding.lattice import segment_interpretation
from docreader.recognition import hos
from docreader.recognition.hos import HosRecognizer, scorer_config, segment_images, segment_scoring, shear_tta
from models.files import LoadedModel, describe
from models.lenet5 import LeNet5Config
from models.segment_scorer import SegmentScorer, SegmentScorerConfig
from segment.oversegmentation.graph import FEATURES


@pytest.fixture
def network():
    torch.manual_seed(0)
    config = SegmentScorerConfig(tuple(DIGITS), FEATURES, maps=(2, 3, 8, 6), dropout=0.0)
    return SegmentScorer(config).eval()


@pytest.fixture
def segments():
    generator = torch.Generator().manual_seed(1)
    return torch.rand(7, 2, 32, 32, generator=generator), torch.rand(7, len(FEATURES), generator=generator)


def method(network):
    metadata = describe(network, kind="reader", name="mine", version="1")
    return HosRecognizer(
        LoadedModel(network, metadata.labels, metadata, "", "mine", "1"), torch.device("cpu")
    )


def test_from_one_side_alone_it_is_the_network(network, segments, monkeypatch):
    monkeypatch.setattr(hos, "TTA_SHEARS", hos.TTA_SHEARS[:1])
    with torch.inference_mode():
        assert torch.allclose(shear_tta(network, *segments), network(*segments), atol=1e-4)


def test_it_is_the_mean_of_probabilities(network, segments, monkeypatch):
    pictures, features = segments
    with torch.inference_mode():
        whole = shear_tta(network, pictures, features)
        single = []
        for view in hos.TTA_SHEARS:
            monkeypatch.setattr(hos, "TTA_SHEARS", view[None])
            single.append(shear_tta(network, pictures, features) - network.join(torch.zeros(7, 11), features))
        mean = torch.stack(single).exp().mean(0).log()
        assert torch.allclose(whole - network.join(torch.zeros(7, 11), features), mean, atol=1e-4)
    assert not torch.allclose(whole, network(pictures, features), atol=1e-3)


def test_one_shear_makes_a_slanted_picture_upright():
    upright = torch.zeros(1, 1, 32, 32)
    upright[..., 4:28, 15:17] = 1.0
    rows = torch.arange(32)[:, None]
    columns = (torch.arange(32)[None] + 0.18 * (rows - 15.5)).round().long().clamp(0, 31)
    slanted = upright[0, 0][rows, columns][None, None]
    sheared = []
    for view in hos.TTA_SHEARS:
        grid = torch.nn.functional.affine_grid(view[None], [1, 1, 32, 32], align_corners=False)
        sheared.append(torch.nn.functional.grid_sample(slanted, grid, align_corners=False))
    apart = [float((picture - upright).abs().sum()) for picture in sheared]
    assert apart.index(min(apart)) in (1, 2)
    assert min(apart) < 0.5 * apart[0]


def test_lenet5_to_the_letter_has_one_view(network, segments):
    letter = SegmentScorer(scorer_config(LeNet5Config())).eval()
    assert segment_scoring(letter) is letter
    with torch.inference_mode():
        assert segment_scoring(network)(*segments).equal(shear_tta(network, *segments))


def test_fields_are_scored_with_all_shears(network):
    field = np.full((60, 160), 255, np.uint8)
    field[15:45, 40:44] = field[15:45, 90:94] = 0
    reader = method(network)
    assert reader.defer_below == ()
    with torch.inference_mode():
        prepared = [reader.prepare(field)] * 2
        lattice = reader.score(prepared)
        found = lattice.graph
        images = (
            torch.from_numpy(
                np.concatenate([segment_images(one.segmentation, 2) for one in prepared])
            ).float()
            / 255
        )
        features = torch.from_numpy(np.concatenate([one.segmentation.features for one in prepared]))
        scores = shear_tta(network, images, features)
        expected = segment_interpretation(
            gtn.batch([one.segmentation.graph for one in prepared]), scores, network.classes
        )
    assert found.src.equal(expected.src)
    assert lattice.origin[found.payload, 2].equal(expected.payload)
    assert found.weight.allclose(expected.weight, atol=1e-4)
