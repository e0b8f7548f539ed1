"""Images a second of LeNet-5 and the forms of AlexNet, beside torchvision's alexnet where it is installed.

    OMP_NUM_THREADS=1 python benchmarks/networks.py [--device cuda] [--batch-size 32] [--seconds 3] [--bfloat16]

torchvision belongs into an environment of its own, or without its dependencies into a folder on PYTHONPATH
(`pip install --no-deps --target DIR torchvision`), since it asks for a torch of its own.
"""

import argparse
import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

from models.alexnet import SIZES, AlexNet, AlexNetConfig
from models.lenet5 import LeNet5

LABELS = tuple(str(number) for number in range(1000))


def networks() -> dict[str, tuple[Callable[[], nn.Module], tuple[int, int, int]]]:
    """What is timed: how it is made, and the shape of a picture."""
    found: dict[str, tuple[Callable[[], nn.Module], tuple[int, int, int]]] = {
        "LeNet-5": (LeNet5, (1, 32, 32))
    }
    for form, side in SIZES.items():
        config = AlexNetConfig(LABELS, form, side)
        found[f"AlexNet {form}"] = (lambda config=config: AlexNet(config), (3, side, side))  # type: ignore[misc]
    try:
        from torchvision.models import alexnet

        found["torchvision alexnet"] = (alexnet, (3, 224, 224))
    except (ImportError, RuntimeError) as error:
        print(f"torchvision is left out: {error}")
    return found


def rate(module: nn.Module, pictures: Tensor, seconds: float, bfloat16: bool) -> float:
    """Images a second: the best of three runs, after one to warm up."""
    best = 0.0
    with torch.inference_mode(), torch.autocast(pictures.device.type, torch.bfloat16, enabled=bfloat16):
        module(pictures)
        for _ in range(3):
            count, start = 0, time.perf_counter()
            while time.perf_counter() - start < seconds / 3:
                module(pictures)
                if pictures.is_cuda:
                    torch.cuda.synchronize()
                count += len(pictures)
            best = max(best, count / (time.perf_counter() - start))
    return best


def main() -> None:
    """Print one line for each network."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--bfloat16", action="store_true", help="mixed precision, maps beside one another")
    given = parser.parse_args()
    layout = torch.channels_last if given.bfloat16 else torch.contiguous_format
    for name, (make, shape) in networks().items():
        module = make().eval().to(given.device, memory_format=layout)
        pictures = torch.rand(given.batch_size, *shape, device=given.device).to(memory_format=layout)
        found = rate(module, pictures, given.seconds, given.bfloat16)
        print(f"{name:22} {'x'.join(map(str, shape)):>10} {found:10.1f} images/s")


if __name__ == "__main__":
    main()
