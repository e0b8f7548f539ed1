"""Recognizers: from prepared fields to lattices of characters (SDNN, HOS, their ensemble)."""
