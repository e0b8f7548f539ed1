"""Errors of gtn, one class for each kind of fault.

A graph that accepts nothing is no fault: its score is -inf, and its gradient 0.
"""

from __future__ import annotations


class GtnError(ValueError):
    """Base of all errors of gtn."""


class GraphError(GtnError):
    """A graph is not well formed: sizes differ, a state or a weight is out of range."""


class BatchError(GtnError):
    """Graphs of one operation do not fit: batch sizes, devices or dtypes differ."""


class CycleError(GtnError):
    """A useful part of a graph has a cycle, where the operation needs an acyclic graph."""


class BudgetError(GtnError):
    """A result exceeds the caller's budget of states or arcs."""


class TextError(GtnError):
    """A graph in text form cannot be parsed; the message names the line."""


class DrawError(GtnError):
    """A graph cannot be drawn as requested."""
