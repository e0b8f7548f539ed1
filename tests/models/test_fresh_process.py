"""Saved models give the same scores in a process that knows nothing of the one that saved them."""

import subprocess
import sys
from pathlib import Path

import torch

from models.alexnet import AlexNet, AlexNetConfig
from models.files import describe, save_model
from models.historical.lenet1 import LeNet1
from models.historical.lenet_review import LeNetReview, LeNetReviewConfig
from models.lenet import LeNet, LeNetConfig
from models.lenet5 import LeNet5
from models.lenet5_sdnn import LeNet5SDNN
from models.pyramid import PyramidConfig, PyramidNet
from models.sdnn import SDNN, SDNNConfig

TEN = tuple("0123456789")
SCRIPT = """
import sys, safetensors.torch, torch
from models.files import load_model
torch.set_num_threads(1)
given = safetensors.torch.load_file(sys.argv[1])
with torch.inference_mode():
    scores = {name: load_model(f"{sys.argv[2]}/{name}.safetensors").module(x) for name, x in given.items()}
safetensors.torch.save_file({name: y.contiguous() for name, y in scores.items()}, sys.argv[3])
"""


def test_scores_in_a_fresh_process(tmp_path):
    import safetensors.torch

    torch.manual_seed(5)
    networks = {
        "lenet5": (LeNet5(), (3, 1, 32, 32)),
        "lenet1": (LeNet1(), (3, 1, 32, 32)),
        "lenet": (LeNet(LeNetConfig(maps=(2, 2, 4, 4))), (3, 1, 32, 32)),
        "lenet-review": (LeNetReview(LeNetReviewConfig(TEN)), (3, 1, 32, 32)),
        "lenet5-swept": (LeNet5SDNN(), (2, 2, 32, 64)),
        "sdnn": (SDNN(SDNNConfig(maps=(2, 2, 2, 2))), (2, 2, 32, 64)),
        "pyramid": (PyramidNet(PyramidConfig(("a", "b"))), (2, 3, 64, 80)),
        "alexnet": (AlexNet(AlexNetConfig(("a", "b", "c"), "2012", 67)), (2, 3, 67, 67)),
        "alexnet-bn": (AlexNet(AlexNetConfig(("a", "b"), "batch-norm", 104, 2)), (2, 3, 104, 104)),
    }
    given = {name: torch.rand(shape) for name, (_, shape) in networks.items()}
    scores = {}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, (network, _) in networks.items():
            with torch.no_grad():
                network.train()(given[name])  # moves the running means of batch norm, which are saved too
            metadata = describe(network, kind="recognizer", name=name, version="1")
            save_model(tmp_path / f"{name}.safetensors", network.eval(), metadata)
            with torch.inference_mode():
                scores[name] = network(given[name])
    finally:
        torch.set_num_threads(threads)
    safetensors.torch.save_file(given, tmp_path / "given")
    command = [sys.executable, "-c", SCRIPT, tmp_path / "given", tmp_path, tmp_path / "scores"]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], timeout=600)
    found = safetensors.torch.load_file(tmp_path / "scores")
    for name, wanted in scores.items():
        # what is read from a file lies elsewhere in memory: the same scores up to rounding
        torch.testing.assert_close(found[name], wanted, msg=name)
