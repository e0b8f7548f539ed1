"""Box: a rectangle of whole pixels."""

from __future__ import annotations

from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle of whole pixels: left column, top row, width, height."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        """The column behind the last one."""
        return self.x + self.w

    @property
    def bottom(self) -> int:
        """The row behind the last one."""
        return self.y + self.h

    def intersect(self, other: tuple[int, int, int, int]) -> Box:
        """Intersect two boxes; width or height is 0 where they share nothing."""
        x, y, w, h = other
        left, top = max(self.x, x), max(self.y, y)
        return Box(left, top, max(0, min(self.right, x + w) - left), max(0, min(self.bottom, y + h) - top))

    def iou(self, other: tuple[int, int, int, int]) -> float:
        """Compute intersection over union, 0 .. 1."""
        _, _, across, down = self.intersect(other)
        shared = across * down
        union = self.w * self.h + other[2] * other[3] - shared
        return shared / union if union else 0.0
