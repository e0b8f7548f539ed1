"""Differentiable weighted finite-state transducers (WFSTs), batched, on plain PyTorch.

A :class:`Graph` is a batch of weighted acceptors or transducers. Weights are **log scores: higher is
better**. The papers' penalty is minus the score, and their forward penalty minus our forward score.

    >>> import torch, gtn
    >>> weight = torch.tensor([1.0, 0.5, 2.0], requires_grad=True)
    >>> g = gtn.Graph.from_arcs([0, 0, 1], [1, 1, 2], [3, 4, 5], weight=weight, num_states=3, final=2)
    >>> right = gtn.intersect(g, gtn.string_acceptor([3, 5]))
    >>> loss = gtn.forward_score(g) - gtn.forward_score(right)   # GBL98, discriminative forward
    >>> loss.sum().backward()
    >>> weight.grad
    tensor([-0.3775,  0.3775,  0.0000])
"""

from gtn import nn
from gtn.build.arc_lists import graphs_from_arcs
from gtn.build.frames import linear_graph
from gtn.build.interpretation import interpretation_graph
from gtn.build.lexicon import label_graph, lexicon_acceptor, lexicon_transducer, scalar_graph
from gtn.build.strings import string_acceptor
from gtn.drawing import draw, to_dot, to_svg
from gtn.errors import (
    BatchError,
    BudgetError,
    CycleError,
    DrawError,
    GraphError,
    GtnError,
    TextError,
)
from gtn.graph import EPSILON, NO_PAYLOAD, Graph
from gtn.io.networkx_io import from_networkx, to_networkx
from gtn.io.openfst import from_openfst, to_openfst
from gtn.io.text import from_text, to_text
from gtn.ops.batch import batch
from gtn.ops.compare import equal, equivalent, isomorphic, language
from gtn.ops.compose import compose, intersect
from gtn.ops.frame_score import frame_score
from gtn.ops.nbest import n_best
from gtn.ops.rational import arc_sort, closure, concat, project_input, project_output, reverse, union
from gtn.ops.rmepsilon import remove
from gtn.ops.sampling import sample
from gtn.ops.shortest import forward_score, posteriors, state_posteriors, viterbi_path, viterbi_score
from gtn.ops.topsort import topological_order
from gtn.ops.trim import trim
from gtn.paths import Path, Paths
from gtn.semirings import CountingSemiring, LogSemiring, Semiring, TropicalSemiring

__all__ = [
    "EPSILON",
    "NO_PAYLOAD",
    "BatchError",
    "BudgetError",
    "CountingSemiring",
    "CycleError",
    "DrawError",
    "Graph",
    "GraphError",
    "GtnError",
    "LogSemiring",
    "Path",
    "Paths",
    "Semiring",
    "TextError",
    "TropicalSemiring",
    "arc_sort",
    "batch",
    "closure",
    "compose",
    "concat",
    "draw",
    "equal",
    "equivalent",
    "forward_score",
    "frame_score",
    "from_networkx",
    "from_openfst",
    "from_text",
    "graphs_from_arcs",
    "interpretation_graph",
    "intersect",
    "isomorphic",
    "label_graph",
    "language",
    "lexicon_acceptor",
    "lexicon_transducer",
    "linear_graph",
    "n_best",
    "nn",
    "posteriors",
    "project_input",
    "project_output",
    "remove",
    "reverse",
    "sample",
    "scalar_graph",
    "state_posteriors",
    "string_acceptor",
    "to_dot",
    "to_networkx",
    "to_openfst",
    "to_svg",
    "to_text",
    "topological_order",
    "trim",
    "union",
    "viterbi_path",
    "viterbi_score",
]
