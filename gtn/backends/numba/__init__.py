"""Kernels for the CPU, compiled on first use by numba; imported only when they are needed.

Each says the same as its counterpart in plain torch (``kernels_torch``, ``compose_torch``, ``nbest_torch``),
arc by arc instead of level by level, and gives the same numbers.
"""
