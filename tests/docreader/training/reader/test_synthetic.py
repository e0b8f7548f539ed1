import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from docreader.decoding.alphabet import CHARACTERS
from docreader.synthesis import DigitBank
from docreader.training.reader.synthetic import (
    MAX_WIDTH,
    MAX_WORLD_WIDTH,
    synthesize,
    synthesize_negatives,
    synthesize_one,
)


def test_the_pool_depends_on_the_seed(idx_digits, recipe):
    recipe = replace(recipe, pool=12)
    counts = []
    one = synthesize(idx_digits, recipe, lambda *count: counts.append(count))
    other = synthesize(idx_digits, recipe)
    third = synthesize(idx_digits, replace(recipe, seed=2))
    assert counts[-1] == (12, 12)
    assert [line.text for line in one] == [line.text for line in other]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(one, other, strict=True))
    assert [line.text for line in one] != [line.text for line in third]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are counted by /proc")
def test_fields_of_several_processes_hold_no_files_open(idx_digits, fields_recipe):
    network = replace(fields_recipe.network, labels=tuple(CHARACTERS))
    before = len(list(Path("/proc/self/fd").iterdir()))
    pool = synthesize(idx_digits, replace(fields_recipe, pool=24, network=network), jobs=2)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + len(pool)


def test_separators_are_transcribed(idx_digits, recipe):
    pool = synthesize(idx_digits, replace(recipe, pool=40))
    assert not any(line.digits_only for line in pool)
    assert any("." in line.text for line in pool)
    assert any("-" in line.text for line in pool)
    assert all(line.image.shape[2] <= MAX_WIDTH for line in pool)


def test_labels_have_the_characters_of_the_network(idx_digits, recipe):
    full = replace(recipe, pool=60, network=replace(recipe.network, labels=tuple(CHARACTERS)))
    text = "".join(line.text for line in synthesize(idx_digits, full))
    assert set("/$") <= set(text)
    few = replace(recipe, pool=60, network=replace(recipe.network, labels=tuple("0123456789.-")))
    text = "".join(line.text for line in synthesize(idx_digits, few))
    assert set(text) <= set("0123456789.-")


def test_images_without_an_amount_are_rendered_from_streams_of_their_own(idx_digits, recipe):
    pool = synthesize_negatives(idx_digits, replace(recipe, pool=24))
    again = synthesize_negatives(idx_digits, replace(recipe, pool=24))
    assert all(np.array_equal(a.image, b.image) for a, b in zip(pool, again, strict=True))
    spoiled = [line.spoiled for line in pool]
    assert sum(spoiled) > len(pool) / 2
    # malformed amounts are transcribed as they are written
    assert all(set(line.text) <= set(CHARACTERS) for line in pool)


def test_strings_do_not_depend_on_each_other(idx_digits, recipe):
    pool = synthesize(idx_digits, replace(recipe, pool=4))
    alone = synthesize_one(DigitBank.from_directory(idx_digits), recipe, 3)
    assert alone.text == pool[3].text
    assert np.array_equal(alone.image, pool[3].image)


def test_several_processes_render_the_same_strings(idx_digits, recipe):
    recipe = replace(recipe, pool=5)
    counts = []
    shared = synthesize(idx_digits, recipe, lambda *count: counts.append(count), jobs=2)
    alone = synthesize(idx_digits, recipe)
    assert counts == [(number, 5) for number in range(1, 6)]
    assert [line.text for line in shared] == [line.text for line in alone]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(shared, alone, strict=True))


def test_with_fonts_a_part_is_fields_of_the_world(idx_digits, recipe, tmp_path):
    folder = tmp_path / "print"
    folder.mkdir()
    source = Path(pytest.importorskip("matplotlib").get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    shutil.copy(source, folder)
    recipe = replace(recipe, pool=12)
    plain, world = synthesize(idx_digits, recipe), synthesize(idx_digits, recipe, fonts=tmp_path)
    again = synthesize(idx_digits, recipe, fonts=tmp_path)
    assert [line.text for line in world] == [line.text for line in again]
    assert all(line.image.shape[2] <= MAX_WORLD_WIDTH for line in world)
    assert [line.text for line in world] != [line.text for line in plain]
    assert all(line.spoiled or line.text for line in synthesize_negatives(idx_digits, recipe, fonts=tmp_path))
