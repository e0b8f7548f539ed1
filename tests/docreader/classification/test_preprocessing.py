import numpy as np
import pytest

from docreader.classification.preprocessing import Preprocessing
from models.errors import MetadataError


@pytest.mark.parametrize("values", [{}, {"mode": "page"}, {"mode": "x", "size": 96, "resize": 96}])
def test_invalid_preprocessing_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(MetadataError):
        Preprocessing.from_json(values)


def test_pages_keep_their_aspect_ratio() -> None:
    prepared = Preprocessing("page", 384, 384)
    tall = np.zeros((1000, 640, 3), np.uint8)
    assert prepared.fit(tall).shape == (3, 384, 246)
    assert prepared.fit(np.zeros((20, 900, 3), np.uint8)).shape == (3, 64, 384)
