"""Devices by name."""

import pytest

from docreader.errors import ConfigurationError
from docreader.runtime.device import find_device


def test_a_missing_device_is_refused_with_the_remedy():
    with pytest.raises(ConfigurationError, match=r"'cuda:97'.*auto, cpu, cuda or cuda:N"):
        find_device("cuda:97")
    assert find_device("cpu").type == "cpu"
    assert find_device("auto").type in ("cpu", "cuda")
