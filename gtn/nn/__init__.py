"""Graph transformers as torch modules, the losses of GBL98 sec. VI, and CTC and ASG from graphs.

>>> import torch, gtn
>>> scores = torch.randn(2, 5, 4, requires_grad=True)         # 2 items of 5 time steps, 4 labels
>>> loss = gtn.nn.DiscriminativeForwardLoss()(gtn.linear_graph(scores), [[0, 1, 2, 3, 3], [1, 1, 1, 1, 1]])
>>> loss.backward()
"""

from gtn.nn.asg import asg_loss, transition_graph
from gtn.nn.ctc import ctc_graph, ctc_loss
from gtn.nn.losses import (
    DiscriminativeForwardLoss,
    DiscriminativeViterbiLoss,
    ForwardLoss,
    GraphLoss,
    ViterbiLoss,
    discriminative_forward_loss,
    discriminative_viterbi_loss,
    forward_loss,
    viterbi_loss,
)
from gtn.nn.transformers import (
    ForwardScorer,
    GrammarComposition,
    PathSelector,
    Recognition,
    ViterbiSelector,
    select_paths,
)

__all__ = [
    "DiscriminativeForwardLoss",
    "DiscriminativeViterbiLoss",
    "ForwardLoss",
    "ForwardScorer",
    "GrammarComposition",
    "GraphLoss",
    "PathSelector",
    "Recognition",
    "ViterbiLoss",
    "ViterbiSelector",
    "asg_loss",
    "ctc_graph",
    "ctc_loss",
    "discriminative_forward_loss",
    "discriminative_viterbi_loss",
    "forward_loss",
    "select_paths",
    "transition_graph",
    "viterbi_loss",
]
