"""Measure networks: images/s of LeNet-5 and AlexNet, LeNet-5 as SDNN beside LeNet-5 at each window.

    OMP_NUM_THREADS=1 python benchmarks/networks.py throughput [--device cuda] [--batch-size 32] [--bfloat16]
    python benchmarks/networks.py sdnn [--widths 128 256]

torchvision's alexnet is timed where it can be imported (`pip install --no-deps --target DIR torchvision`, DIR on
PYTHONPATH, since torchvision requires a torch of its own).
"""

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from common import Metric, emit, parser, value
from torch import Tensor, nn

from models.alexnet import SIZES, AlexNet, AlexNetConfig
from models.lenet5 import IMAGE_SIZE, LeNet5
from models.lenet5_sdnn import LeNet5Line
from models.sdnn import SDNN, STRIDE

LABELS = tuple(str(number) for number in range(1000))
LINES, RUNS = 16, 15


def networks() -> dict[str, tuple[Callable[[], nn.Module], tuple[int, int, int]]]:
    """Return the factory and the shape of an input by the name of the network."""
    found: dict[str, tuple[Callable[[], nn.Module], tuple[int, int, int]]] = {"lenet5": (LeNet5, (1, 32, 32))}
    for form, side in SIZES.items():
        config = AlexNetConfig(LABELS, form, side)
        found[f"alexnet-{form}"] = (lambda config=config: AlexNet(config), (3, side, side))  # type: ignore[misc]
    try:
        from torchvision.models import alexnet

        found["torchvision"] = (alexnet, (3, 224, 224))
    except (ImportError, RuntimeError) as error:
        print(f"torchvision is left out: {error}")
    return found


def rate(module: nn.Module, pictures: Tensor, seconds: float, bfloat16: bool) -> float:
    """Measure images/s: best of three runs, after one to fill the caches."""
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


def throughput(given: argparse.Namespace) -> dict[str, Metric]:
    """Measure images/s of each network."""
    layout = torch.channels_last if given.bfloat16 else torch.contiguous_format
    metrics = {}
    for name, (make, shape) in networks().items():
        module = make().eval().to(given.device, memory_format=layout)
        pictures = torch.rand(given.batch_size, *shape, device=given.device).to(memory_format=layout)
        metrics[name] = value(rate(module, pictures, given.seconds, given.bfloat16), "images/s")
    return metrics


def milliseconds(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Measure the median time of each function, called by turns."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(RUNS + 2):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(values[2:]) for name, values in times.items()}


@torch.inference_mode()
def sdnn(given: argparse.Namespace) -> dict[str, Metric]:
    """Measure what the SDNN form of LeNet-5 saves (GBL98 sec. VII), ms a line, and the reader's own network."""
    torch.set_num_threads(1)
    lenet, reader = LeNet5().eval(), SDNN().eval()
    line = LeNet5Line(lenet).eval()
    metrics: dict[str, Metric] = {}
    for width in given.widths:
        images, both = torch.rand(LINES, 1, IMAGE_SIZE, width), torch.rand(LINES, 2, IMAGE_SIZE, width)
        windows = images.unfold(3, IMAGE_SIZE, STRIDE).permute(0, 3, 1, 2, 4).flatten(0, 1).contiguous()
        found = milliseconds(
            {
                "each": lambda windows=windows: lenet.log_posteriors(windows),  # type: ignore[misc]
                "sdnn": lambda images=images: line(images),  # type: ignore[misc]
                "reader": lambda both=both: reader(both),  # type: ignore[misc]
            }
        )
        tail = "" if width == given.widths[0] else f"_{width}"
        metrics |= {name + tail: value(ms / LINES, "ms") for name, ms in found.items()}
        metrics["ratio" + tail] = value(found["each"] / found["sdnn"], "x")
    return metrics


def main() -> None:
    """Measure and print."""
    options = parser(__doc__)
    measures = {"throughput": throughput, "sdnn": sdnn}
    options.add_argument("what", choices=measures)
    options.add_argument("--device", default="cpu")
    options.add_argument("--batch-size", type=int, default=32)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--bfloat16", action="store_true", help="mixed precision, channels last")
    options.add_argument("--widths", type=int, nargs="+", default=[128, 256], help="of lines, pixels")
    given = options.parse_args()
    metrics = measures[given.what](given)
    for name, metric in metrics.items():
        print(f"{name:22} {metric['value']:12.2f} {metric['unit']}")
    emit(metrics)


if __name__ == "__main__":
    main()
