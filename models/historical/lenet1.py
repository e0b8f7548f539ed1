"""LeNet-1 (LeCun et al. 1990, "Handwritten digit recognition with a back-propagation network")."""

from dataclasses import dataclass

from torch import Tensor, nn

from models import criteria
from models.lenet5 import BLACK, IMAGE_SIZE, WHITE, Convolution, SubSampling, TableConvolution
from models.settings import check_labels

# LeCun et al. 1990, table 1: the H2 maps connected to each H3 map.
H3_TABLE = ((0,), (0, 1), (0, 1), (1,), (0, 1), (0, 1), (2,), (2, 3), (2, 3), (3,), (2, 3), (2, 3))


@dataclass(frozen=True)
class LeNet1Config:
    """Configuration of a `LeNet1`, saved with its weights.

    Attributes:
        labels: Class names in the order of the output units.
    """

    labels: tuple[str, ...] = tuple("0123456789")

    def __post_init__(self) -> None:
        check_labels(self.labels, 2)


class LeNet1(nn.Module):
    """LeNet-1: two stages of convolution and sub-sampling, then the classes; 2,578 parameters for ten digits.

    Deviations: digits fill a box of 20x20 pixels, as for LeNet-5, not 16x16. The outputs are scores of a softmax, not
    squashed units with a squared error.

    Args:
        config: Classes.
    """

    def __init__(self, config: LeNet1Config | None = None) -> None:
        super().__init__()
        self.config = config or LeNet1Config()
        self.h1 = Convolution(1, 4)
        self.h2 = SubSampling(4)
        self.h3 = TableConvolution(4, H3_TABLE)
        self.h4 = SubSampling(12)
        self.output = nn.Linear(12 * 4 * 4, len(self.config.labels))
        bound = 2.4 / self.output.in_features
        nn.init.uniform_(self.output.weight, -bound, bound)
        nn.init.uniform_(self.output.bias, -bound, bound)

    @property
    def labels(self) -> tuple[str, ...]:
        """Classes in the order of the output units."""
        return self.config.labels

    def forward(self, x: Tensor) -> Tensor:
        """Compute the scores (N, classes) of the inner 28x28 pixels of images (N, 1, 32, 32), 0 paper to 1 ink."""
        rim = (IMAGE_SIZE - 28) // 2
        x = WHITE + (BLACK - WHITE) * x[..., rim:-rim, rim:-rim]
        x = self.h2(self.h1(x))  # N x 4 x 12 x 12
        x = self.h4(self.h3(x))  # N x 12 x 4 x 4
        scores: Tensor = self.output(x.flatten(1))
        return scores

    def log_posteriors(self, x: Tensor) -> Tensor:
        """Compute the log-posteriors (N, classes + 1) in nats; the last column, the rubbish class, is `NEVER`."""
        return criteria.never_rubbish(self(x))
