import pytest
import torch

from models.errors import ConfigurationError
from models.files import describe, load_model, save_model
from models.segment_scorer import KINDS, SegmentScorer, SegmentScorerConfig

FEATURES = ("width", "height")
DIGITS = tuple("0123456789")


def config(**values):
    return SegmentScorerConfig(**{"labels": DIGITS, "features": FEATURES, "maps": (2, 3, 8, 6)} | values)


def test_points_and_dashes_take_the_rubbish_class():
    reader = SegmentScorer(config())
    with torch.no_grad():
        reader.shape.normal_()
    posteriors = torch.log_softmax(torch.randn(4, 11), dim=1)
    shapes = torch.rand(4, 2)
    scores, kinds = reader.join(posteriors, shapes), reader.kinds(shapes)
    assert reader.classes == (*DIGITS, ".", "-", "#")
    assert torch.allclose(scores[:, :10], kinds[:, :1] + posteriors[:, :10])
    for column, kind in ((10, "point"), (11, "dash"), (12, "dirt")):
        assert torch.allclose(scores[:, column], kinds[:, KINDS.index(kind)] + posteriors[:, 10])


def test_recognizer_with_points_and_dashes_scores_them():
    reader = SegmentScorer(config(labels=(*DIGITS, ".", "-", "$")))
    posteriors = torch.log_softmax(torch.randn(4, 14), dim=1)
    shapes = torch.rand(4, 2)
    scores, kinds = reader.join(posteriors, shapes), reader.kinds(shapes)
    assert reader.classes == (*DIGITS, ".", "-", "$", "#")
    assert torch.allclose(scores[:, 10], kinds[:, 1] + posteriors[:, 10])
    assert torch.allclose(scores[:, 12], kinds[:, 0] + posteriors[:, 12])
    assert torch.allclose(scores[:, 13], kinds[:, 3] + posteriors[:, 13])


@pytest.mark.parametrize(
    ("values", "channels"),
    [({"channels": 2}, 2), ({"channels": 1}, 1), ({"backbone": "lenet5", "channels": 1}, 1)],
)
def test_model_file_restores_the_scores(tmp_path, values, channels):
    reader = SegmentScorer(config(**values)).eval()
    save_model(tmp_path / "m.safetensors", reader, describe(reader, kind="reader", name="m", version="1"))
    loaded = load_model(tmp_path / "m.safetensors", kind="reader").module
    pictures, shapes = torch.rand(5, channels, 32, 32), torch.rand(5, 2)
    assert torch.equal(loaded(pictures, shapes), reader(pictures, shapes))


@pytest.mark.parametrize(
    "values",
    [{"backbone": "alexnet"}, {"backbone": "lenet5"}, {"channels": 3}, {"features": ()}],
)
def test_invalid_configuration_is_refused(values):
    with pytest.raises(ConfigurationError):
        config(**values)
