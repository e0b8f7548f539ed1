import pytest
import torch

from models.criteria import NEVER
from models.errors import ConfigurationError
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig

TEN = tuple("0123456789")


def test_parameters_of_each_layer_are_the_reviews():
    model = LeNetReview(LeNetReviewConfig(TEN))
    found = {name: sum(p.numel() for p in layer.parameters()) for name, layer in model.named_children()}
    assert found == {"c1": 156, "c3": 2416, "c5": 48_120, "f6": 10_164, "out": 850, "pool": 0}
    assert sum(found.values()) == 61_706


def test_no_character_is_as_good_as_never():
    found = LeNetReview(LeNetReviewConfig(TEN)).log_posteriors(torch.rand(3, 1, 32, 32))
    assert found.shape == (3, 11)
    assert (found[:, -1] == NEVER).all()
    assert torch.allclose(found.exp().sum(1), torch.ones(3))


@pytest.mark.parametrize("values", [{"labels": ("a",)}, {"labels": TEN, "channels": 2}])
def test_invalid_configuration_is_refused(values):
    with pytest.raises(ConfigurationError):
        LeNetReviewConfig(**values)
