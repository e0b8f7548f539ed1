"""Evaluation: comparison of readings with the ground truth, metrics with confidence intervals, reports."""
