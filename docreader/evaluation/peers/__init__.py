"""Comparison with other readers on the same labeled images, each in a process of its own."""
