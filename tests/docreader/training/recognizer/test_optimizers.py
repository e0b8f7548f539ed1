import itertools

import pytest

from docreader.training.recognizer.optimizers import learning_rate
from docreader.training.recognizer.recipe import Recipe


def test_the_step_rises_and_falls():
    steps = [learning_rate(Recipe(epochs=10, lr=1.0), step, 1000) for step in range(1000)]
    assert steps[0] == pytest.approx(0.01)
    assert max(steps) == steps[99] == 1.0
    assert all(a > b for a, b in itertools.pairwise(steps[100:]))
    assert steps[-1] < 1e-5


def test_the_steps_of_levenberg_marquardt_are_the_papers_table():
    recipe = Recipe(epochs=20, batch_size=1, optimizer="sdlm", lr=0.0005)
    found = [learning_rate(recipe, 10 * epoch + 9, 200) for epoch in range(20)]
    wanted = [5e-4] * 2 + [2e-4] * 3 + [1e-4] * 3 + [5e-5] * 4 + [1e-5] * 8
    assert found == pytest.approx(wanted)
