"""What can go wrong with a graph, each fault with a class of its own.

That a graph accepts nothing is no fault: its score is -inf, and its gradient 0.
"""

from __future__ import annotations


class GtnError(ValueError):
    """Base of all errors raised by this package."""


class GraphError(GtnError):
    """A graph is not well formed: sizes differ, a state or a weight is out of range."""


class BatchError(GtnError):
    """Graphs that should be worked on together do not fit: batch sizes, devices or dtypes differ."""


class CycleError(GtnError):
    """A useful part of a graph has a cycle, where the operation needs an acyclic graph."""


class BudgetError(GtnError):
    """A result would be larger than the budget of states or arcs that the caller allowed."""


class TextError(GtnError):
    """A graph in text form can not be read; the message names the line."""


class DrawError(GtnError):
    """A graph can not be drawn as asked."""
