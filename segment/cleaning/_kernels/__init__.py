"""Compiled pixel loops of the cleaning steps."""
