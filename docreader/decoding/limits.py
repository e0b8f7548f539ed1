"""Limit of memory in the search."""

MAX_ARCS = 20_000_000
"""Arcs of the composed graph of a field, or of fields searched together: 1 to 2 GB. An amount has some thousand."""
