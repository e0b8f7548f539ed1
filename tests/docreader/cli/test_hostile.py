"""Hostile inputs to the command with the real reader: damaged files, and images without an amount.

The model has random weights: what is read does not matter here, that there is one record for each page does.
"""

import io
import json
import os
import struct
import zlib

import jsonschema
import numpy as np
import pytest
import torch
from PIL import Image

from docreader.io.records import schema_text
from models.files import describe, save_model
from models.lenet5 import LeNet5, LeNet5Config


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = LeNet5(LeNet5Config())
    path = tmp_path_factory.mktemp("model") / "random.safetensors"
    save_model(path, network, describe(network, kind="recognizer", name="random", version="0"))
    return path


def picture(array, form="PNG", **options):
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, form, **options)
    return stream.getvalue()


def bomb(width, height):
    """A small PNG that claims a great size."""
    chunks = (
        b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0),
        b"IDAT" + zlib.compress(bytes(100_000)),
        b"IEND",
    )
    framed = (struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


NOISE = np.random.default_rng(0).integers(0, 256, (60, 150), dtype=np.uint8)
WHITE = np.full((60, 150), 255, np.uint8)

REJECTED = {
    "white.png": picture(WHITE),
    "black.png": picture(np.zeros_like(WHITE)),
    "pixel.png": picture(WHITE[:1, :1]),
    "wrong-suffix.tif": picture(WHITE),
    "thin.png": picture(WHITE[:1]),
}
FAILED = {
    "empty.png": b"",
    "text.png": b"no picture at all",
    "truncated.png": picture(NOISE)[:2000],
    "truncated.jpg": picture(NOISE, "JPEG")[:500],
    "bomb.png": bomb(50_000, 50_000),
    "format.png": picture(WHITE, "GIF"),
}


@pytest.fixture
def decode(run, model):
    def command(*arguments, **options):
        done = run("decode", *arguments, "--model", model, "--field", "amount", "--format", "json", **options)
        return done, [json.loads(line) for line in done.out.splitlines()]

    return command


def test_each_hostile_input_is_one_record(decode, tmp_path):
    everything = REJECTED | FAILED | {"noise.png": picture(NOISE)}
    for name, content in everything.items():
        (tmp_path / name).write_bytes(content)
    os.mkfifo(tmp_path / "pipe")
    missing = [tmp_path / "missing.png", tmp_path / "pipe", "/dev/zero", tmp_path / "black.png" / "x"]
    done, found = decode(*(tmp_path / name for name in everything), *missing)
    assert done.status == 3
    assert [record["file"] for record in found] == [
        *(str(tmp_path / name) for name in everything),
        *map(str, missing),
    ]
    validator = jsonschema.Draft202012Validator(json.loads(schema_text()))
    for record in found:
        validator.validate(record)
        name = os.path.basename(record["file"])  # noqa: PTH119
        if name in REJECTED:
            assert (name, record.get("decision")) == (name, "reject")
        elif name != "noise.png":
            assert "error" in record, record
    refused = next(record for record in found if record["file"].endswith("bomb.png"))
    assert "--max-pixels" in refused["error"]["message"]


def test_the_limit_that_an_error_names_can_be_raised(decode, tmp_path):
    (tmp_path / "a.png").write_bytes(REJECTED["white.png"])
    done, [record] = decode(tmp_path / "a.png", "--max-pixels", 8999)
    assert done.status == 4
    assert "--max-pixels 9000" in record["error"]["message"]
    done, [record] = decode(tmp_path / "a.png", "--max-pixels", 9000)
    assert done.status == 0


def test_every_page_is_a_record(decode, tmp_path):
    pages = [Image.fromarray(WHITE)] * 3
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    _, found = decode(tmp_path / "a.tif")
    assert [record["page"] for record in found] == [1, 2, 3]


def test_records_do_not_depend_on_batches_and_processes(decode, tmp_path):
    rng = np.random.default_rng(1)
    for number in range(4):
        image = WHITE.copy()
        for left in rng.integers(5, 130, 4):
            image[15:45, left : left + 6] = 0
        (tmp_path / f"{number}.png").write_bytes(picture(image))
    _, together = decode(tmp_path, "--batch-size", 16)
    _, alone = decode(tmp_path, "--batch-size", 1)
    _, elsewhere = decode(tmp_path, "--jobs", 2, "--batch-size", 3)
    for one, other in [*zip(together, alone, strict=True), *zip(together, elsewhere, strict=True)]:
        assert other["file"] == one["file"]
        assert other["text"] == one["text"]
        assert other["confidence"] == pytest.approx(one["confidence"], rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "MODEL"], ".safetensors"),
        (["--device", "cuda:77"], "cuda:77"),
        (["--grammar", "GRAMMAR"], "line 1"),
    ],
)
def test_a_model_that_cannot_be_loaded_is_wrong_usage(run, tmp_path, arguments, message):
    (tmp_path / "MODEL").write_bytes(b"nonsense")
    (tmp_path / "GRAMMAR").write_text("this is no grammar\n")
    arguments = [tmp_path / part if part in ("MODEL", "GRAMMAR") else part for part in arguments]
    done = run("decode", tmp_path / "a.png", *arguments)
    assert done.status == 2
    assert message in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
