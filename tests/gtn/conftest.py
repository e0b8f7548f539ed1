"""Hypothesis profiles: `--hypothesis-profile=thorough` tries every property on more than 1,000 graphs."""

import torch
from hypothesis import HealthCheck, settings

COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much]}
settings.register_profile("fast", max_examples=60, **COMMON)
settings.register_profile("thorough", max_examples=1500, **COMMON)
settings.load_profile("fast")
torch.set_num_threads(1)
