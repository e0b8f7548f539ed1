"""Hypothesis profiles: `pytest tests/gtn --hypothesis-profile=thorough` draws 1,000 cases for each property."""

import torch
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
settings.register_profile("fast", max_examples=60, **COMMON)
settings.register_profile("thorough", max_examples=1000, **COMMON)
if settings.get_current_profile_name() == "default":
    settings.load_profile("fast")
torch.set_num_threads(1)
