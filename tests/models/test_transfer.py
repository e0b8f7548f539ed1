import pytest
import torch

from models.transfer import sent


@pytest.mark.parametrize("name", ["cpu", "meta"])
def test_a_tensor_is_sent_to_a_device(name):
    found = sent(torch.arange(3), torch.device(name))
    assert (found.device.type, found.shape) == (name, (3,))
