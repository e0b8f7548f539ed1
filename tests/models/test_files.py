import dataclasses
import hashlib
import json
import os
import pickle

import pytest
import safetensors.torch
import torch

from models import files, safetensors_io
from models.errors import (
    MetadataError,
    ModelFileError,
    ModelKindError,
    ModelNotFoundError,
    NotAModelFileError,
    SchemaVersionError,
    WeightsError,
)
from models.lenet5 import LeNet5, LeNet5Config


@pytest.fixture
def model():
    torch.manual_seed(0)
    return LeNet5(LeNet5Config(labels=tuple("0123456789-"), rubbish=30.0, scale=0.5))


@pytest.fixture
def path(tmp_path, model):
    target = tmp_path / "model.safetensors"
    files.save_model(target, model, described(model))
    return target


def described(model):
    return files.describe(
        model,
        kind="recognizer",
        name="test",
        version="7",
        preprocessing={"size": [32, 32]},
        calibration={"threshold": 0.5},
        training={"data": "made"},
        results={"error": 0.01},
    )


def rewrite(path, *, tensors=None, **header):
    """Write the file anew with other tensors or header strings (None takes a string out)."""
    with safetensors.safe_open(path, "pt") as stream:
        old = dict(stream.metadata())
        kept = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118
    old |= {safetensors_io.DATA_HASH: None} | header
    strings = {name: value for name, value in old.items() if value is not None}
    path.write_bytes(safetensors.torch.save(kept | (tensors or {}), strings))


def test_a_saved_model_comes_back_whole(path, model):
    loaded = files.load_model(path)
    x = torch.rand(3, 1, 32, 32)
    assert torch.equal(loaded.module.log_posteriors(x), model.log_posteriors(x))
    assert loaded.labels == tuple("0123456789-")
    assert loaded.metadata == described(model)
    assert (loaded.name, loaded.version) == ("test", "7")
    assert loaded.module.config == model.config
    assert not loaded.module.training


def test_the_hash_is_that_of_the_file(tmp_path, model):
    target = tmp_path / "sub" / "m.safetensors"
    returned = files.save_model(target, model, described(model))
    assert returned == hashlib.sha256(target.read_bytes()).hexdigest() == files.load_model(target).sha256


def test_saving_twice_gives_the_same_bytes(tmp_path, model):
    first = files.save_model(tmp_path / "a", model, described(model))
    assert files.save_model(tmp_path / "b", model, described(model)) == first


def test_loading_does_not_advance_the_generator(path):
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    files.load_model(path)
    assert torch.equal(torch.rand(1), expected)


def test_the_shipped_model_loads_and_knows_digits_from_blank():
    loaded = files.load_model(files.default_model_path())
    assert loaded.labels == tuple("0123456789")
    assert loaded.module.log_posteriors(torch.zeros(1, 1, 32, 32)).shape == (1, 11)


def test_missing_file_is_reported(tmp_path):
    with pytest.raises(ModelNotFoundError, match="no model file"):
        files.load_model(tmp_path / "none.safetensors")


def test_folder_is_reported(tmp_path):
    with pytest.raises(ModelNotFoundError, match="folder"):
        files.load_model(tmp_path)


@pytest.mark.parametrize("keep", [0, 3, 8, 200, 5000, -1])
def test_a_truncated_file_is_refused(path, keep):
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(NotAModelFileError, match=str(path)):
        files.load_model(path)


def test_surplus_bytes_are_refused(path):
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(NotAModelFileError):
        files.load_model(path)


def test_a_header_that_claims_too_much_is_refused(path):
    data = path.read_bytes()
    path.write_bytes((10**18).to_bytes(8, "little") + data[8:])
    with pytest.raises(NotAModelFileError, match="header"):
        files.load_model(path)


@pytest.mark.parametrize(
    "header", [b"\xff" * 40, b"[" * 100_000, b"[1]", b'{"__metadata__": {"a": 1}}', b'{"__metadata__": 3}']
)
def test_a_header_that_is_no_json_of_ours_is_refused(path, header):
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises((NotAModelFileError, MetadataError)):
        files.load_model(path)


class Bomb:
    """Leaves a trace where it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (self.trace,)


def test_a_pickle_is_refused_unexecuted(tmp_path):
    path = tmp_path / "model.safetensors"
    path.write_bytes(pickle.dumps(Bomb(str(tmp_path / "trace"))))
    with pytest.raises(NotAModelFileError):
        files.load_model(path)
    torch.save({"a": Bomb(str(tmp_path / "trace"))}, path)
    with pytest.raises(NotAModelFileError):
        files.load_model(path)
    assert not (tmp_path / "trace").exists()


def test_weights_without_our_metadata_are_refused(tmp_path):
    path = tmp_path / "other.safetensors"
    safetensors.torch.save_file({"a": torch.zeros(2)}, path)
    with pytest.raises(MetadataError, match="docreader train"):
        files.load_model(path)


def test_unsupported_schema_is_named(path):
    rewrite(path, schema="99")
    with pytest.raises(SchemaVersionError, match="99"):
        files.load_model(path)


def test_kind_of_another_model_is_named(path):
    rewrite(path, kind='"classifier"')
    with pytest.raises(ModelKindError, match="classifier"):
        files.load_model(path)
    with pytest.raises(ModelKindError, match="classifier"):
        files.load_model(path, kind="reader")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("kind", None),
        ("kind", '"other"'),
        ("kind", "[]"),
        ("name", '""'),
        ("name", "3"),
        ("name", '"a\\nb"'),
        ("version", "not json"),
        ("version", "null"),
        ("architecture", '"resnet"'),
        ("architecture", "{}"),
        ("labels", "[]"),
        ("labels", "[1, 2]"),
        ("labels", '["1", "1"]'),
        ("labels", '"0123"'),
        ("labels", '["a"]'),
        ("configuration", "[]"),
        ("configuration", "{}"),
        ("configuration", '{"labels": ["1"], "rubbish": 5.0, "scale": 1.0, "more": 1}'),
        ("configuration", '{"labels": ["1"], "rubbish": NaN, "scale": 1.0}'),
        ("configuration", '{"labels": ["1"], "rubbish": -1.0, "scale": 1.0}'),
        ("configuration", '{"labels": 7, "rubbish": 5.0, "scale": 1.0}'),
        ("configuration", '{"labels": [["1"]], "rubbish": 5.0, "scale": 1.0}'),
        ("configuration", "[" * 100_000),
        ("preprocessing", "3"),
        ("calibration", "3"),
        ("training", "[]"),
        ("results", '"good"'),
    ],
)
def test_each_bad_field_is_refused(path, field, value):
    rewrite(path, **{field: value})
    with pytest.raises(MetadataError, match=str(path)):
        files.load_model(path)


@pytest.mark.parametrize(
    ("tensors", "said"),
    [
        ({"f6.bias": torch.zeros(83)}, "shape"),
        ({"f6.bias": torch.zeros(84, dtype=torch.float64)}, "float64"),
        ({"f6.bias": torch.full((84,), float("nan"))}, "finite"),
        ({"more": torch.zeros(1)}, "more"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(path, tensors, said):
    rewrite(path, tensors=tensors)
    with pytest.raises(WeightsError, match=said):
        files.load_model(path)


def test_a_missing_tensor_is_refused(path):
    with safetensors.safe_open(path, "pt") as stream:
        header = stream.metadata()
        kept = {name: stream.get_tensor(name) for name in stream.keys() if name != "c1.bias"}  # noqa: SIM118
    path.write_bytes(safetensors.torch.save(kept, header))
    with pytest.raises(WeightsError, match=r"c1\.bias"):
        files.load_model(path)


def test_weights_that_are_not_finite_are_not_saved(tmp_path, model):
    with torch.no_grad():
        model.f6.bias[0] = float("inf")
    with pytest.raises(WeightsError, match=r"f6\.bias"):
        files.save_model(tmp_path / "m", model, described(model))
    assert not list(tmp_path.iterdir())


def test_metadata_of_another_network_are_not_saved(tmp_path, model):
    with pytest.raises(MetadataError, match="configuration"):
        files.save_model(tmp_path / "m", LeNet5(), described(model))


def test_metadata_that_are_no_json_are_not_saved(tmp_path, model):
    for value in ({"x": float("nan")}, {"x": object()}):
        metadata = dataclasses.replace(described(model), results=value)
        with pytest.raises(MetadataError, match="results"):
            files.save_model(tmp_path / "m", model, metadata)


def test_a_network_of_no_known_architecture_is_refused():
    with pytest.raises(MetadataError, match="Linear"):
        files.describe(torch.nn.Linear(1, 1), kind="recognizer", name="x", version="1")


def test_every_file_error_is_a_model_file_error():
    for error in (ModelNotFoundError, NotAModelFileError, MetadataError, SchemaVersionError, WeightsError):
        assert issubclass(error, ModelFileError)


def test_the_header_is_readable_json(path):
    data = path.read_bytes()
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    assert header["__metadata__"]["format"] == "docreader-model"
    assert json.loads(header["__metadata__"]["labels"]) == list("0123456789-")


def test_flipped_bit_is_detected(path):
    data = bytearray(path.read_bytes())
    data[-100] ^= 1  # the least of some weight's mantissa: nothing else would tell
    path.write_bytes(bytes(data))
    with pytest.raises(NotAModelFileError, match="not those that were written"):
        files.load_model(path)


def test_a_file_without_a_hash_is_read(path):
    rewrite(path)
    assert files.load_model(path).name == "test"


def test_a_pipe_is_no_model(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotAModelFileError, match="pipe"):
        files.load_model(tmp_path / "pipe")
