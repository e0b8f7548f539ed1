"""Builders of graphs: strings, emission graphs of score sequences, lexicons, lists of arcs."""
