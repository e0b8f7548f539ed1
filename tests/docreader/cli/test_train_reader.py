from dataclasses import replace

import pytest

from models.files import default_model_path, default_reader_path, load_model, save_model

SHORT = ("--epochs", 1, "--batch-size", 2, "--device", "cpu")


@pytest.fixture
def labels(amounts):
    """Eight labeled images."""
    return amounts("15", "270", "8", "1250", "33", "902", "41", "6")


def test_one_epoch_writes_everything_and_the_model_reads(run, labels, idx_digits, tmp_path):
    out = tmp_path / "out"
    done = run(
        "train", "reader", labels, "--out", out, "--name", "mine", "--synthetic", 0.5, "--digits", idx_digits,
        "--pool", 6, "--val-fraction", 0.25, *SHORT,
    )  # fmt: skip
    assert done.status == 0, done.err
    names = {path.name for path in out.iterdir()}
    assert names == {"checkpoint.safetensors", "curves.csv", "curves.png", "mine.md", "mine.safetensors"}
    model = load_model(out / "mine.safetensors", kind="reader")
    assert model.metadata.calibration["strings"] == 2
    assert model.metadata.training["strings"] == {"train": 6, "val": 2, "synthesized": 6}
    assert "epoch 1/1: loss" in done.err
    assert "of 2 correct in every character" in done.out
    card = (out / "mine.md").read_text()
    assert model.sha256 in card
    read = run("decode", tmp_path / "0.png", "--model", out / "mine.safetensors", "--format", "json")
    assert read.status == 0
    assert '"method":"sdnn"' in read.out


def test_a_finished_run_is_resumed_to_the_same_model(run, labels, tmp_path):
    done = [
        run("train", "reader", labels, "--out", tmp_path / "out", "--quiet", *SHORT, *more)
        for more in ((), ("--resume",))
    ]
    assert [one.status for one in done] == [0, 0]
    assert done[0].out == done[1].out
    assert done[0].err == ""


def test_fine_tuning_keeps_the_configuration_and_copies_a_calibration(run, labels, tmp_path):
    out = tmp_path / "out"
    done = run(
        "train", "reader", labels, "--out", out, "--pretrained", "shipped", "--val-fraction", 0,
        "--copy-calibration-from", "shipped", *SHORT,
    )  # fmt: skip
    assert done.status == 0, done.err
    tuned = load_model(out / "reader.safetensors", kind="reader").metadata
    assert tuned.training["pretrained"].startswith("reader-sdnn (sha256 ")
    assert tuned.training["recipe"]["lr"] == 0.001
    assert "No strings were held out." in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--synthetic", 0.5), "--synthetic needs --digits"),
        (("--copy-calibration-from", "shipped"), "--copy-calibration-from is for --val-fraction 0"),
        (("--name", "a/b"), "name must be one that a file can have"),
        (("--batch-size", 1), "batch_size must be 2 or more"),
        (("--device", "abacus"), "device 'abacus' cannot be used"),
        (("--pretrained", "nowhere.safetensors"), "there is no model file nowhere.safetensors"),
        (("--criterion", "ctc"), "ctc"),
        (("--method", "both"), "both"),
        (
            ("--method", "hos", "--pretrained", "shipped-sdnn"),
            "reader-sdnn cannot initialize a reader of --method hos",
        ),
    ],
)
def test_wrong_usage(run, labels, arguments, message):
    arguments = [default_reader_path() if word == "shipped-sdnn" else word for word in arguments]
    done = run("train", "reader", labels, *arguments)
    assert done.status == 2
    assert message in done.err


@pytest.mark.parametrize("form", [("--backbone", "wide"), ("--pretrained", "lenet5")])
def test_a_segment_scorer_is_trained_and_reads(run, labels, idx_digits, tmp_path, form):
    out = tmp_path / "out"
    more = [default_model_path() if word == "lenet5" else word for word in form]
    done = run(
        "train", "reader", labels, "--method", "hos", "--out", out, "--synthetic", 0.5, "--digits", idx_digits,
        "--pool", 4, "--val-fraction", 0.25, *more, *SHORT,
    )  # fmt: skip
    assert done.status == 0, done.err
    model = load_model(out / "reader.safetensors", kind="reader")
    assert model.metadata.architecture == "segment-scorer"
    assert model.metadata.configuration["backbone"] == form[1]
    assert model.metadata.training["recipe"]["augmentation"]["copies"] == 8
    assert "heuristic over-segmentation" in (out / "reader.md").read_text()
    read = run("decode", tmp_path / "0.png", "--model", out / "reader.safetensors", "--format", "json")
    assert read.status == 0
    assert '"method":"hos"' in read.out


def test_a_fully_convolutional_lenet5_is_trained_and_reads(run, labels, tmp_path):
    out = tmp_path / "out"
    done = run(
        "train", "reader", labels, "--backbone", "lenet5", "--pretrained", default_model_path(), "--out", out,
        "--val-fraction", 0.25, *SHORT,
    )  # fmt: skip
    assert done.status == 0, done.err
    model = load_model(out / "reader.safetensors", kind="reader").metadata
    assert model.architecture == "lenet5-sdnn"
    assert model.preprocessing["stretch"] == 1.2
    assert "digits of 20 pixels" in (out / "reader.md").read_text()
    read = run("decode", tmp_path / "0.png", "--model", out / "reader.safetensors", "--format", "json")
    assert read.status == 0
    assert '"method":"sdnn"' in read.out


def test_the_line_format_is_that_of_the_pretrained_reader(run, labels, tmp_path):
    shipped = load_model(default_reader_path(), kind="reader")
    wide = replace(shipped.metadata, preprocessing=shipped.metadata.preprocessing | {"stretch": 1.8})
    save_model(tmp_path / "wide.safetensors", shipped.module, wide)
    out = tmp_path / "out"
    done = run("train", "reader", labels, "--pretrained", tmp_path / "wide.safetensors", "--out", out, *SHORT)
    assert done.status == 0, done.err
    assert load_model(out / "reader.safetensors", kind="reader").metadata.preprocessing["stretch"] == 1.8


def test_unreachable_labels_are_skipped_on_request_and_named(run, labels, tmp_path):
    labels.write_text(labels.read_text().replace("0.png,15", "0.png," + "1" * 90))
    more = ("--method", "hos", "--val-fraction", 0, "--out", tmp_path / "out", *SHORT)
    done = run("train", "reader", labels, *more)
    assert done.status == 2
    assert "labels.csv, line 2: no path accepts" in done.err
    assert "1 of 8 labels are unreachable" in done.err
    done = run("train", "reader", labels, "--skip-unreachable", "--quiet", *more)
    assert done.status == 0, done.err
    assert "skipped: " in done.err
    assert "1 unreachable labels were skipped" in (tmp_path / "out" / "reader.md").read_text()


def test_a_bad_label_ends_the_run_before_training(run, labels, tmp_path):
    labels.write_text("file,label\n0.png,15\n1.png,27o\n")
    done = run("train", "reader", labels, "--out", tmp_path / "out")
    assert done.status == 2
    assert "labels.csv, line 3: '27o' holds 'o'" in done.err
    assert not (tmp_path / "out").exists()
