import pytest
import torch

from docreader.training.common.checkpoint import Progress, load_checkpoint, same_recipe, save_checkpoint
from docreader.training.common.errors import CheckpointError
from docreader.training.recognizer.distortions import Distortion
from docreader.training.recognizer.recipe import Recipe
from models.lenet5 import LeNet5


def make(seed):
    torch.manual_seed(seed)
    module = LeNet5()
    optimizer = torch.optim.AdamW([p for p in module.parameters() if p.requires_grad], lr=0.01)
    return module, optimizer


def step(module, optimizer):
    optimizer.zero_grad()
    module(torch.ones(2, 1, 32, 32)).sum().backward()
    optimizer.step()


IDENTITY = same_recipe(Recipe(), "abc", "cpu")


@pytest.fixture
def saved(tmp_path):
    module, optimizer = make(0)
    step(module, optimizer)
    best = {name: t.detach().clone() for name, t in module.state_dict().items()}
    progress = Progress(epoch=3, history=[{"epoch": 1.0, "x": 0.1}], best=best, best_epoch=2)
    path = tmp_path / "checkpoint.safetensors"
    save_checkpoint(path, module, optimizer, progress, IDENTITY)
    return path, module, optimizer, progress


def test_the_state_comes_back_and_goes_on_alike(saved):
    path, module, optimizer, progress = saved
    other, its_optimizer = make(1)
    found = load_checkpoint(path, other, its_optimizer, IDENTITY)
    assert (found.epoch, found.history, found.best_epoch) == (3, progress.history, 2)
    assert all(torch.equal(found.best[name], t) for name, t in progress.best.items())
    for _ in range(2):
        step(module, optimizer)
        step(other, its_optimizer)
    assert all(torch.equal(a, b) for a, b in zip(module.parameters(), other.parameters(), strict=True))


def test_another_recipe_or_data_is_refused_by_name(saved):
    path = saved[0]
    recipe = Recipe(lr=0.5, distortion=Distortion(shear=9.0))
    with pytest.raises(CheckpointError, match=r"recipe\.distortion\.shear, recipe\.lr"):
        load_checkpoint(path, *make(0), same_recipe(recipe, "abc", "cpu"))
    with pytest.raises(CheckpointError, match="data"):
        load_checkpoint(path, *make(0), same_recipe(Recipe(), "other", "cpu"))


def test_a_missing_one_says_so(tmp_path):
    with pytest.raises(CheckpointError, match="without --resume"):
        load_checkpoint(tmp_path / "none", *make(0), IDENTITY)


@pytest.mark.parametrize("keep", [0, 5, 1000, -1])
def test_a_truncated_one_is_refused(saved, keep):
    path = saved[0]
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="damaged"):
        load_checkpoint(path, *make(0), IDENTITY)


def test_another_file_is_refused(tmp_path):
    import safetensors.torch

    safetensors.torch.save_file({"a": torch.zeros(1)}, tmp_path / "x")
    with pytest.raises(CheckpointError, match="no checkpoint"):
        load_checkpoint(tmp_path / "x", *make(0), IDENTITY)
