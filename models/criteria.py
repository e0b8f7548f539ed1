"""Training criteria of LeNet-5 (GBL98 sec. II-C): maximum likelihood and maximum a posteriori."""

import torch
from torch import Tensor

NEVER = -30.0
"""Log-probability of the rubbish class of a network without an output unit for it: finite and negligible."""


def maximum_likelihood(penalties: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean penalty of the correct class (GBL98 eq. 8).

    The criterion has no term for the wrong classes. It therefore collapses if the output codes are trained, and cannot
    learn from negatives.

    Args:
        penalties: (N, classes) penalties, lower is better.
        targets: (N,) int64 class numbers, 0 to classes - 1.

    Returns:
        Scalar in the unit of the penalties.
    """
    return penalties.gather(-1, targets.unsqueeze(-1)).mean()


def log_posteriors(penalties: Tensor, rubbish: Tensor | float, scale: Tensor | float = 1.0) -> Tensor:
    """Compute the log-posteriors of the classes and of the rubbish class, whose penalty is the constant j.

    log p_i = -y_i - log(e^-j + sum_k e^-y_k), with -j in place of -y_i for the rubbish class.

    Args:
        penalties: (N, classes) penalties, lower is better.
        rubbish: Constant j in the unit of the penalties.
        scale: Nats for one unit of penalty, 1 in the paper; it multiplies all penalties and j.

    Returns:
        (N, classes + 1) log-probabilities in nats, the rubbish class last.
    """
    column = torch.as_tensor(rubbish, dtype=penalties.dtype, device=penalties.device)
    column = column.expand(*penalties.shape[:-1], 1)
    return torch.log_softmax(-scale * torch.cat([penalties, column], -1), -1)


def never_rubbish(scores: Tensor) -> Tensor:
    """Compute the log-posteriors of a network without a rubbish class.

    Args:
        scores: (N, classes) scores before the softmax.

    Returns:
        (N, classes + 1) log-probabilities in nats; the last column, the rubbish class, is `NEVER`.
    """
    found = torch.log_softmax(scores.float(), -1)
    return torch.cat([found, found.new_full((*found.shape[:-1], 1), NEVER)], -1)


def maximum_a_posteriori(
    penalties: Tensor, targets: Tensor, rubbish: Tensor | float, scale: Tensor | float = 1.0
) -> Tensor:
    """Compute the mean of y_target + log(e^-j + sum_i e^-y_i), the negative log-posterior (GBL98 eq. 9).

    The paper trains on characters alone. Here negatives are patterns, too, with the rubbish class as target; their
    criterion is j + log(e^-j + sum_i e^-y_i).

    Args:
        penalties: (N, classes) penalties, lower is better.
        targets: (N,) int64 class numbers; the number of classes is the rubbish class.
        rubbish: Constant j > 0 in the unit of the penalties.
        scale: Nats for one unit of penalty, 1 in the paper.

    Returns:
        Scalar in nats, >= 0.
    """
    right = log_posteriors(penalties, rubbish, scale).gather(-1, targets.unsqueeze(-1))
    return -right.mean()
