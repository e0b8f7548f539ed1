"""Visualization: pictures of readings, and of the pages that they were read from."""
