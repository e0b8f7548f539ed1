from dataclasses import replace

import numpy as np
import pytest
import torch

from docreader.training.reader.augmentation.recombination import SEAM, Place, places, spliced
from docreader.training.reader.dataset import LabeledLine, encode
from docreader.training.reader.tasks.sdnn import Sweeping, runs_of_frames, spoken
from docreader.training.reader.trainer import train_reader


def bars(text, latent=True):
    """A line of black bars, 12 columns each, with gaps of 8; frames 5k + 2 stand in the middle of bar k."""
    picture = np.zeros((2, 32, 8 + 20 * len(text)), np.uint8)
    for number, character in enumerate(text):
        picture[:, 4:28, 4 + 20 * number : 16 + 20 * number] = 100 + int(character)
    target, _ = encode(text, "toy.csv, line 1")
    return LabeledLine(f"line of {text}", picture, target, latent)


def runs(text):
    return [(character, 5 * number + 1, 5 * number + 3) for number, character in enumerate(text)]


def test_lines_are_cut_between_characters():
    assert places(bars("123"), runs("123")) == [Place(1, 20), Place(2, 40)]


def test_strokes_are_not_cut_through():
    line = bars("12")
    line.picture[0, 10, :] = 255
    assert places(line, runs("12")) == []


def test_the_widest_gap_is_cut_and_no_sign_is():
    line = bars("123")
    line.picture[0, 20:28, 17:18] = 255  # a point that leans on the first bar
    assert places(line, runs("123"))[0] == Place(1, 21)
    assert places(line, [("$", 1, 3), *runs("123")[1:]]) == [Place(2, 40)]


@pytest.mark.parametrize("seed", range(5))
def test_every_part_keeps_its_label(seed):
    texts = ["12", "345", "6789", "012345"]
    lines = [bars(text) for text in texts]
    made = spliced(lines, [runs(text) for text in texts], 1.0, np.random.default_rng(seed))
    for line in made:
        shades = line.picture[0, 10, 10::20][: len(line.target)] - 100
        assert tuple(shades) == line.target
        assert line.picture.shape[2] == 8 + 20 * len(line.target)
        assert line.picture[0].sum(axis=0)[-4:].max() / 255 <= SEAM
    assert any(made_line is not line for made_line, line in zip(made, lines, strict=True))


def test_lines_that_are_not_read_right_stay_whole_and_kinds_do_not_mix():
    lines = [bars("12"), bars("34"), bars("56", latent=False)]
    made = spliced(lines, [runs("12"), None, runs("56")], 1.0, np.random.default_rng(0))
    assert made[1] is lines[1]
    assert {made[0].target[0], made[0].target[-1]} <= {1, 2}
    assert {made[2].target[0], made[2].target[-1]} <= {5, 6}
    assert not made[2].latent


def test_runs_of_frames_have_their_first_and_last_frame():
    scores = torch.full((2, 9, 17), -9.0)
    for frame, label in enumerate([16, 3, 3, 16, 3, 10, 16, 1, 1]):  # what stands behind the end is no frame
        scores[:, frame, label] = 0
    lines = [bars("33", latent=latent) for latent in (False, True)]
    found = runs_of_frames(scores, torch.tensor([7, 5]), lines, "0123456789.-/$*x")
    assert found == [[("3", 1, 2), ("3", 4, 4), (".", 5, 5)], [("3", 1, 2), ("3", 4, 4)]]
    assert spoken(found) == ["33.", "33"]


def test_a_trained_network_makes_lines_of_two(toys, recipe, tmp_path):
    network = train_reader(toys, [], [], replace(recipe, passes=60), tmp_path).network
    for share in (0.0, 1.0):
        some = replace(recipe, augmentation=replace(recipe.augmentation, spliced=share))
        made = Sweeping().renewed(network, toys, some, torch.device("cpu"), np.random.default_rng(1))
        whole = sum(new is old for new, old in zip(made, toys, strict=True))
        # "0" and "1" have no gap to be cut in
        assert whole == (len(toys) if share == 0 else 2)
