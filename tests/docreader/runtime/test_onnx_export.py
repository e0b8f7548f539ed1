from pathlib import Path

import pytest
import torch

from docreader.cli import main
from models.alexnet import AlexNet, AlexNetConfig
from models.files import (
    default_classifier_path,
    default_model_path,
    default_reader_path,
    describe,
    save_model,
)
from models.lenet5_sdnn import LeNet5SDNN

pytest.importorskip("onnx", reason="the extra onnx is not installed")
runtime = pytest.importorskip("onnxruntime", reason="the extra onnx is not installed")

from docreader.runtime.onnx_export import export_onnx  # noqa: E402


@pytest.mark.parametrize("shipped", [default_model_path(), default_reader_path(), default_classifier_path()])
def test_shipped_models_score_alike_in_onnxruntime(shipped: Path, tmp_path: Path) -> None:
    exported = export_onnx(shipped, tmp_path / "m.onnx")
    session = runtime.InferenceSession(str(tmp_path / "m.onnx"))
    [given] = session.get_inputs()
    assert tuple(given.shape) == exported.shape
    assert given.shape[0] == "n"
    assert session.get_modelmeta().custom_metadata_map["name"] == shipped.stem


def test_a_swept_lenet_scores_alike_in_onnxruntime(tmp_path: Path) -> None:
    module = LeNet5SDNN().eval()
    save_model(tmp_path / "m.safetensors", module, describe(module, kind="reader", name="m", version="1"))
    assert export_onnx(tmp_path / "m.safetensors", tmp_path / "m.onnx").shape == ("n", 2, 32, "w")


@pytest.mark.parametrize(("form", "size", "stride"), [("2012", 67, 4), ("batch-norm", 104, 2)])
def test_alexnet_scores_alike_in_onnxruntime(form: str, size: int, stride: int, tmp_path: Path) -> None:
    torch.manual_seed(3)
    module = AlexNet(AlexNetConfig(("a", "b", "c"), form, size, stride)).eval()
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(2)
    save_model(tmp_path / "m.safetensors", module, describe(module, kind="classifier", name="m", version="1"))
    assert export_onnx(tmp_path / "m.safetensors", tmp_path / "m.onnx").shape == ("n", 3, size, size)


def test_the_command_takes_the_name_of_a_shipped_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "m.onnx"
    assert main(["export", "lenet5-mnist", str(out)]) == 0
    assert "images (n, 1, 32, 32)" in capsys.readouterr().out
    assert out.is_file()
    assert main(["export", str(tmp_path / "none.safetensors"), str(out)]) == 2
