"""Confidence: temperature scaling, acceptance thresholds, cross-fitting and calibration metrics."""
