"""Pictures of graphs."""

from gtn.drawing.draw import draw, to_dot, to_svg

__all__ = ["draw", "to_dot", "to_svg"]
