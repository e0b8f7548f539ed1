"""The two training criteria of LeNet-5 (GBL98 sec. II-C): maximum likelihood and maximum a posteriori."""

import torch
from torch import Tensor

NEVER = -30.0
"""Log-probability of "no character" where a network has no unit for it: next to nothing, and yet finite."""


def maximum_likelihood(penalties: Tensor, targets: Tensor) -> Tensor:
    """Mean penalty of the right class (GBL98 eq. 8).

    It has no term that pushes wrong classes away, so it collapses when the codes of the output are trained
    too, and it cannot learn from images of no character.

    Args:
        penalties: (N, classes), lower is better.
        targets: (N,) int64 classes in 0 .. classes - 1.

    Returns:
        Scalar, in units of the penalties.
    """
    return penalties.gather(-1, targets.unsqueeze(-1)).mean()


def log_posteriors(penalties: Tensor, rubbish: Tensor | float, scale: Tensor | float = 1.0) -> Tensor:
    """Log-probabilities of the classes and of the rubbish class, whose penalty is a constant j.

    log p_i = -y_i - log(e^-j + sum_k e^-y_k), and the same with -j in place of -y_i for the rubbish class.

    Args:
        penalties: (N, classes), lower is better.
        rubbish: The constant j, in the unit of the penalties.
        scale: Nats for one unit of penalty, 1 in the paper. All penalties, j too, are multiplied by it.

    Returns:
        (N, classes + 1) in nats, the rubbish class last.
    """
    column = torch.as_tensor(rubbish, dtype=penalties.dtype, device=penalties.device)
    column = column.expand(*penalties.shape[:-1], 1)
    return torch.log_softmax(-scale * torch.cat([penalties, column], -1), -1)


def never_rubbish(scores: Tensor) -> Tensor:
    """Log-probabilities of a network that knows characters alone.

    Args:
        scores: (N, classes) before the softmax.

    Returns:
        (N, classes + 1) in nats, the rubbish class last, at `NEVER`.
    """
    found = torch.log_softmax(scores.float(), -1)
    return torch.cat([found, found.new_full((*found.shape[:-1], 1), NEVER)], -1)


def maximum_a_posteriori(
    penalties: Tensor, targets: Tensor, rubbish: Tensor | float, scale: Tensor | float = 1.0
) -> Tensor:
    """Mean of y_right + log(e^-j + sum_i e^-y_i), minus the log-posterior of the right class (GBL98 eq. 9).

    The paper trains on characters alone; here an image of no character may be a pattern too, with the rubbish
    class as its target: then the criterion is j + log(e^-j + sum_i e^-y_i).

    Args:
        penalties: (N, classes), lower is better.
        targets: (N,) int64; `classes` stands for the rubbish class.
        rubbish: The constant j > 0, in the unit of the penalties.
        scale: Nats for one unit of penalty, 1 in the paper.

    Returns:
        Scalar, in nats, never negative.
    """
    right = log_posteriors(penalties, rubbish, scale).gather(-1, targets.unsqueeze(-1))
    return -right.mean()
