import dataclasses

import numpy as np
import pytest
import torch

from docreader.training.recognizer.dataset import clean_examples, make_examples
from docreader.training.recognizer.distortions import (
    CANVAS,
    DISTORTIONS,
    ZOOM,
    Distortion,
    continental_forms,
    vary_strokes,
    warp,
)
from docreader.training.recognizer.recipe import Recipe

NONE = Distortion(*[0.0] * 10, jitter=0)


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def pictures(digits):
    return torch.from_numpy(digits.images).float() / 255


def test_without_distortion_a_digit_is_only_enlarged(pictures):
    canvas = warp(pictures, NONE, generator())
    assert canvas.shape == (len(pictures), CANVAS, CANVAS)
    area = canvas.sum((1, 2)) / pictures.sum((1, 2))
    assert torch.allclose(area, torch.full_like(area, ZOOM**2), rtol=0.05)
    rows = torch.arange(CANVAS) - (CANVAS - 1) / 2
    small = torch.arange(28) - 13.5
    before = (pictures.sum(2) * small).sum(1) / pictures.sum((1, 2))
    after = (canvas.sum(2) * rows).sum(1) / canvas.sum((1, 2))
    assert torch.allclose(after, ZOOM * before, atol=0.3)


@pytest.mark.parametrize("name", [f.name for f in dataclasses.fields(Distortion) if f.name != "jitter"][:5])
def test_each_warp_changes_the_image_and_keeps_its_range(pictures, name):
    plain = warp(pictures, NONE, generator())
    changed = warp(pictures, dataclasses.replace(NONE, **{name: 0.5}), generator())
    assert not torch.allclose(plain, changed, atol=0.05)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1.001


def test_shear_keeps_the_rows_ink(pictures):
    """A horizontal shear moves rows sideways: each keeps its ink."""
    plain = warp(pictures, NONE, generator())
    sheared = warp(pictures, dataclasses.replace(NONE, shear=0.2), generator())
    assert torch.allclose(plain.sum(2), sheared.sum(2), atol=0.6)
    assert not torch.allclose(plain.sum(1), sheared.sum(1), atol=0.6)


@pytest.mark.parametrize("name", ["stroke", "faint", "gap", "blur"])
def test_each_stroke_variation_changes_the_image_and_keeps_its_range(pictures, name):
    canvas = warp(pictures, NONE, generator())
    changed = vary_strokes(canvas, dataclasses.replace(NONE, **{name: 1.0}), generator())
    assert changed.shape == canvas.shape
    assert not torch.allclose(canvas, changed, atol=0.05)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_strokes_are_kept_without_variation(pictures):
    assert torch.equal(vary_strokes(pictures, NONE, generator()), pictures)


def test_gaps_and_faint_ink_only_remove_ink(pictures):
    changed = vary_strokes(pictures, dataclasses.replace(NONE, gap=1.0, faint=1.0), generator())
    assert bool((changed <= pictures + 1e-6).all())


def test_equal_seeds_give_equal_images(pictures):
    def draw(seed):
        g = generator(seed)
        return vary_strokes(warp(pictures, Distortion(), g), Distortion(), g)

    assert torch.equal(draw(3), draw(3))
    assert not torch.equal(draw(3), draw(4))


def test_continental_forms_change_zeros_ones_fours_and_sevens(digits, characters):
    changed = continental_forms(digits.images, characters, 1.0, np.random.default_rng(0))
    ink, ink_before = (changed > 100).sum((1, 2)), (digits.images > 100).sum((1, 2))
    zeros = characters == "0"
    different = (changed[zeros] != digits.images[zeros]).any((1, 2))
    assert 0.3 < different.mean() < 0.7
    flat, tall = changed[zeros][different] > 100, digits.images[zeros][different] > 100
    assert (flat.any(2).sum(1) < tall.any(2).sum(1)).all()
    assert (flat.any(1).sum(1) >= tall.any(1).sum(1)).all()
    for character in "17":
        chosen = characters == character
        assert (ink[chosen] > ink_before[chosen]).all()
        assert (changed[chosen] >= digits.images[chosen]).all()
    fours = (changed[characters == "4"] != digits.images[characters == "4"]).any((1, 2))
    assert 0.05 < fours.mean() < 0.5


def test_inputs_are_not_changed(digits, characters):
    before = digits.images.copy()
    continental_forms(digits.images, characters, 1.0, np.random.default_rng(0))
    assert np.array_equal(digits.images, before)


def test_blank_and_tiny_images_are_kept(characters):
    blank = np.zeros((len(characters), 28, 28), np.uint8)
    chosen = characters != "4"
    changed = continental_forms(blank[chosen], characters[chosen], 1.0, np.random.default_rng(0))
    assert not changed.any()


def test_digits_that_stay_in_their_frame_are_shifted_whole():
    """With nothing but a shift, a dot of ink ends up within it, and all of its ink is there."""
    image = torch.zeros(1, 32, 32)
    image[0, 15:17, 15:17] = 1
    still = dict.fromkeys(("rotation", "shear", "scale", "squeeze", "elastic"), 0.0)
    settings = dataclasses.replace(DISTORTIONS["affine"], **still, shift=3.0)
    found = warp(image.expand(200, 32, 32), settings, torch.Generator().manual_seed(0), 32, 1.0)
    assert torch.allclose(found.sum((1, 2)), torch.full((200,), 4.0), atol=1e-3)
    steps = torch.arange(32.0) - 15.5
    middle = torch.stack([(found.sum(1) * steps).sum(1), (found.sum(2) * steps).sum(1)], 1) / 4
    assert float(middle.abs().max()) < 3.01
    assert float(middle.abs().max()) > 2.5


@pytest.mark.parametrize("name", ["affine", "digits"])
def test_presets_for_digits_keep_the_frame(digits, name):
    recipe = Recipe(negatives_per_digit=0.0, clean_fraction=0.0, distortion=DISTORTIONS[name])
    made = make_examples(digits, recipe, 0)
    again = make_examples(digits, recipe, 0)
    assert np.array_equal(made.images, again.images)
    assert made.images.shape == (240, 32, 32)
    ink = made.images.astype(float).sum((1, 2)).mean() / digits.images.astype(float).sum((1, 2)).mean()
    assert 0.9 < ink < 1.1
    plain = {picture.tobytes() for picture in clean_examples(digits).images}
    assert not any(picture.tobytes() in plain for picture in made.images)
