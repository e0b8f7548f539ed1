from pathlib import Path

import numpy as np
import torch

from docreader.training.classifier.recipe import ClassifierRecipe
from docreader.training.classifier.report import report_contents
from docreader.training.classifier.run import train_classifier
from models.pyramid import PyramidConfig, PyramidNet


def test_page_features_are_cached_and_reported(make_images, tmp_path: Path) -> None:
    source = make_images(tmp_path / "data", 11)
    (source / "dark" / "03.png").write_bytes(b"damaged")
    torch.manual_seed(0)
    stack = PyramidNet(PyramidConfig(("a", "b"))).stack
    weights = tmp_path / "stack.npz"
    arrays = {
        f"features.{place}.{kind}": getattr(stack.get_submodule(f"conv{number}"), kind).detach().numpy()
        for number, place in enumerate((0, 3, 6, 8, 10), 1)
        for kind in ("weight", "bias")
    }
    np.savez(weights, **arrays)  # type: ignore[arg-type]
    recipe = ClassifierRecipe(
        arch="alexnet-pages", size=64, epochs=1, batch_size=4, freeze=True, val_fraction=0.5
    )
    read: list[int] = []
    first = train_classifier(source, recipe, tmp_path / "out", pretrained=weights, on_image=read.append)
    assert len(read) == 22
    again = train_classifier(source, recipe, tmp_path / "out", pretrained=weights, on_image=read.append)
    assert len(read) == 22  # the features come from the file
    assert first.predictions is not None
    assert again.predictions is not None
    assert again.predictions.files == first.predictions.files
    assert torch.equal(again.predictions.scores, first.predictions.scores)
    for file, target in zip(again.predictions.files, again.predictions.targets.tolist(), strict=True):
        assert file.parent.name == again.labels[target]
        assert file != source / "dark" / "03.png"
    contents = report_contents("mine", again, recipe)
    assert contents.sample is not None
    assert contents.sample.shape == (64, 64, 3)
    assert [name for name, _ in contents.maps] == [f"stack.relu{n}" for n in range(1, 6)]
    assert contents.confusion is not None
    assert int(contents.confusion.sum()) == len(again.predictions.files)
    assert len(contents.mistakes) == again.results["held_out"]["wrong"]
