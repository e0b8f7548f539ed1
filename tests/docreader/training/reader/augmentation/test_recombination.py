from dataclasses import replace

import numpy as np
import pytest
import torch

from docreader.training.reader.augmentation.recombination import (
    MAX_GAP_INK,
    CutPoint,
    find_cut_points,
    recombine,
)
from docreader.training.reader.examples_sdnn import LabeledLineImage
from docreader.training.reader.tasks.factory import make_task
from docreader.training.reader.trainer import train_reader
from docreader.training.reader.transcription import encode


def bars(text, digits_only=True):
    """Draw black bars, 12 columns each, with gaps of 8; time step 5k + 2 is in the middle of bar k."""
    image = np.zeros((2, 32, 8 + 20 * len(text)), np.uint8)
    for number, character in enumerate(text):
        image[:, 4:28, 4 + 20 * number : 16 + 20 * number] = 100 + int(character)
    target, _ = encode(text, "toy.csv, line 1")
    return LabeledLineImage(f"line of {text}", image, target, digits_only)


def runs(text):
    return [(character, 5 * number + 1, 5 * number + 3) for number, character in enumerate(text)]


def test_lines_are_cut_between_characters():
    assert find_cut_points(bars("123"), runs("123")) == [CutPoint(1, 20), CutPoint(2, 40)]


def test_strokes_are_not_cut_through():
    line = bars("12")
    line.image[0, 10, :] = 255
    assert find_cut_points(line, runs("12")) == []


def test_lines_are_cut_in_the_widest_gap_and_not_after_a_currency_symbol():
    line = bars("123")
    line.image[0, 20:28, 17:18] = 255  # a point that leans on the first bar
    assert find_cut_points(line, runs("123"))[0] == CutPoint(1, 21)
    assert find_cut_points(line, [("$", 1, 3), *runs("123")[1:]]) == [CutPoint(2, 40)]


@pytest.mark.parametrize("seed", range(5))
def test_every_part_keeps_its_label(seed):
    texts = ["12", "345", "6789", "012345"]
    lines = [bars(text) for text in texts]
    made = recombine(lines, [runs(text) for text in texts], 1.0, np.random.default_rng(seed))
    for line in made:
        shades = line.image[0, 10, 10::20][: len(line.target)] - 100
        assert tuple(shades) == line.target
        assert line.image.shape[2] == 8 + 20 * len(line.target)
        assert line.image[0].sum(axis=0)[-4:].max() / 255 <= MAX_GAP_INK
    assert any(made_line is not line for made_line, line in zip(made, lines, strict=True))


def test_lines_with_errors_stay_whole_and_kinds_of_labels_do_not_mix():
    lines = [bars("12"), bars("34"), bars("56", digits_only=False)]
    made = recombine(lines, [runs("12"), None, runs("56")], 1.0, np.random.default_rng(0))
    assert made[1] is lines[1]
    assert {made[0].target[0], made[0].target[-1]} <= {1, 2}
    assert {made[2].target[0], made[2].target[-1]} <= {5, 6}
    assert not made[2].digits_only


def test_a_trained_network_recombines_lines(toys, recipe, tmp_path):
    network = train_reader(toys, [], [], replace(recipe, epochs=60), tmp_path).network
    for share in (0.0, 1.0):
        some = replace(recipe, augmentation=replace(recipe.augmentation, recombined=share))
        rng = np.random.default_rng(1)
        made = make_task(some).epoch_examples(network, toys, torch.device("cpu"), rng)
        whole = sum(new is old for new, old in zip(made, toys, strict=True))
        # "0" and "1" have no gap to be cut in
        assert whole == (len(toys) if share == 0 else 2)
