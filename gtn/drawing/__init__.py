"""Drawings of graphs as SVG, PNG or graphviz's DOT."""

from gtn.drawing.draw import draw, to_dot, to_svg

__all__ = ["draw", "to_dot", "to_svg"]
