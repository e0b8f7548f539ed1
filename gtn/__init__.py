"""Differentiable weighted graphs, batched, on plain PyTorch.

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
from gtn.arc_lists import graphs_from_arcs
from gtn.batching import batch
from gtn.build import interpretation_graph, linear_graph, string_acceptor
from gtn.comparing import equal, equivalent, isomorphic, language
from gtn.compose import compose, intersect
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
from gtn.frames import frame_score
from gtn.graph import EPSILON, NO_PAYLOAD, Graph
from gtn.interchange import from_networkx, to_networkx
from gtn.levels import topological_order
from gtn.lexicon import label_graph, lexicon_acceptor, lexicon_transducer, scalar_graph
from gtn.nbest import n_best
from gtn.openfst import from_openfst, to_openfst
from gtn.paths import Path, Paths
from gtn.rational import arc_sort, closure, concat, project_input, project_output, reverse, union
from gtn.removal import remove
from gtn.sampling import sample
from gtn.semirings import CountingSemiring, LogSemiring, Semiring, TropicalSemiring
from gtn.shortest import forward_score, posteriors, state_posteriors, viterbi_path, viterbi_score
from gtn.text import from_text, to_text
from gtn.trimming import trim

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
