"""Chance that starts anew for each test, whatever runs before it."""

import pytest
import torch


@pytest.fixture(autouse=True)
def torch_seed():
    torch.manual_seed(0)
