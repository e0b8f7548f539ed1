import pytest
import torch

from docreader.devices import find_device, sent
from docreader.errors import ConfigurationError


def test_a_device_that_is_not_there_is_named_with_the_way_out():
    with pytest.raises(ConfigurationError, match=r"'cuda:97'.*auto, cpu, cuda or cuda:N"):
        find_device("cuda:97")
    assert find_device("cpu").type == "cpu"
    assert find_device("auto").type in ("cpu", "cuda")


@pytest.mark.parametrize("name", ["cpu", "meta"])
def test_a_tensor_is_sent_to_a_device(name):
    found = sent(torch.arange(3), torch.device(name))
    assert (found.device.type, found.shape) == (name, (3,))
