import gzip
import struct

import cv2
import numpy as np
import pytest

from models.files import load_model


def write_idx(path, array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.tobytes()))


@pytest.fixture
def data(tmp_path):
    """Forty rings and bars to learn from, twenty for the test, in MNIST's form."""
    folder = tmp_path / "digits"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for stem, count in (("train", 40), ("t10k", 20)):
        images = np.zeros((count, 28, 28), np.uint8)
        labels = rng.integers(0, 2, count).astype(np.uint8)
        for image, label in zip(images, labels, strict=True):
            if label:
                cv2.line(image, (15, 4), (13, 24), 255, 3)
            else:
                cv2.ellipse(image, (14, 14), (6, 9), 0, 0, 360, 255, 3)
        write_idx(folder / f"{stem}-images-idx3-ubyte.gz", images)
        write_idx(folder / f"{stem}-labels-idx1-ubyte.gz", labels)
    return folder


SHORT = ("--epochs", 1, "--batch-size", 8, "--val-fraction", 0.25, "--device", "cpu", "--no-report")


def test_one_epoch_writes_all_files(run, data, tmp_path):
    out = tmp_path / "out"
    done = run("train", "recognizer", data, "--out", out, "--name", "mine", *SHORT, "--report")
    assert done.status == 0
    names = {path.name for path in out.iterdir()}
    assert names == {"checkpoint.safetensors", "curves.csv", "mine.md", "mine.safetensors", "report"}
    shown = {path.name for path in (out / "report").iterdir()}
    assert shown >= {"index.html", "curves.png", "confusion.png", "filters.png", "maps.png"}
    assert load_model(out / "mine.safetensors").name == "mine"
    assert "of 20 wrong" in done.out
    assert "95 % interval" in done.out
    assert "epoch 1/1: loss" in done.err
    assert "epoch 1/1" not in done.out


def test_quiet_run_has_no_messages(run, data, tmp_path):
    done = run("train", "recognizer", data, "--out", tmp_path / "out", "--quiet", *SHORT)
    assert (done.status, done.err) == (0, "")


def test_equal_seeds_give_equal_files(run, data, tmp_path):
    for name in "ab":
        assert run("train", "recognizer", data, "--out", tmp_path / name, *SHORT).status == 0
    assert (tmp_path / "a/lenet5.safetensors").read_bytes() == (
        tmp_path / "b/lenet5.safetensors"
    ).read_bytes()


def test_finished_run_is_resumed(run, data, tmp_path):
    out = tmp_path / "out"
    run("train", "recognizer", data, "--out", out, *SHORT)
    weights = (out / "lenet5.safetensors").read_bytes()
    done = run("train", "recognizer", data, "--out", out, "--resume", *SHORT)
    assert done.status == 0
    assert "epoch" not in done.err
    assert (out / "lenet5.safetensors").read_bytes() == weights


def test_missing_test_digits_are_reported(run, data, tmp_path):
    (data / "t10k-images-idx3-ubyte.gz").unlink()
    done = run("train", "recognizer", data, "--out", tmp_path / "out", *SHORT)
    assert done.status == 0
    assert "no test digits" in done.err
    assert "No test digits were given" in (tmp_path / "out/lenet5.md").read_text()


def test_recipe_of_the_paper_is_accepted(run, data, tmp_path):
    done = run("train", "recognizer", data, "--out", tmp_path, "--criterion", "ml", "--no-distort", *SHORT)
    assert done.status == 0


@pytest.mark.parametrize(
    ("options", "recipe"),
    [
        (("--arch", "lenet5-review"), {"arch": "lenet5-review", "negatives_per_digit": 0.0}),
        (
            ("--optimizer", "sdlm", "--distortion", "affine"),
            {"lr": 0.0005, "negatives_per_digit": 0.0},
        ),
        (("--arch", "lenet", "--maps", "2,3,8,6", "--ema", 0.9), {"negatives_per_digit": 1.0, "ema": 0.9}),
    ],
)
def test_architectures_have_their_defaults(run, data, tmp_path, options, recipe):
    done = run("train", "recognizer", data, "--out", tmp_path, "--name", "it", *options, *SHORT)
    assert done.status == 0
    written = load_model(tmp_path / "it.safetensors").metadata.training["recipe"]
    assert {name: written[name] for name in recipe} == recipe


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--arch", "lenet1", "--negatives-per-digit", 1), "--negatives-per-digit 0"),
        (("--arch", "lenet", "--maps", "1,2"), "maps"),
        (("--maps", "many"), "maps"),
        (("--arch", "lenet", "--optimizer", "sdlm"), "--arch lenet5"),
        (("--resume",), "no checkpoint"),
        (("--criterion", "ml", "--negatives-per-digit", 1), "--negatives-per-digit 0"),
        (("--criterion", "other"), "criterion"),
        (("--labels", "0"), "--labels"),
        (("--name", "../x"), "name"),
        (("--device", "tpu9"), "device"),
        (("--device", "cuda:77"), "CUDA"),
        (("--epochs", 0), "epochs"),
    ],
)
def test_wrong_usage_exits_with_2(run, data, tmp_path, options, message):
    done = run("train", "recognizer", data, "--out", tmp_path / "out", *SHORT, *options)
    assert done.status == 2
    assert message in done.err
    assert "Traceback" not in done.err


def test_folder_without_digits_is_refused(run, tmp_path):
    done = run("train", "recognizer", tmp_path, *SHORT)
    assert done.status == 2
    assert "train-images-idx3-ubyte" in done.err


def test_help_lists_the_options(run):
    done = run("train", "recognizer", "--help")
    assert done.status == 0
    for option in (
        "--epochs",
        "--criterion",
        "--negatives-per-digit",
        "--no-distort",
        "--resume",
        "--seed",
        "--device",
    ):
        assert option in done.out
