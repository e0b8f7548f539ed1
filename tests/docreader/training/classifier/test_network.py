import pytest
import torch

from docreader.classification.preprocessing import MEAN
from docreader.training.classifier.network import preprocessing_of
from docreader.training.classifier.recipe import ClassifierRecipe


def test_form_of_2012_has_centered_raw_values_unless_initialized_for_scaled_ones() -> None:
    gray = torch.full((1, 3, 2, 2), 128.0)
    raw = preprocessing_of(ClassifierRecipe()).normalize(gray)
    assert raw[0, :, 0, 0].tolist() == pytest.approx([128 - 255 * mean for mean in MEAN], abs=1e-3)
    scaled = preprocessing_of(ClassifierRecipe(weight_init="uniform")).normalize(gray)
    assert scaled.abs().max() < 1
