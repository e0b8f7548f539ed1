"""The numba back end: loops over arcs for the CPU, compiled on first use.

Each interface module (``compose``, ``distance``, ``nbest``, ``frame_score``) has the functions of its counterpart in
``gtn.backends.torch`` and returns the same numbers, arc by arc instead of level by level.
"""
