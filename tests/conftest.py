"""Chance is the same in each run and for each test, whichever ran before it.

Hypothesis draws the same 60 cases for each property each time; `pytest --hypothesis-profile=thorough` draws 1,000
others.
"""

from collections.abc import Iterator

import pytest
import torch
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
settings.register_profile("fast", max_examples=60, derandomize=True, **COMMON)
settings.register_profile("thorough", max_examples=1000, **COMMON)
if settings.get_current_profile_name() == "default":
    settings.load_profile("fast")
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    """What is drawn from torch without a generator of its own."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        yield
