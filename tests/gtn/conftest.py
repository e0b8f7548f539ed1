"""Hypothesis profiles: `pytest tests/gtn --hypothesis-profile=thorough` tries each property on 1,500 draws."""

import torch
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
settings.register_profile("fast", max_examples=60, **COMMON)
settings.register_profile("thorough", max_examples=1500, **COMMON)
if settings.get_current_profile_name() == "default":
    settings.load_profile("fast")
torch.set_num_threads(1)
