from dataclasses import asdict

import cv2
import numpy as np
import pytest
import torch

from docreader.recognition.line_views import LENET5, default_line_config, line_config
from docreader.recognition.sdnn import SdnnRecognizer
from models.errors import MetadataError
from models.files import describe, load_model, save_model
from models.lenet5_sdnn import LeNet5SDNN, LeNet5SDNNConfig
from models.sdnn import SDNN, SDNNConfig
from segment.cleaning.pipeline import CleaningConfig
from segment.line_image import LineConfig

SMALL = SDNNConfig(maps=(2, 2, 2, 2), refine=0, context=())


def loaded(folder, network, preprocessing):
    path = folder / "model.safetensors"
    values = {"kind": "reader", "name": "small", "version": "1", "preprocessing": preprocessing}
    save_model(path, network, describe(network, **values))
    return load_model(path, kind="reader")


def test_lenet5_gets_narrower_digits():
    assert default_line_config(SMALL) == LineConfig()
    assert default_line_config(LeNet5SDNNConfig()) == LENET5


def test_the_configuration_is_that_of_the_file(tmp_path):
    form = LineConfig(ink=24, stretch=1.3, cleaning=CleaningConfig(max_height=80))
    assert line_config(loaded(tmp_path, SDNN(SMALL), asdict(form))) == form
    assert line_config(loaded(tmp_path, SDNN(SMALL), {})) == LineConfig()
    assert line_config(loaded(tmp_path, LeNet5SDNN(), {})) == LENET5


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"stretch": "wide"}, "stretch must be a number"),
        ({"color": 1}, "color"),
        ({"cleaning": [1]}, "cleaning must be a mapping"),
        ({"cleaning": {"max_height": 1e9}}, "max_height must be a whole number"),
        ({"normalize": "20x20"}, "normalize"),
    ],
)
def test_forms_that_make_no_sense(tmp_path, values, message):
    with pytest.raises(MetadataError, match=f"model small has no valid line configuration.*{message}"):
        SdnnRecognizer(loaded(tmp_path, SDNN(SMALL), values), torch.device("cpu"))


def test_a_reader_makes_the_lines_that_its_model_was_trained_on(tmp_path):
    image = np.full((60, 200), 230, np.uint8)
    for x in (20, 80, 140):
        cv2.rectangle(image, (x, 15), (x + 16, 45), 20, -1)
    widths = []
    for form in (LineConfig(), LineConfig(stretch=3.0)):
        reader = SdnnRecognizer(loaded(tmp_path, SDNN(SMALL), asdict(form)), torch.device("cpu"))
        widths.append(reader.prepare(image).lines[0].pixels.shape[2])
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.1)
