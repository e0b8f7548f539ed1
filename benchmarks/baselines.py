"""What GBL98 compares LeNet-5 with, on the same pictures and with the same report: linear, k-nearest, fully connected.

    pip install 'docreader[baselines]'
    OMP_NUM_THREADS=1 python benchmarks/baselines.py mnist/ [--only knn,mlp] [--report DIR]

A pattern is the picture that the networks see, 32x32, 0 paper to 1 ink. Chance comes from a fixed seed.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier

from docreader.idx import read_digits
from docreader.training.examples import Examples, plain_examples
from docreader.training.figures import wilson
from docreader.training.report.contents import Contents, confusion_matrix, worst_mistakes
from docreader.training.report.page import write_report

BASELINES: dict[str, tuple[str, Callable[[], Any]]] = {
    "linear": ("linear, least squares on targets of +-1", lambda: RidgeClassifier(alpha=1.0)),
    "logistic": ("linear, softmax", lambda: LogisticRegression(C=0.1, max_iter=60, tol=1e-3)),
    "knn": ("3 nearest neighbours, Euclidean", lambda: KNeighborsClassifier(3, algorithm="brute")),
    "mlp": (
        "fully connected, 300 hidden units, 12 passes of Adam",
        lambda: MLPClassifier((300,), batch_size=128, max_iter=12, n_iter_no_change=99, random_state=1),
    ),
}
"""GBL98 sec. III-C: 12 %, -, 5.0 % and 4.7 % (28x28-300-10)."""


def patterns(examples: Examples) -> np.ndarray:
    """(N, 1024) float32 in 0 .. 1."""
    return examples.pictures.reshape(len(examples), -1).astype(np.float32) / 255


def log_posteriors(model: Any, given: np.ndarray) -> torch.Tensor:
    """(N, 10) logarithms of what the model thinks of each class."""
    if hasattr(model, "predict_proba"):
        return torch.from_numpy(np.log(model.predict_proba(given).clip(1e-12))).float()
    return torch.log_softmax(torch.from_numpy(model.decision_function(given)).float(), 1)


def run(name: str, train: Examples, test: Examples, folder: Path | None) -> None:
    """Fit one, print a line, write its report."""
    title, make = BASELINES[name]
    start = time.process_time()
    model = make()
    model.fit(patterns(train), train.targets)
    scores = log_posteriors(model, patterns(test))
    seconds = time.process_time() - start
    targets = torch.from_numpy(test.targets)
    wrong, count = int((scores.argmax(1) != targets).sum()), len(test)
    low, high = wilson(wrong, count)
    sentence = (
        f"{wrong:,} of {count:,} wrong, error {100 * wrong / count:.2f} % "
        f"(95 % interval {100 * low:.2f} to {100 * high:.2f} %)"
    )
    print(f"{title}: {sentence}, {seconds:.0f} s", flush=True)
    if folder is None:
        return
    labels = tuple("0123456789")
    contents = Contents(
        title=f"{name}: {title}",
        part="test digits as they are",
        sentences=[sentence],
        settings=[(key, str(value)) for key, value in model.get_params().items()],
        history=[],
        labels=labels,
        confusion=confusion_matrix(targets, scores.argmax(1), len(labels)),
        mistakes=worst_mistakes(
            scores, targets, labels, lambda n: test.pictures[n], lambda n: f"test digit {n}"
        ),
    )
    write_report(contents, folder / name)


def main() -> None:
    """Fit and measure the baselines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default=",".join(BASELINES))
    parser.add_argument("--report", type=Path)
    parser.add_argument("--limit", type=int, help="the first so many training digits alone")
    given = parser.parse_args()
    train = plain_examples(read_digits(given.data, "train"))
    test = plain_examples(read_digits(given.data, "test"))
    train = Examples(train.pictures[: given.limit], train.targets[: given.limit])
    for name in given.only.split(","):
        run(name, train, test, given.report)


if __name__ == "__main__":
    main()
