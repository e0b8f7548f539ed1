import cv2
import numpy as np

from docreader.training.recognizer.clutter import draw_clutter
from docreader.training.recognizer.negatives import INK


def test_clutter_has_various_forms():
    rng = np.random.default_rng(0)
    parts = {cv2.connectedComponents((draw_clutter(rng) > INK).astype(np.uint8))[0] - 1 for _ in range(200)}
    assert {1, 2, 3} <= parts
