"""Confidence: temperature scaling, acceptance thresholds, cross-fitting, and metrics of confidences and strings."""
