"""Two processes of torchrun give the result of one."""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

import docreader
from docreader.training.common.distributed import Processes
from docreader.training.common.errors import TrainingError
from docreader.training.reader.recipe import LineAugmentation, SegmentAugmentation
from docreader.training.reader.tasks.sdnn import SdnnTask
from docreader.training.reader.trainer import train_reader
from gtn.backends import use_backend
from models.sdnn import SDNN

SCRIPT = """
import copy, pickle, sys
from pathlib import Path

import torch
from torch import nn

from docreader.training.common.errors import DivergedError
from docreader.training.common.checkpoint import TrainingState
from docreader.training.common.distributed import init_distributed
from docreader.training.reader import trainer
from docreader.training.reader.tasks.sdnn import SdnnTask
from docreader.training.common.sync_layers import sync_layers
from gtn.backends import use_backend
from tests.docreader.training.reader.test_trainer_distributed import in_double

torch.set_num_threads(1)
SdnnTask.build = in_double(SdnnTask.build)
folder = Path(sys.argv[1])
jobs = pickle.loads((folder / "jobs").read_bytes())
events = []
save = TrainingState.save
TrainingState.save = lambda *args: (events.append("saved"), save(*args))

def stop(row):
    if row["epoch"] == 1:
        raise KeyboardInterrupt

def layers(processes):
    # in float64, where rounding hides nothing
    torch.manual_seed(0)
    whole = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.ReLU(), nn.Dropout2d(0.4), nn.Dropout(0.3), nn.Flatten(2),
        nn.Dropout(0.3), nn.BatchNorm1d(3),
    ).double().to(memory_format=torch.channels_last)
    part = copy.deepcopy(whole)
    sync_layers(part, processes)
    assert list(part.state_dict()) == list(whole.state_dict())
    x = torch.randn(5, 2, 8, 6, dtype=torch.float64).to(memory_format=torch.channels_last)
    pull = torch.randn(5, 3, 24, dtype=torch.float64)
    for rows, network in ((slice(None), whole), (processes.shard(5), part)):
        torch.manual_seed(1)
        (network(x[rows]) * pull[rows]).sum().backward()
    for (name, a), b in zip(whole.named_parameters(), part.parameters()):
        assert torch.allclose(a.grad, processes.all_reduce(b.grad), atol=1e-12), name
    for name, a in whole.state_dict().items():
        assert torch.allclose(a, part.state_dict()[name], atol=1e-12), name
    assert torch.allclose(whole.eval()(x), part.eval()(x), atol=1e-12)

with init_distributed("cpu") as (processes, device), use_backend("torch"):
    layers(processes)
    options = {"device": device, "processes": processes}
    results = []
    for number, job in enumerate(jobs):
        try:
            trainer.train_reader(*job, folder / str(number), on_epoch=stop, **options)
        except KeyboardInterrupt:
            results.append(trainer.train_reader(*job, folder / str(number), resume=True, **options))
    step = SdnnTask.training_step
    def broken(*args):
        values, read = step(*args)
        return values * (float("nan") if processes.rank else 1), read
    SdnnTask.training_step = broken
    try:
        trainer.train_reader(*jobs[0], folder / "broken", **options)
    except DivergedError as error:
        events.append(str(error))
found = [(result.history, result.network.state_dict()) for result in results]
(folder / f"result-{processes.rank}").write_bytes(pickle.dumps((found, events)))
"""


def in_double(build: Callable[..., SDNN]) -> Callable[..., SDNN]:
    """Build networks in float64: in float32, the rounding of channels of small variance grows with each step."""

    def built(task: SdnnTask) -> SDNN:
        network = build(task).double()
        network.register_forward_pre_hook(lambda module, given: (given[0].double(),))
        return network

    return built


def test_a_batch_has_a_string_for_each_process(toys, recipe, tmp_path):
    with pytest.raises(TrainingError, match="6 strings is too small for 8 processes"):
        train_reader(toys, [], [], recipe, tmp_path, processes=Processes(0, 8))


def test_two_processes_give_the_result_of_one(toys, field_toys, recipe, fields_recipe, tmp_path, monkeypatch):
    recipe = replace(
        recipe,
        epochs=2,
        batch_size=5,  # the parts have 2 and 3
        synthetic=0.4,
        augmentation=LineAugmentation(),
        network=replace(recipe.network, dropout=0.2, refine=1),
    )
    segments_recipe = replace(
        fields_recipe,
        epochs=2,
        augmentation=SegmentAugmentation(),
        network=replace(fields_recipe.network, dropout=0.2),
    )
    jobs = [(toys, toys[:4], toys, recipe), (field_toys, field_toys[:4], [], segments_recipe)]
    (tmp_path / "jobs").write_bytes(pickle.dumps(jobs))
    (tmp_path / "several.py").write_text(SCRIPT, encoding="utf-8")
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    root = str(Path(docreader.__file__).parents[1])
    environment = {**os.environ, "PYTHONPATH": root, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [*command, str(tmp_path / "several.py"), str(tmp_path)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (first, events), (second, other) = (
        pickle.loads((tmp_path / f"result-{rank}").read_bytes()) for rank in (0, 1)
    )
    assert events[:-1] == ["saved"] * 4
    assert other == events[-1:]  # the second writes nothing, and both name the string
    assert "is not finite" in events[-1]
    monkeypatch.setattr(SdnnTask, "build", in_double(SdnnTask.build))
    for number, (job, (history, weights), (there, _)) in enumerate(zip(jobs, first, second, strict=True)):
        assert there == history
        with use_backend("torch"):
            alone = train_reader(*job, tmp_path / f"alone-{number}")
        near = 1e-3 if number else 1e-9  # segments are scored in float32
        for row, expected in zip(history, alone.history, strict=True):
            assert row == pytest.approx(expected, rel=near)
        for name, tensor in alone.network.state_dict().items():
            # Adam divides by the gradient's size, so that the rounding of a small one is seen in a weight
            assert torch.allclose(weights[name], tensor, rtol=near, atol=near), name
