import numpy as np
import pytest

from docreader.io.idx import Digits
from docreader.training.common.errors import TrainingError
from docreader.training.recognizer.dataset import clean_examples, make_examples, normalize_all, split
from docreader.training.recognizer.recipe import Recipe
from segment.oversegmentation.normalize import normalize_segment


def test_28_pixel_digits_are_padded(digits):
    examples = clean_examples(digits)
    assert examples.images.shape == (240, 32, 32)
    assert np.array_equal(examples.images[:, 2:30, 2:30], digits.images)
    assert not examples.images[:, :2].any()


def test_32_pixel_digits_are_left_and_others_normalized(digits):
    large = np.pad(digits.images, ((0, 0), (2, 2), (2, 2)))
    assert np.array_equal(clean_examples(Digits(large, digits.labels)).images, large)
    wide = np.pad(digits.images, ((0, 0), (9, 2), (30, 2)))
    found = clean_examples(Digits(wide, digits.labels)).images
    expected = np.rint(255 * normalize_segment(wide[5].astype(np.float32) / 255))
    assert np.array_equal(found[5], expected)


def test_the_parts_of_a_split_are_the_whole(digits):
    learned, held = split(digits, Recipe(val_fraction=0.25))
    assert (len(learned), len(held)) == (180, 60)
    both = np.concatenate([learned.images, held.images]).reshape(240, -1)
    assert sorted(map(bytes, both)) == sorted(map(bytes, digits.images.reshape(240, -1)))
    assert np.array_equal(split(digits, Recipe(val_fraction=0.25))[1].images, held.images)


def test_nothing_held_out(digits):
    learned, held = split(digits, Recipe(val_fraction=0.0))
    assert (len(learned), len(held)) == (240, 0)


def test_too_few_digits_and_too_many_classes_are_refused(digits):
    with pytest.raises(TrainingError, match="too few"):
        split(Digits(digits.images[:3], digits.labels[:3]), Recipe(val_fraction=0.05))
    with pytest.raises(TrainingError, match="--labels"):
        split(digits, Recipe(labels=tuple("01234")))


@pytest.mark.parametrize("distort", [False, True])
@pytest.mark.parametrize("rubbish", [0.0, 0.75])
def test_epoch_has_each_digit_and_its_negatives(digits, distort, rubbish):
    recipe = Recipe(distort=distort, negatives_per_digit=rubbish)
    examples = make_examples(digits, recipe, 0)
    counts = np.bincount(examples.targets, minlength=11)
    assert np.array_equal(counts[:10], np.bincount(digits.labels, minlength=10))
    assert counts[10] == round(240 * rubbish)
    assert examples.images.dtype == np.uint8
    assert (examples.images.max((1, 2)) > 50).all()


def test_without_distortion_the_digits_are_plain(digits):
    examples = make_examples(digits, Recipe(distort=False, negatives_per_digit=0.0), 0)
    plain = clean_examples(digits).images.reshape(240, -1)
    assert sorted(map(bytes, examples.images.reshape(240, -1))) == sorted(map(bytes, plain))


def test_epochs_differ_and_are_reproducible(digits):
    recipe = Recipe(negatives_per_digit=0.5)
    first, again, other = (make_examples(digits, recipe, stream) for stream in (0, 0, 1))
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.targets, again.targets)
    assert not np.array_equal(first.images, other.images)


def test_normalization_equals_that_of_segments(digits):
    pictures = [picture.astype(np.float32) / 255 for picture in digits.images[:5]]
    found = normalize_all(pictures)
    for picture, got in zip(pictures, found, strict=True):
        assert np.array_equal(got, np.rint(255 * normalize_segment(picture)))


def test_jitter_is_bounded(digits):
    pictures = [picture.astype(np.float32) / 255 for picture in digits.images[:40]]
    still = normalize_all(pictures)
    moved = normalize_all(pictures, 1, np.random.default_rng(0))
    shifts = [
        [
            d
            for d in ((y, x) for y in (-1, 0, 1) for x in (-1, 0, 1))
            if np.array_equal(np.roll(a, d, (0, 1)), b)
        ]
        for a, b in zip(still, moved, strict=True)
    ]
    assert all(shifts)
    assert len({shift[0] for shift in shifts}) > 3
