"""Judge recognizers of isolated digits on MNIST: a model file, or what GBL98 compares LeNet-5 with.

    python benchmarks/digits.py mnist/ --model models/weights/lenet5-mnist.safetensors
    pip install 'docreader[baselines]' && OMP_NUM_THREADS=1 python benchmarks/digits.py mnist/ --baseline knn

A pattern is the image that the networks get: 32x32, 0 paper to 1 ink. Seeds are fixed.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from common import emit, parser, share

from docreader.io.idx import read_digits
from docreader.training.recognizer.dataset import Examples, clean_examples
from docreader.training.recognizer.metrics import compute_metrics
from models.files import load_model

BASELINES = {
    "linear": "linear, least squares on targets of +-1",
    "logistic": "linear, softmax",
    "knn": "3 nearest neighbors, Euclidean",
    "mlp": "fully connected, 300 hidden units, 12 epochs of Adam",
}
"""GBL98 sec. III-C: 12 %, -, 5.0 % and 4.7 % (28x28-300-10)."""


def baseline(name: str) -> Any:
    """Build a classifier of scikit-learn."""
    from sklearn.linear_model import LogisticRegression, RidgeClassifier
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.neural_network import MLPClassifier

    return {
        "linear": lambda: RidgeClassifier(alpha=1.0),
        "logistic": lambda: LogisticRegression(C=0.1, max_iter=60, tol=1e-3),
        "knn": lambda: KNeighborsClassifier(3, algorithm="brute"),
        "mlp": lambda: MLPClassifier(
            (300,), batch_size=128, max_iter=12, n_iter_no_change=99, random_state=1
        ),
    }[name]()


def patterns(examples: Examples) -> np.ndarray:
    """Return (N, 1024) float32 in 0 .. 1."""
    return examples.images.reshape(len(examples), -1).astype(np.float32) / 255


def main() -> None:
    """Judge and print."""
    options = parser(__doc__)
    options.add_argument("data", type=Path)
    chosen = options.add_mutually_exclusive_group(required=True)
    chosen.add_argument("--model", type=Path)
    chosen.add_argument("--baseline", choices=BASELINES)
    given = options.parse_args()
    test = clean_examples(read_digits(given.data, "test"))
    if given.model:
        wrong = compute_metrics(load_model(given.model).module.eval(), test, torch.device("cpu")).wrong
    else:
        train = clean_examples(read_digits(given.data, "train"))
        found = baseline(given.baseline).fit(patterns(train), train.targets).predict(patterns(test))
        wrong = int((found != test.targets).sum())
    print(f"{wrong:,} of {len(test):,} wrong")
    emit({"error": share(wrong, len(test))})


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
