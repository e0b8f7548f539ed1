import cv2
import numpy as np

from docreader.training.reader.augmentation.field import augment_field


def test_augmentation_keeps_size_and_ink():
    image = np.full((60, 70), 235, np.uint8)
    cv2.putText(image, "8", (15, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.3, 20, 3)
    ink = (image < 128).sum()
    for seed in range(20):
        found = augment_field(image, np.random.default_rng(seed))
        assert found.dtype == np.uint8
        assert 0.6 < found.shape[0] / image.shape[0] < 1.6
        assert 0.4 * ink < (found < 150).sum() < 2.5 * ink
