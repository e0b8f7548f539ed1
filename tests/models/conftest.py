import pytest
import torch


@pytest.fixture(autouse=True)
def _seeded():
    """Seed the global generator of torch, and restore it after the test."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
