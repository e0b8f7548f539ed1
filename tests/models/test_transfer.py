import pytest
import torch

from models.transfer import to_device


@pytest.mark.parametrize("name", ["cpu", "meta"])
def test_tensor_is_copied_to_device(name):
    found = to_device(torch.arange(3), torch.device(name))
    assert (found.device.type, found.shape) == (name, (3,))
