import pytest
import torch

from docreader.training.common.checkpoint import Progress, TrainingState
from docreader.training.common.ema import EMA
from docreader.training.common.errors import CheckpointError
from docreader.training.common.schedules import warmup_cosine
from models.lenet5 import LeNet5

IDENTITY = {"recipe": {"lr": 0.01, "distortion": {"shear": 0.2}, "maps": (4, 6)}, "data": "abc"}


def make(seed, identity=IDENTITY):
    torch.manual_seed(seed)
    network = LeNet5()
    optimizer = torch.optim.AdamW([p for p in network.parameters() if p.requires_grad], lr=0.01)
    modules = {"network": network, "ema": EMA(network, 0.9)}
    return TrainingState(modules, optimizer, warmup_cosine(optimizer, 2, 10), identity)


def step(state):
    state.optimizer.zero_grad()
    state.modules["network"](torch.ones(2, 1, 32, 32)).sum().backward()
    state.optimizer.step()
    state.modules["ema"].update_parameters(state.modules["network"])
    state.scheduler.step()


def weights(state):
    return [tensor for module in state.modules.values() for tensor in module.state_dict().values()]


@pytest.fixture
def saved(tmp_path):
    state = make(0)
    step(state)
    best = {name: t.detach().clone() for name, t in state.modules["network"].state_dict().items()}
    progress = Progress(epoch=3, history=[{"epoch": 1.0, "x": 0.1}], best=best, best_epoch=2)
    path = tmp_path / "checkpoint.safetensors"
    state.save(path, progress)
    return path, state, progress


def test_a_restored_run_continues_with_the_same_bits(saved):
    path, state, progress = saved
    other = make(1)
    found = other.load(path)
    assert (found.epoch, found.history, found.best_epoch) == (3, progress.history, 2)
    assert all(torch.equal(found.best[name], t) for name, t in progress.best.items())
    for _ in range(3):
        assert state.optimizer.param_groups[0]["lr"] == other.optimizer.param_groups[0]["lr"]
        step(state)
        step(other)
    assert all(torch.equal(a, b) for a, b in zip(weights(state), weights(other), strict=True))


def test_another_recipe_or_data_is_refused_by_name(saved):
    path = saved[0]
    other = {"recipe": {"lr": 0.5, "distortion": {"shear": 9.0}, "maps": [4, 6]}, "data": "abc"}
    with pytest.raises(CheckpointError, match=r"recipe\.distortion\.shear, recipe\.lr:"):
        make(0, other).load(path)
    with pytest.raises(CheckpointError, match="data"):
        make(0, IDENTITY | {"data": "other"}).load(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(CheckpointError, match="without --resume"):
        make(0).load(tmp_path / "none")


@pytest.mark.parametrize("keep", [0, 5, 1000, -1])
def test_a_truncated_file_is_refused(saved, keep):
    path = saved[0]
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CheckpointError, match="damaged"):
        make(0).load(path)


def test_another_file_is_refused(tmp_path):
    import safetensors.torch

    safetensors.torch.save_file({"a": torch.zeros(1)}, tmp_path / "x")
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        make(0).load(tmp_path / "x")
