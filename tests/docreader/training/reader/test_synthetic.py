from dataclasses import replace

import numpy as np

from docreader.training.reader.synthetic import MAX_WIDTH, synthesise


def test_the_pool_is_of_the_seed(idx_digits, recipe):
    recipe = replace(recipe, pool=12)
    counts = []
    one = synthesise(idx_digits, recipe, lambda *count: counts.append(count))
    other = synthesise(idx_digits, recipe)
    third = synthesise(idx_digits, replace(recipe, seed=2))
    assert counts[-1] == (12, 12)
    assert [line.text for line in one] == [line.text for line in other]
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one, other, strict=True))
    assert [line.text for line in one] != [line.text for line in third]


def test_strings_say_all_that_is_written(idx_digits, recipe):
    pool = synthesise(idx_digits, replace(recipe, pool=40))
    assert not any(line.latent for line in pool)
    assert any("." in line.text for line in pool)
    assert any("-" in line.text for line in pool)
    assert all(line.picture.shape[2] <= MAX_WIDTH for line in pool)
