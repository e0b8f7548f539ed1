"""Decoding: alphabet, lattice, grammar, and search for the best strings (GBL98 sec. IV-D)."""
