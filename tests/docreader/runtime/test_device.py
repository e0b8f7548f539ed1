import pytest

from docreader.errors import ConfigurationError
from docreader.runtime.device import find_device


def test_a_device_that_is_not_there_is_named_with_the_way_out():
    with pytest.raises(ConfigurationError, match=r"'cuda:97'.*auto, cpu, cuda or cuda:N"):
        find_device("cuda:97")
    assert find_device("cpu").type == "cpu"
    assert find_device("auto").type in ("cpu", "cuda")
