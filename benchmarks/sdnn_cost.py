"""What sweeping LeNet-5 over a line as one network saves over LeNet-5 at each window (GBL98 sec. VII).

    python benchmarks/sdnn_cost.py [WIDTH ...]

For lines of each width (pixels; 128 and 256 by default) it prints the milliseconds of both, on one thread, and their
ratio; and those of the reader's own network. The medians are of alternating runs, so that load on the machine strikes
all alike.
"""

import statistics
import sys
import time
from collections.abc import Callable

import torch

from models.lenet5 import IMAGE_SIZE, LeNet5
from models.sdnn import SDNN, STRIDE
from models.swept_lenet5 import LeNet5Line

LINES = 16
RUNS = 15


def milliseconds(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Median time of each function, run in turn."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(RUNS + 2):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(values[2:]) for name, values in times.items()}


@torch.inference_mode()
def main(widths: list[int]) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    lenet, reader = LeNet5().eval(), SDNN().eval()
    line = LeNet5Line(lenet).eval()
    print(f"{LINES} lines, one thread, ms a line")
    print("| width | windows | LeNet-5 at each window | LeNet-5 swept | ratio | SDNN of the reader |")
    print("|---|---|---|---|---|---|")
    for width in widths:
        images = torch.rand(LINES, 1, IMAGE_SIZE, width)
        both = torch.rand(LINES, 2, IMAGE_SIZE, width)
        windows = images.unfold(3, IMAGE_SIZE, STRIDE).permute(0, 3, 1, 2, 4).flatten(0, 1).contiguous()
        found = milliseconds(
            {
                "each": lambda windows=windows: lenet.log_posteriors(windows),  # type: ignore[misc]
                "swept": lambda images=images: line(images),  # type: ignore[misc]
                "reader": lambda both=both: reader(both),  # type: ignore[misc]
            }
        )
        each, swept, own = (found[name] / LINES for name in ("each", "swept", "reader"))
        print(
            f"| {width} | {len(windows) // LINES} | {each:.2f} | {swept:.2f} | {each / swept:.1f} | {own:.2f} |"
        )


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or [128, 256])
